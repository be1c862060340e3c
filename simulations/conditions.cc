#include "simulations/conditions.h"

#include <cstdio>

#include "core/random.h"
#include "simulations/operation.h"
#include "simulations/streams.h"
#include "sync/limits.h"

namespace skerry::simulations {

using namespace std::chrono_literals;
using core::Random;
using std::chrono::milliseconds;

namespace {

Duration between(Random& random, Duration low, Duration high) {
  return low + Duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>((high - low).count()) + 1)));
}

template <class T>
T one_of(Random& random, std::initializer_list<T> choices) {
  return choices.begin()[random.below(choices.size())];
}

// A class is on in half of the seeds; then its strength is anything up to the greatest.
double strength(Random& random, double greatest) {
  return random.chance(0.5) ? random.unit() * greatest : 0;
}

NetworkConditions draw_network(Random random) {
  NetworkConditions network;
  network.delay_min = between(random, 100us, 20ms);
  network.delay_max = network.delay_min + between(random, 1ms, 200ms);
  network.jitter = strength(random, 1);
  if (random.chance(0.5)) {
    network.tail_chance = random.unit() * 0.05;
    network.tail_max = between(random, 100ms, 5s);
  }
  network.loss = strength(random, random.chance(0.2) ? 0.5 : 0.05);
  network.damage = random.chance(0.3) ? random.unit() * 0.002 : 0;
  if (random.chance(0.2)) network.bytes_per_second = 1'000 << random.below(8);
  network.one_side_dials = random.chance(0.3);
  return network;
}

HostConditions draw_host(Random& clocks, Random& disks, bool wrong_clocks, Ack ack, std::size_t cache_bytes) {
  HostConditions host;
  if (wrong_clocks) {
    const auto sign = clocks.chance(0.5) ? 1 : -1;
    const auto offset = one_of<Duration>(clocks, {0s, 50ms, 5s, 59s, 61s, 1h, 24h * 365});
    host.clock.offset = sign * std::chrono::duration_cast<milliseconds>(offset);
    host.clock.drift_ppm = static_cast<int>(clocks.below(10'001)) - 5'000;
  }
  host.disk.sync_min = between(disks, 100us, 2ms);
  host.disk.sync_max = host.disk.sync_min + between(disks, 0s, 20ms);
  host.disk.stall_chance = strength(disks, 0.01);
  host.disk.stall_max = between(disks, 100ms, 3s);
  host.ack = ack;
  host.cache_bytes = cache_bytes;
  return host;
}

FaultCounts draw_faults(Random random) {
  const auto some = [&random](std::uint64_t most) {
    return random.chance(0.4) ? static_cast<std::uint32_t>(1 + random.below(most)) : 0;
  };
  FaultCounts faults;
  faults.partitions = some(6);
  faults.cuts = some(10);
  faults.flaps = some(3);
  faults.swizzles = some(3);
  faults.slow_paths = some(6);
  faults.crashes = some(10);
  faults.storms = some(2);
  faults.pauses = some(5);
  faults.slow_disks = some(4);
  faults.sync_errors = some(3);
  faults.clock_steps = some(5);
  faults.clock_freezes = some(3);
  return faults;
}

WorkloadConditions draw_workload_conditions(Random random) {
  WorkloadConditions workload;
  workload.writes_per_second = one_of(random, {0.5, 1.0, 2.0, 2.0, 4.0});
  workload.burst_chance = strength(random, 0.05);
  workload.keys = one_of<std::uint32_t>(random, {1, 3, 10, 30, 100, 300});
  workload.members = one_of<std::uint32_t>(random, {1, 2, 4, 8});
  workload.skew = static_cast<std::uint32_t>(random.below(4));
  workload.read_share = random.unit() * 0.5;
  workload.batch_chance = strength(random, 0.3);
  workload.flush_chance = strength(random, 0.003);
  if (random.chance(0.6)) workload.lifetime_max = one_of<Duration>(random, {100ms, 5s, 2min});
  // Each verb is off in one seed of four, so that what others do shows.
  for (std::size_t verb = 0; verb < verb_count; ++verb)
    workload.verb_weights.push_back(random.chance(0.25) ? 0 : static_cast<std::uint32_t>(1 + random.below(8)));
  const auto off = [&](Verb verb) { workload.verb_weights[static_cast<std::size_t>(verb)] = 0; };
  off(Verb::get);    // read_share
  off(Verb::flush);  // flush_chance
  off(Verb::set_members);
  if (workload.lifetime_max == 0s) {
    off(Verb::set_until);
    off(Verb::expire);
  }
  workload.verb_weights[static_cast<std::size_t>(Verb::set_add)] += 1;  // so that there is always something
  return workload;
}

std::string duration_text(Duration duration) {
  char text[32];
  const double milliseconds = static_cast<double>(duration.count()) / 1e6;
  std::snprintf(text, sizeof(text), milliseconds < 1'000 ? "%.1f ms" : "%.1f s",
                milliseconds < 1'000 ? milliseconds : milliseconds / 1'000);
  return text;
}

std::string fraction_text(double fraction) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f %%", fraction * 100);
  return text;
}

std::string faults_text(const FaultCounts& faults) {
  std::string text;
  const auto add = [&text](const char* name, std::uint32_t count) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  };
  add("partitions", faults.partitions);
  add("cuts", faults.cuts);
  add("flaps", faults.flaps);
  add("swizzles", faults.swizzles);
  add("slow paths", faults.slow_paths);
  add("crashes", faults.crashes);
  add("restart storms", faults.storms);
  add("pauses", faults.pauses);
  add("slow disks", faults.slow_disks);
  add("sync errors", faults.sync_errors);
  add("clock steps", faults.clock_steps);
  add("clock freezes", faults.clock_freezes);
  return text.empty() ? "none" : text;
}

// Where there is another way between any two.
std::optional<Edge> draw_apart(Random random, const Conditions& conditions) {
  const bool another_way = conditions.topology == Topology::mesh || conditions.topology == Topology::ring;
  if (!another_way || conditions.hosts.size() < 3 || !random.chance(0.5)) return std::nullopt;
  const std::vector<Edge> edges = edges_of(conditions);
  return edges[random.below(edges.size())];
}

}  // namespace

const char* name_of(Topology topology) {
  switch (topology) {
    case Topology::mesh:
      return "mesh";
    case Topology::line:
      return "line";
    case Topology::ring:
      return "ring";
    case Topology::hub:
      return "hub";
  }
  return "";
}

const char* name_of(Ack ack) {
  return ack == Ack::durable ? "durable" : "memory";
}

Conditions draw_conditions(std::uint64_t seed, Duration duration) {
  const Streams streams(seed);
  Random shape = streams.stream("shape");
  Conditions conditions;
  conditions.seed = seed;
  conditions.duration = duration;
  conditions.topology = one_of(shape, {Topology::mesh, Topology::mesh, Topology::line, Topology::ring, Topology::hub});
  conditions.spaces = shape.chance(0.2) ? 2 : 1;
  conditions.tap_chance = shape.chance(0.3) ? 0.3 : 0;
  const std::size_t hosts = one_of<std::size_t>(shape, {2, 3, 3, 4, 5, 5, 6});
  const Ack ack = one_of(shape, {Ack::durable, Ack::durable, Ack::memory});
  const auto cache_bytes = one_of<std::size_t>(shape, {16 << 10, 256 << 10, 8 << 20, sync::cache_bytes_default});
  const auto chunk_events = one_of<std::size_t>(shape, {1, 4, 64, sync::chunk_events_aim, sync::chunk_events_aim});
  Random clocks = streams.stream("clock");
  Random disks = streams.stream("disk");
  const bool wrong_clocks = clocks.chance(0.5);
  for (std::size_t i = 0; i < hosts; ++i) {
    conditions.hosts.push_back(draw_host(clocks, disks, wrong_clocks, ack, cache_bytes));
    conditions.hosts.back().chunk_events = chunk_events;
  }
  conditions.network = draw_network(streams.stream("network"));
  conditions.faults = draw_faults(streams.stream("faults"));
  conditions.workload = draw_workload_conditions(streams.stream("workload"));
  conditions.stay_apart = draw_apart(streams.stream("apart"), conditions);
  return conditions;
}

std::string to_text(const Conditions& conditions) {
  const NetworkConditions& network = conditions.network;
  const WorkloadConditions& workload = conditions.workload;
  const HostConditions& host = conditions.hosts.front();
  std::string text = "seed " + std::to_string(conditions.seed) + ": " + std::to_string(conditions.hosts.size()) +
                     " hosts (" + name_of(conditions.topology) + "), " + std::to_string(conditions.spaces) +
                     " space(s), " + duration_text(conditions.duration) + "\n";
  text += "  network   delay " + duration_text(network.delay_min) + " to " + duration_text(network.delay_max) +
          ", jitter " + fraction_text(network.jitter) + ", tail " + fraction_text(network.tail_chance) + " up to " +
          duration_text(network.tail_max) + ", loss " + fraction_text(network.loss) + ", damage " +
          fraction_text(network.damage) + ", " +
          (network.bytes_per_second == 0 ? "no limit" : std::to_string(network.bytes_per_second) + " B/s") +
          (network.one_side_dials ? ", one side dials" : "") + "\n";
  text += std::string("  hosts     ack ") + name_of(host.ack) + ", cache " + std::to_string(host.cache_bytes) +
          " B, chunks of " + std::to_string(host.chunk_events) + " events\n";
  for (std::size_t i = 0; i < conditions.hosts.size(); ++i) {
    const HostConditions& each = conditions.hosts[i];
    text += "    host " + std::to_string(i) + "  clock " + duration_text(each.clock.offset) + " off, drift " +
            std::to_string(each.clock.drift_ppm) + " ppm; sync " + duration_text(each.disk.sync_min) + " to " +
            duration_text(each.disk.sync_max) + ", stalls " + fraction_text(each.disk.stall_chance) + " up to " +
            duration_text(each.disk.stall_max) + "\n";
  }
  const bool drawn = !workload.verb_weights.empty();
  text += "  faults    " + (drawn ? faults_text(conditions.faults) : "as given");
  if (const auto& apart = conditions.stay_apart)
    text += "; in the end " + std::to_string(apart->first) + " and " + std::to_string(apart->second) + " stay apart";
  text += "\n";
  if (!drawn) return text;
  text += "  workload  " + std::to_string(workload.writes_per_second) + " operations/s a host, bursts " +
          fraction_text(workload.burst_chance) + ", " + std::to_string(workload.keys) + " keys of " +
          std::to_string(workload.members) + " members, skew " + std::to_string(workload.skew) + ", reads " +
          fraction_text(workload.read_share) + ", batches " + fraction_text(workload.batch_chance) + ", FLUSHDB " +
          fraction_text(workload.flush_chance) + ", deadlines up to " + duration_text(workload.lifetime_max) + "\n";
  text += "  verbs    ";
  for (std::size_t verb = 0; verb < verb_count; ++verb) {
    if (workload.verb_weights[verb] > 0)
      text += std::string(" ") + name_of(static_cast<Verb>(verb)) + ":" + std::to_string(workload.verb_weights[verb]);
  }
  return text + "\n";
}

std::vector<Edge> edges_of(const Conditions& conditions) {
  const auto hosts = static_cast<HostIndex>(conditions.hosts.size());
  std::vector<Edge> edges;
  for (HostIndex first = 0; first < hosts; ++first) {
    for (HostIndex second = first + 1; second < hosts; ++second) {
      const bool neighbours = second == first + 1;
      const bool closes_ring = first == 0 && second == hosts - 1;
      bool joined = true;
      if (conditions.topology == Topology::line) joined = neighbours;
      if (conditions.topology == Topology::ring) joined = neighbours || closes_ring;
      if (conditions.topology == Topology::hub) joined = first == 0;
      if (joined) edges.push_back({first, second});
    }
  }
  return edges;
}

}  // namespace skerry::simulations
