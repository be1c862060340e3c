// The fault model of a world in sentences: what goes wrong, how often and how strongly, and what does not.
#pragma once

#include <string>
#include <vector>

#include "simulations/conditions.h"

namespace skerry::simulations::html {

struct Topic {
  std::string name;                    // "Links"
  std::vector<std::string> sentences;  // as text, not yet escaped
};

// Of hosts with these names.
std::vector<Topic> fault_words(const Conditions& conditions, const std::vector<std::string>& hosts);

// What an invariant says (docs/architecture.md, Invariants); nothing for one that is not known.
std::string invariant_words(const std::string& invariant);

}  // namespace skerry::simulations::html
