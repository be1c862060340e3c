// Conditions under which nothing goes wrong by itself, for tests that say what does.
#pragma once

#include "simulations/world.h"

namespace skerry::simulations {

using namespace std::chrono_literals;

inline Conditions quiet_conditions(std::size_t hosts) {
  Conditions conditions;
  conditions.seed = 1;
  conditions.duration = 1min;
  conditions.network.delay_min = 10ms;
  conditions.network.delay_max = 10ms;
  HostConditions host;
  host.disk.sync_min = host.disk.sync_max = 2ms;
  host.cache_bytes = 1 << 20;
  host.chunk_events = 1'000;
  conditions.hosts.assign(hosts, host);
  return conditions;
}

inline Plan quiet_plan(std::size_t hosts) {
  return {quiet_conditions(hosts), {}, {}};
}

inline Instant after_begin(Duration time) {
  return Instant{1s} + time;
}

inline Operation operation(Duration at, HostIndex host, std::vector<Command> commands) {
  return {.at = at, .host = host, .space = {}, .commands = std::move(commands)};
}

inline std::string shown(World& world, HostIndex host, const Command& command) {
  std::string answer;
  world.host(host).transact(core::Space{},
                            [&](sync::Transaction& transaction) { answer = perform(command, transaction).value(); });
  return answer;
}

}  // namespace skerry::simulations
