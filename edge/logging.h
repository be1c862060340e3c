// Where log lines go and how they look.  A line says what happened in words for an operator; never a key, a value or a
// secret.  After start_logging everybody writes with spdlog's own functions: spdlog::info("…", …).
#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::edge {

enum class LogFormat { text, json };

struct LogOptions {
  spdlog::level::level_enum level = spdlog::level::info;
  LogFormat format = LogFormat::text;
  std::string region;  // on every line, so that the logs of many nodes may be mixed
};

// To standard error, from the call on.
void start_logging(const LogOptions& options);

// The names that --log-level and the config accept: debug, info, warn, error.  (Below debug nothing is offered.)
std::optional<spdlog::level::level_enum> log_level(std::string_view name);
std::optional<LogFormat> log_format(std::string_view name);

// One line a message:
//   text  2026-01-31T12:00:00.123Z info us-east: session with eu-west is up
//   json  {"time":"2026-01-31T12:00:00.123Z","level":"info","region":"us-east","message":"session with …"}
std::unique_ptr<spdlog::formatter> make_log_formatter(LogFormat format, std::string region);

}  // namespace skerry::edge
