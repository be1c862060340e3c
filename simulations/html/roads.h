// A row for each pair of hosts that have sessions with each other: when it was cut, which way, and what sessions there
// were.
#pragma once

#include <string>
#include <vector>

#include "simulations/html/chart.h"

namespace skerry::simulations::html {

inline constexpr std::size_t roads_max = 28;
inline constexpr double road_height = 13;

// Those to which something happened first; at most roads_max.
std::vector<Edge> roads_of(const Subject& subject);

// The rows, one under the other from `top` on.
std::string roads(const TimeScale& scale, const Subject& subject, const std::vector<Edge>& edges, double top);

}  // namespace skerry::simulations::html
