// What a rule says of a history: Jepsen's `:valid?`, and what it was derived from, for people and for programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace skerry::simulations::maelstrom {

// Unknown: there was nothing to judge, because no operation came so far.
enum class Valid { no, unknown, yes };
const char* name_of(Valid valid);  // true, :unknown or false

struct Verdict {
  Valid valid = Valid::unknown;
  std::string problem;                                    // one sentence; empty unless valid is no
  std::vector<std::pair<std::string, std::string>> text;  // what was found and how much: Jepsen's words
  std::string json;                                       // one object with the same words
};

// "a, b, c" of at most so many, and then how many more there are.
std::string listed(const std::vector<std::string>& items, std::size_t most);

}  // namespace skerry::simulations::maelstrom
