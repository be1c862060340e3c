#include "simulations/html/sightings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "simulations/html/text.h"

namespace skerry::simulations::html {

using namespace std::chrono_literals;

namespace {

constexpr std::array<const char*, 8> signs = {"h.01",      "m-2 0h4",       "m0-2v4",         "m-2 2l4-4",
                                              "m-2-2l4 4", "m-2 1l2-3 2 3", "m-2 0h4m-2-2v4", "m-2-1l2 3 2-3"};
constexpr std::size_t journeys_max = 240;  // lines, when all writes have theirs
constexpr std::size_t characters_max = 90;

std::string tenths(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", value);
  return text;
}

std::string point(double x, double y) {
  return coordinate(x) + " " + tenths(y);
}

std::string journey(const TimeScale& scale, const Write& write, HostIndex to, const std::vector<Lane>& lanes,
                    const LagScale& lags) {
  const Duration late = *write.seen[to];
  return "M" + point(scale.x(write.at), lanes[write.author].writes) + "L" +
         point(scale.x(write.at + late), sighting_y(lanes[to], late, lags));
}

}  // namespace

std::string sign_of(HostIndex author) {
  return signs[author % signs.size()];
}

std::string colour_of(HostIndex author) {
  return "h" + std::to_string(author % signs.size());
}

// The soonest is a round figure a little below nearly all.
LagScale::LagScale(const Chronicle& chronicle) : soonest_(10s), latest_(100ms) {
  for (HostIndex author = 0; author < chronicle.hosts(); ++author) {
    for (HostIndex host = 0; host < chronicle.hosts(); ++host) {
      const Durations& lags = chronicle.lag(author, host).durations;
      if (lags.size() == 0) continue;
      latest_ = std::max(latest_, lags.greatest());
      while (soonest_ > 100us && soonest_ > lags.percentile(0.01)) soonest_ /= 10;
    }
  }
  soonest_ = std::min(soonest_, latest_ / 10);
}

double LagScale::share(Duration late) const {
  const auto over = [this](Duration duration) {
    return std::log10(static_cast<double>(duration.count()) / static_cast<double>(soonest_.count()));
  };
  return std::min(1.0, over(std::max(late, soonest_)) / over(latest_));
}

double sighting_y(const Lane& lane, Duration late, const LagScale& lags) {
  return lane.sightings.bottom - lane.sightings.height() * lags.share(late);
}

std::string sightings(const TimeScale& scale, const Subject& subject, const std::vector<Lane>& lanes) {
  const std::size_t hosts = subject.hosts.size();
  const LagScale lags(subject.chronicle);
  std::vector<std::string> written(hosts);
  std::vector<std::string> lost(hosts);
  std::vector<std::string> seen(hosts);
  for (const Write& write : subject.chronicle.writes()) {
    const double x = scale.x(write.at);
    (write.lost ? lost : written)[write.author] += "M" + point(x, lanes[write.author].writes - 4) + "v8";
    for (HostIndex host = 0; host < hosts; ++host) {
      if (host == write.author || !write.seen[host]) continue;
      const Duration late = *write.seen[host];
      seen[write.author] += "M" + point(scale.x(write.at + late), sighting_y(lanes[host], late, lags));
      seen[write.author] += sign_of(write.author);
    }
  }
  std::string text;
  for (HostIndex author = 0; author < hosts; ++author) {
    const std::string colour = colour_of(author);
    text += time_path("written " + colour, written[author]) + time_path("written lost " + colour, lost[author]) +
            time_path("seen " + colour, seen[author]);
  }
  return text;
}

std::string journeys(const TimeScale& scale, const Subject& subject, const std::vector<Lane>& lanes) {
  const Chronicle& chronicle = subject.chronicle;
  const LagScale lags(chronicle);
  std::vector<const Write*> writes;
  if (chronicle.write_stride() == 1 && chronicle.writes().size() * chronicle.hosts() <= journeys_max) {
    for (const Write& write : chronicle.writes()) writes.push_back(&write);
  } else {
    for (const Chronicle::Slow& slow : chronicle.slowest()) writes.push_back(&slow.write);
  }
  std::string text;
  for (HostIndex author = 0; author < chronicle.hosts(); ++author) {
    std::string path;
    for (const Write* write : writes) {
      if (write->author != author) continue;
      for (HostIndex to = 0; to < chronicle.hosts(); ++to) {
        if (to != author && write->seen[to]) path += journey(scale, *write, to, lanes, lags);
      }
    }
    text += time_path("journey " + colour_of(author), path);
  }
  return text;
}

std::string sightings_data(const TimeScale& scale, const Subject& subject, const std::vector<Lane>& lanes) {
  const auto milliseconds = [](Duration duration) { return tenths(static_cast<double>(duration.count()) / 1e6); };
  const LagScale lags(subject.chronicle);
  std::string text = "{\"end\":" + milliseconds(scale.end()) + ",\"left\":" + coordinate(plot_left) +
                     ",\"right\":" + coordinate(plot_right) + ",\"latest\":" + milliseconds(lags.latest()) +
                     ",\"soonest\":" + coordinate(static_cast<double>(lags.soonest().count()) / 1e6) + ",\"lanes\":[";
  for (HostIndex host = 0; host < lanes.size(); ++host) {
    const Lane& lane = lanes[host];
    text += (host == 0 ? "[" : ",[") + script_string(subject.hosts[host]);
    for (const double y : {lane.whole.top, lane.whole.bottom, lane.writes, lane.sightings.top, lane.sightings.bottom})
      text += "," + coordinate(y);
    text += "]";
  }
  text += "],\"writes\":[";
  bool first = true;
  for (const Write& write : subject.chronicle.writes()) {
    text += (first ? "\n[" : ",\n[") + milliseconds(write.at) + "," + std::to_string(write.author) + "," +
            (write.lost ? "1," : "0,") + script_string(shortened(write.what, characters_max));
    for (const auto& seen : write.seen) text += seen ? "," + milliseconds(*seen) : ",-1";
    text += "]";
    first = false;
  }
  return text + "]}";
}

}  // namespace skerry::simulations::html
