// A small world as a story: what happens in it, in order of time, and what is wrong in the end.  For a plan that a
// person can read from top to bottom, such as one that was shrunk.
#pragma once

#include <string>

#include "simulations/plan.h"
#include "simulations/report.h"

namespace skerry::simulations {

std::string story_of(const Plan& plan, const Report& report);

}  // namespace skerry::simulations
