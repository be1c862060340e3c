// Clients: what they ask for and when.
#pragma once

#include <vector>

#include "core/random.h"
#include "simulations/operation.h"

namespace skerry::simulations {

// Sorted by time.  Each host's clients have a stream of chance of their own.
std::vector<Operation> draw_workload(const Conditions& conditions);

// A number in [0, limit); the greater `skew`, the oftener a small one.  REQUIRES limit > 0.
std::uint64_t skewed(core::Random& random, std::uint64_t limit, std::uint32_t skew);

}  // namespace skerry::simulations
