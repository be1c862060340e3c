// Writes, and when each became visible where.
#pragma once

#include <string>
#include <vector>

#include "simulations/html/lanes.h"

namespace skerry::simulations::html {

// Each author has a sign of its own besides its colour, so that nobody needs to tell colours apart.
std::string sign_of(HostIndex author);    // relative parts of a path
std::string colour_of(HostIndex author);  // classes of the style

// How late things come in a run, on a logarithmic scale.
class LagScale {
 public:
  explicit LagScale(const Chronicle& chronicle);

  Duration soonest() const { return soonest_; }
  Duration latest() const { return latest_; }
  // From 0 for the soonest, and what is sooner, to 1 for the latest.
  double share(Duration late) const;

 private:
  Duration soonest_;
  Duration latest_;
};

// Where a sighting is drawn that came so late.
double sighting_y(const Lane& lane, Duration late, const LagScale& lags);

// All writes of the sample on the lines of their authors, and their sightings in the lanes of the others.
std::string sightings(const TimeScale& scale, const Subject& subject, const std::vector<Lane>& lanes);
// Lines from writes to their sightings: all if they are few, else of the slowest.
std::string journeys(const TimeScale& scale, const Subject& subject, const std::vector<Lane>& lanes);
// The same as data for the script.
std::string sightings_data(const TimeScale& scale, const Subject& subject, const std::vector<Lane>& lanes);

}  // namespace skerry::simulations::html
