// The report of one run as a page: one file of HTML with its style and pictures within, readable without a network and
// without scripts, in light, in dark and on paper.  The same run gives the same page, byte for byte.
#pragma once

#include <string>
#include <vector>

#include "simulations/chronicle.h"
#include "simulations/report.h"

namespace skerry::simulations::html {

// What a page is about.  All of it outlives the page.
struct Subject {
  std::string title;               // "Seed 7"
  std::string command;             // that shows it again
  std::vector<std::string> hosts;  // their names, as many as the chronicle has
  const Conditions& conditions;
  const Report& report;
  const Chronicle& chronicle;
};

// "host 0", "host 1", …: what they are called where nobody has named them.
std::vector<std::string> plain_names(std::size_t hosts);

// The whole file.
std::string page(const Subject& subject);

}  // namespace skerry::simulations::html
