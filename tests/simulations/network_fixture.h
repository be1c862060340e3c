// Hosts that only listen.
#pragma once

#include <map>
#include <set>
#include <string>

#include "simulations/network.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {

struct Ends {
  explicit Ends(const Conditions& with) : Ends(with, nullptr) {}
  Ends(const Conditions& with, std::unique_ptr<Keys> keys)
      : conditions(with), network(timeline, conditions, events(), std::move(keys)) {
    for (HostIndex host = 0; host < conditions.hosts.size(); ++host) network.host_up(host);
  }

  Network::Events events() {
    return {.found = [this](HostIndex host, sync::LinkId link) { links[host].insert(link.number); },
            .lost = [this](HostIndex host, sync::LinkId link) { links[host].erase(link.number); },
            .measured = [this](HostIndex, sync::LinkId, Duration time) { round_trip = time; },
            .frame = [this](HostIndex host, sync::LinkId, core::Space, core::Bytes frame) { heard[host] += frame; },
            .forged = [this](HostIndex, sync::LinkId) { ++forgeries; }};
  }
  void pass(Duration time) {
    const Instant until = timeline.now() + time;
    while (timeline.next_at() <= until) timeline.step();
    timeline.pass_to(until);
  }
  // The session that both ends have.
  std::optional<std::uint64_t> link(HostIndex from, HostIndex to) {
    for (const std::uint64_t link : links[from]) {
      if (links[to].contains(link)) return link;
    }
    return std::nullopt;
  }
  void send(HostIndex from, HostIndex to, std::string bytes) {
    network.send(from, {{*link(from, to)}, core::Space{}, std::move(bytes)});
  }

  Conditions conditions;
  Timeline timeline;
  std::map<HostIndex, std::set<std::uint64_t>> links;
  std::map<HostIndex, std::string> heard;
  Duration round_trip{};
  int forgeries = 0;
  Network network;
};

}  // namespace skerry::simulations
