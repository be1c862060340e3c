// The words after `skerry`: what was asked for, or what to print instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "edge/ack.h"
#include "edge/logging.h"

namespace skerry::edge {

// Exit codes, for scripts and supervisors.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;  // something went wrong while running
inline constexpr int exit_usage = 2;    // the command line or the configuration is not accepted
inline constexpr int exit_store = 3;    // the data directory failed: what is on disk must be looked at first

// `serve`.  What is set here goes before the configuration file, which goes before the defaults.
struct ServeCommand {
  std::optional<std::string> config;
  std::optional<std::string> data;
  std::optional<std::string> resp;
  std::optional<std::string> peer_listen;
  std::optional<std::string> region;
  std::optional<Ack> ack;
  std::optional<spdlog::level::level_enum> log_level;
  std::optional<LogFormat> log_format;
  std::optional<int> end_with;  // a process: when it ends, so does the node
};

struct KeygenCommand {
  std::string file;
  bool cluster_secret = false;  // rather than a node's key pair
};

struct DemoCommand {
  std::uint16_t resp_base = 7001;
  bool once = false;
  bool quiet = false;
  bool keep = false;
};

// What is behind `simulate`, which the simulator reads itself.
struct SimulateCommand {
  std::vector<std::string> words;
};

struct VersionCommand {};

// --help, or a mistake: print `text` and end.
struct Usage {
  int exit_code = exit_ok;
  std::string text;
};

using Invocation = std::variant<ServeCommand, KeygenCommand, DemoCommand, SimulateCommand, VersionCommand, Usage>;

Invocation parse_command_line(int argument_count, const char* const* arguments);

}  // namespace skerry::edge
