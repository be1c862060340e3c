// What the pictures show, as figures.
#pragma once

#include <string>

#include "simulations/html/page.h"

namespace skerry::simulations::html {

// From a write to its visibility: a row for each author and each other replica.
std::string lag_table(const Subject& subject);
// What went over each directed path.
std::string traffic_table(const Subject& subject);
// The writes that took longest until they were everywhere.
std::string slowest_table(const Subject& subject);
// What happened, in order of time.
std::string incidents_table(const Subject& subject);

}  // namespace skerry::simulations::html
