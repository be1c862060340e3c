#include "edge/logging.h"

#include <fmt/chrono.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace skerry::edge {
namespace {

// RFC 3339 in UTC with milliseconds.
std::string time_text(spdlog::log_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(spdlog::log_clock::to_time_t(seconds)), milliseconds);
}

std::string_view level_name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warn";
    case spdlog::level::err:
    case spdlog::level::critical:
    case spdlog::level::off:
    case spdlog::level::n_levels:
      return "error";
  }
  return "error";
}

// One message is one line, whatever a stranger's bytes have put into it.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& letter : line) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = ' ';
  }
  return line;
}

class LineFormatter final : public spdlog::formatter {
 public:
  LineFormatter(LogFormat format, std::string region) : format_(format), region_(std::move(region)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    const std::string line = format_ == LogFormat::json ? json(message) : text(message);
    to.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return make_log_formatter(format_, region_); }

 private:
  static std::string_view payload(const spdlog::details::log_msg& message) {
    return {message.payload.data(), message.payload.size()};
  }

  std::string text(const spdlog::details::log_msg& message) const {
    return fmt::format("{} {:<5} {}: {}\n", time_text(message.time), level_name(message.level), region_,
                       one_line(payload(message)));
  }

  std::string json(const spdlog::details::log_msg& message) const {
    nlohmann::ordered_json line;
    line["time"] = time_text(message.time);
    line["level"] = level_name(message.level);
    line["region"] = region_;
    line["message"] = payload(message);
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }

  LogFormat format_;
  std::string region_;
};

}  // namespace

std::unique_ptr<spdlog::formatter> make_log_formatter(LogFormat format, std::string region) {
  return std::make_unique<LineFormatter>(format, std::move(region));
}

void start_logging(const LogOptions& options) {
  auto logger = std::make_shared<spdlog::logger>("skerry", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(make_log_formatter(options.format, options.region));
  logger->set_level(options.level);
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

std::optional<spdlog::level::level_enum> log_level(std::string_view name) {
  if (name == "debug") return spdlog::level::debug;
  if (name == "info") return spdlog::level::info;
  if (name == "warn") return spdlog::level::warn;
  if (name == "error") return spdlog::level::err;
  return std::nullopt;
}

std::optional<LogFormat> log_format(std::string_view name) {
  if (name == "text") return LogFormat::text;
  if (name == "json") return LogFormat::json;
  return std::nullopt;
}

}  // namespace skerry::edge
