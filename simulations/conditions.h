// The fault model as a value: what one simulated world is like, drawn from its seed and printed before the first step.
// A reader learns here what skerry is claimed to survive.  Swarm testing: each seed first draws which classes of
// faults are on at all, and how strong (Groce, Zhang, Eide, Chen, Regehr: Swarm Testing, ISSTA 2012).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "simulations/clock.h"
#include "simulations/disk.h"

namespace skerry::simulations {

using HostIndex = std::uint32_t;

enum class Topology { mesh, line, ring, hub };
enum class Ack { durable, memory };
const char* name_of(Topology topology);
const char* name_of(Ack ack);

// Every directed path has these; its own delay is drawn between the two, unless Conditions::paths says it.
struct NetworkConditions {
  Duration delay_min{};
  Duration delay_max{};
  double jitter = 0;       // of the delay, at most so much more
  double tail_chance = 0;  // of a packet, to be late by up to tail_max, few by much
  Duration tail_max{};
  double loss = 0;    // of a packet, to be sent again after a timeout (a session is a TCP stream)
  double damage = 0;  // of a packet, to arrive with a flipped bit or twice: the session's records refuse it
  std::uint64_t bytes_per_second = 0;  // 0: without limit
  bool one_side_dials = false;         // the other is behind a translated address
};

// One directed path, where a scenario says what it is like.  No fault: it is so for ever.
struct PathConditions {
  Duration delay{};
  double loss = 0;                     // or NetworkConditions::loss, where that is more
  std::uint64_t bytes_per_second = 0;  // 0: as NetworkConditions has it
};

struct HostConditions {
  Clock::Options clock;
  Disk::Options disk;
  Ack ack = Ack::durable;
  std::size_t cache_bytes = 0;
  std::size_t chunk_events = 0;
  Duration joins_at{};  // since the world began: when it starts for the first time
};

// How often each class of fault happens over the whole run; 0 switches it off.
struct FaultCounts {
  std::uint32_t partitions = 0;  // some hosts from the others, one way or both
  std::uint32_t cuts = 0;        // one directed path
  std::uint32_t flaps = 0;       // one path, many short times
  std::uint32_t swizzles = 0;    // some paths cut one by one, healed in another order
  std::uint32_t slow_paths = 0;
  std::uint32_t crashes = 0;  // at any yield
  std::uint32_t storms = 0;   // several crashes of one host in a row, also during recovery
  std::uint32_t pauses = 0;
  std::uint32_t slow_disks = 0;
  std::uint32_t sync_errors = 0;  // once or several times in a row
  std::uint32_t clock_steps = 0;
  std::uint32_t clock_freezes = 0;
};

struct WorkloadConditions {
  double writes_per_second = 0;  // of a host, on average
  double burst_chance = 0;       // of an operation, to be followed by some at once
  std::uint32_t keys = 0;        // of each kind
  std::uint32_t members = 0;
  std::uint32_t skew = 0;  // how much hotter the first keys are; 0 is uniform
  double read_share = 0;   // of commands
  double batch_chance = 0;
  double flush_chance = 0;                  // of an operation, to be FLUSHDB
  Duration lifetime_max{};                  // of deadlines; 0: none are written
  std::vector<std::uint32_t> verb_weights;  // by Verb
};

// Two hosts that have a session with each other.
struct Edge {
  HostIndex first = 0;
  HostIndex second = 0;
};

struct Conditions {
  std::uint64_t seed = 0;
  Duration duration{};  // of writes and faults; then everything heals
  Topology topology = Topology::mesh;
  // These two never hear of each other again once all else heals; the others join them.
  std::optional<Edge> stay_apart;
  std::uint16_t spaces = 1;
  double tap_chance = 0;  // of a session, to have each of its frames read by the checkers as it leaves
  NetworkConditions network;
  std::vector<PathConditions> paths;  // at from * hosts + to; none: each is drawn from `network`
  std::vector<HostConditions> hosts;
  FaultCounts faults;
  WorkloadConditions workload;
};

Conditions draw_conditions(std::uint64_t seed, Duration duration);

// A few lines for a person.
std::string to_text(const Conditions& conditions);

// The pairs of hosts that have sessions with each other; the first of a pair always dials.
std::vector<Edge> edges_of(const Conditions& conditions);

}  // namespace skerry::simulations
