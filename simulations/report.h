// What one run of a world was like, and what was wrong, for people and for programs.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "simulations/checkers.h"
#include "simulations/network.h"
#include "simulations/plan.h"

namespace skerry::simulations {

struct Report {
  std::uint64_t seed = 0;
  std::string profile;
  std::size_t hosts = 0;
  std::optional<Violation> violation;
  Duration violated_at{};           // since the world began
  std::optional<Duration> same_in;  // after everything healed: until all hosts had seen the same
  Duration converged_in{};          // the same, and until nothing waited any more, on the way or for a disk
  Duration simulated{};
  std::uint64_t trace = 0;
  std::uint64_t steps = 0;
  std::uint64_t operations = 0;  // that were performed; the others met a host that was down
  std::uint64_t events = 0;
  std::uint64_t endings = 0;  // of processes: crashes, and those that ended themselves
  std::array<std::uint64_t, fault_kind_count> faults{};
  Network::Counts network;
};

// Some lines for a person; a violation with all that explains it.
std::string to_text(const Report& report);
// One line, one object.
std::string to_json(const Report& report);

// The sums over many seeds.
struct Summary {
  std::uint64_t seeds = 0;
  std::uint64_t violations = 0;
  double node_hours = 0;
  Duration slowest_convergence{};
  std::array<std::uint64_t, fault_kind_count> faults{};

  void add(const Report& report);
};
std::string to_text(const Summary& summary);
std::string to_json(const Summary& summary);

}  // namespace skerry::simulations
