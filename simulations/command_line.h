// The words after `skerry-simulate`: what was asked for, or what to print instead.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/time.h"
#include "simulations/maelstrom/workload.h"

namespace skerry::simulations {

inline constexpr int exit_holds = 0;
inline constexpr int exit_violated = 1;
inline constexpr int exit_usage = 2;

struct SimulateCommand {
  std::string scenario;     // its file; empty: worlds drawn from seeds
  std::uint64_t first = 0;  // seeds, both included
  std::uint64_t last = 0;
  std::string replay;                           // a file instead of seeds (simulations/plan_file.h); empty: none
  std::optional<maelstrom::Workload> workload;  // instead of drawn clients
  std::string history_file;                     // where what its clients lived through goes; empty: nowhere
  std::string profile = "protocol";
  core::Duration duration{};                   // of the writes and faults of each
  std::optional<std::chrono::seconds> shrink;  // how long to look for a smaller world that violates the same
  std::string output;                          // the file for that; empty: named after the seed
  bool own_seed = false;                       // of the scenario, instead of `first` and `last`
  bool twice = false;                          // each seed, to see that it does the same again (I12)
  bool json = false;
  std::string report_file;  // where the page about the one seed goes; empty: nowhere
};

// --help, or a mistake: print `text` and end.
struct Usage {
  int exit_code = exit_holds;
  std::string text;
};

using Invocation = std::variant<SimulateCommand, Usage>;

Invocation parse_command_line(int argument_count, const char* const* arguments);

}  // namespace skerry::simulations
