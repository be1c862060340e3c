// Plans from which something is left out: what a shrinker tries (simulations/shrink.h).  None of these can make a plan
// that is wrong by itself, such as one whose hosts can never all hear of each other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "simulations/plan.h"

namespace skerry::simulations {

// How large it is for a reader.
std::size_t events_of(const Plan& plan);  // operations and faults

// Nothing begins after `end`, and everything heals then.
Plan cut_after(Plan plan, Duration end);

// Its operations and faults go with the host, or the operations become those of `heir`.  The later ones move up.
// REQUIRES host < hosts, heir != host and at least two hosts.
Plan without_host(Plan plan, HostIndex host, std::optional<HostIndex> heir);

// The commands on these keys only.  FLUSHDB is on every key.
struct SpaceKey {
  core::Space space;
  core::Bytes key;
  auto operator<=>(const SpaceKey&) const = default;
};
std::vector<SpaceKey> keys_of(const Plan& plan);
Plan only_keys(Plan plan, const std::vector<SpaceKey>& keys);

// One condition of the world as plain as it can be: no loss, one delay for all, right clocks, …  The names are for a
// reader who wants to see what is tried.
struct Calming {
  const char* name;
  std::function<void(Plan&)> apply;
};
const std::vector<Calming>& calmings();

// No gap between two things that happen is longer than `gap`.  The end comes as long after the last as before.
Plan without_gaps(Plan plan, Duration gap);
// Every time is a multiple of `grain`, in the same order.
Plan rounded(Plan plan, Duration grain);

}  // namespace skerry::simulations
