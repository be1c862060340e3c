// Clients: what they ask for and when.
#pragma once

#include <vector>

#include "simulations/operation.h"

namespace skerry::simulations {

// Sorted by time.  Each host's clients have a stream of chance of their own.
std::vector<Operation> draw_workload(const Conditions& conditions);

}  // namespace skerry::simulations
