#include "simulations/disk.h"

#include <algorithm>

namespace skerry::simulations {

namespace {

constexpr Duration latency_max = std::chrono::seconds(30);  // however slow it is

}  // namespace

Duration draw_latency(const Disk::Options& options, std::uint32_t factor, core::Random& random) {
  const auto spread = static_cast<std::uint64_t>((options.sync_max - options.sync_min).count()) + 1;
  Duration latency = options.sync_min + Duration(static_cast<std::int64_t>(random.below(spread)));
  if (random.chance(options.stall_chance))
    latency += Duration(static_cast<std::int64_t>(random.unit() * static_cast<double>(options.stall_max.count())));
  return std::min(latency * factor, latency_max);
}

}  // namespace skerry::simulations
