// A lane a replica: when it was cut off, when its process was down or held, what happened to its disk and clock, and
// how far it was behind.
#pragma once

#include <string>

#include "simulations/html/chart.h"

namespace skerry::simulations::html {

// Where the parts of a lane are.  Of what others wrote, the later it came the higher it stands in `sightings`.
struct Lane {
  Band whole;
  double writes = 0;  // the line on which its own writes are
  Band sightings;
  Band lacks;
};
Lane lane_of(HostIndex host, std::size_t hosts, double top);

// Under the writes.
std::string lane_ground(const TimeScale& scale, const Subject& subject, HostIndex host, const Lane& lane);
// Over them.
std::string lane_marks(const TimeScale& scale, const Subject& subject, HostIndex host, const Lane& lane);

// How many of the directions to and from a host were cut.
struct CutLevel {
  Duration from{};
  Duration to{};
  std::size_t cut = 0;
  std::size_t all = 0;
  bool operator==(const CutLevel&) const = default;
};
// In order of time; changes that are nearer than `coarsest` are one, as bad as the worst of them.
std::vector<CutLevel> cut_levels(const Subject& subject, HostIndex host, Duration coarsest);

}  // namespace skerry::simulations::html
