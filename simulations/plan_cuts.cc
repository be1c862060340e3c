#include "simulations/plan_cuts.h"

#include <algorithm>
#include <map>

#include "core/ensure.h"
#include "sync/limits.h"

namespace skerry::simulations {

using namespace std::chrono_literals;

namespace {

constexpr HostIndex gone = UINT32_MAX;

bool on_path(FaultKind kind) {
  return kind == FaultKind::cut || kind == FaultKind::slow_path;
}

template <class Events>
void sort_by_time(Events& events) {
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& left, const auto& right) { return left.at < right.at; });
}

// Gives each time that something happens at a new one.
void move_times(Plan& plan, const std::map<Duration, Duration>& moved) {
  for (Operation& operation : plan.operations) operation.at = moved.at(operation.at);
  for (Fault& fault : plan.faults) fault.at = moved.at(fault.at);
  sort_by_time(plan.operations);
  sort_by_time(plan.faults);
}

std::map<Duration, Duration> times_of(const Plan& plan) {
  std::map<Duration, Duration> times;
  for (const Operation& operation : plan.operations) times[operation.at];
  for (const Fault& fault : plan.faults) times[fault.at];
  return times;
}

}  // namespace

std::size_t events_of(const Plan& plan) {
  return plan.operations.size() + plan.faults.size();
}

Plan cut_after(Plan plan, Duration end) {
  const auto later = [end](const auto& event) { return event.at > end; };
  std::erase_if(plan.operations, later);
  std::erase_if(plan.faults, later);
  plan.conditions.duration = std::min(plan.conditions.duration, end);
  return plan;
}

Plan without_host(Plan plan, HostIndex host, std::optional<HostIndex> heir) {
  Conditions& conditions = plan.conditions;
  const auto hosts = static_cast<HostIndex>(conditions.hosts.size());
  core::ensure(hosts > 1);
  core::ensure(host < hosts);
  core::ensure(heir != host);
  std::vector<HostIndex> now_called(hosts, gone);
  for (HostIndex each = 0; each < hosts; ++each) {
    if (each != host) now_called[each] = each < host ? each : each - 1;
  }
  std::vector<PathConditions> paths;
  for (std::size_t path = 0; path < conditions.paths.size(); ++path) {
    if (path / hosts != host && path % hosts != host) paths.push_back(conditions.paths[path]);
  }
  conditions.paths = std::move(paths);
  conditions.hosts.erase(conditions.hosts.begin() + host);
  auto& apart = conditions.stay_apart;
  // With two hosts left there would be no other way.
  if (apart && (apart->first == host || apart->second == host || conditions.hosts.size() < 3)) apart.reset();
  if (apart) apart = Edge{now_called[apart->first], now_called[apart->second]};
  if (heir) now_called[host] = now_called[*heir];
  for (Operation& operation : plan.operations) operation.host = now_called[operation.host];
  std::erase_if(plan.operations, [](const Operation& operation) { return operation.host == gone; });
  std::erase_if(plan.faults, [host](const Fault& fault) {
    return fault.host == host || (on_path(fault.kind) && fault.other == host);
  });
  for (Fault& fault : plan.faults) {
    fault.host = now_called[fault.host];
    fault.other = on_path(fault.kind) ? now_called[fault.other] : 0;
  }
  return plan;
}

std::vector<SpaceKey> keys_of(const Plan& plan) {
  std::vector<SpaceKey> keys;
  for (const Operation& operation : plan.operations) {
    for (const Command& command : operation.commands) {
      if (command.verb != Verb::flush) keys.push_back({operation.space, command.key});
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Plan only_keys(Plan plan, const std::vector<SpaceKey>& keys) {
  for (Operation& operation : plan.operations) {
    std::erase_if(operation.commands, [&](const Command& command) {
      const SpaceKey key{operation.space, command.key};
      return command.verb != Verb::flush && std::find(keys.begin(), keys.end(), key) == keys.end();
    });
  }
  std::erase_if(plan.operations, [](const Operation& operation) { return operation.commands.empty(); });
  return plan;
}

const std::vector<Calming>& calmings() {
  static const std::vector<Calming> all = {
      {"no faults", [](Plan& plan) { plan.faults.clear(); }},
      {"no loss", [](Plan& plan) { plan.conditions.network.loss = 0; }},
      {"no damage", [](Plan& plan) { plan.conditions.network.damage = 0; }},
      {"no tail",
       [](Plan& plan) {
         plan.conditions.network.tail_chance = 0;
         plan.conditions.network.tail_max = {};
       }},
      {"no jitter", [](Plan& plan) { plan.conditions.network.jitter = 0; }},
      {"wide roads", [](Plan& plan) { plan.conditions.network.bytes_per_second = 0; }},
      // Never none: the world would not get on from one instant.
      {"one delay",
       [](Plan& plan) {
         plan.conditions.network.delay_min = 20ms;
         plan.conditions.network.delay_max = 20ms;
       }},
      {"no road of its own",
       [](Plan& plan) {
         if (plan.conditions.paths.empty()) return;
         plan.conditions.paths.clear();
         plan.conditions.network.delay_min = 20ms;
         plan.conditions.network.delay_max = 20ms;
       }},
      {"all from the beginning",
       [](Plan& plan) {
         for (HostConditions& host : plan.conditions.hosts) host.joins_at = {};
       }},
      {"both dial", [](Plan& plan) { plan.conditions.network.one_side_dials = false; }},
      {"right clocks",
       [](Plan& plan) {
         for (HostConditions& host : plan.conditions.hosts) host.clock = {};
       }},
      {"even disks",
       [](Plan& plan) {
         for (HostConditions& host : plan.conditions.hosts) host.disk = {.sync_min = 1ms, .sync_max = 1ms};
       }},
      {"usual chunks",
       [](Plan& plan) {
         for (HostConditions& host : plan.conditions.hosts) host.chunk_events = sync::chunk_events_aim;
       }},
      {"usual cache",
       [](Plan& plan) {
         for (HostConditions& host : plan.conditions.hosts) host.cache_bytes = sync::cache_bytes_default;
       }},
      {"acks durable",
       [](Plan& plan) {
         for (HostConditions& host : plan.conditions.hosts) host.ack = Ack::durable;
       }},
      {"all meet in the end", [](Plan& plan) { plan.conditions.stay_apart.reset(); }},
      {"mesh", [](Plan& plan) { plan.conditions.topology = Topology::mesh; }},
      {"no taps", [](Plan& plan) { plan.conditions.tap_chance = 0; }},
      {"one space",
       [](Plan& plan) {
         plan.conditions.spaces = 1;
         std::erase_if(plan.operations, [](const Operation& operation) { return operation.space.number != 0; });
       }},
      {"one space, the other one",
       [](Plan& plan) {
         plan.conditions.spaces = 1;
         std::erase_if(plan.operations, [](const Operation& operation) { return operation.space.number != 1; });
         for (Operation& operation : plan.operations) operation.space = {};
       }},
  };
  return all;
}

Plan without_gaps(Plan plan, Duration gap) {
  plan = cut_after(std::move(plan), plan.conditions.duration);
  std::map<Duration, Duration> moved = times_of(plan);
  Duration before{};
  Duration saved{};
  for (auto& [from, to] : moved) {
    saved += std::max(Duration{}, from - before - gap);
    before = from;
    to = from - saved;
  }
  move_times(plan, moved);
  plan.conditions.duration -= saved;
  return plan;
}

Plan rounded(Plan plan, Duration grain) {
  plan = cut_after(std::move(plan), plan.conditions.duration);
  std::map<Duration, Duration> moved = times_of(plan);
  Duration last = -grain;
  for (auto& [from, to] : moved) last = to = std::max(last + grain, (from + grain / 2) / grain * grain);
  move_times(plan, moved);
  plan.conditions.duration = std::max(last, (plan.conditions.duration + grain - 1ns) / grain * grain);
  return plan;
}

}  // namespace skerry::simulations
