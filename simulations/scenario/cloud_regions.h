// How far real cloud regions are from each other, so that a scenario can just name them.
#pragma once

#include <vector>

#include "core/bytes.h"
#include "core/time.h"

namespace skerry::simulations::scenario {

// Between two nodes in one region.
inline constexpr core::Duration within_region = std::chrono::microseconds(500);

bool is_cloud_region(core::BytesView name);
std::vector<core::BytesView> cloud_region_names();
// From one to the other: half of a round trip.  REQUIRES that both are cloud regions.
core::Duration cloud_delay(core::BytesView one, core::BytesView other);

}  // namespace skerry::simulations::scenario
