#include "edge/logging.h"

#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>

#include <nlohmann/json.hpp>

namespace skerry::edge {
namespace {

constexpr auto noon = std::chrono::seconds(1769860800) + std::chrono::milliseconds(7);  // 2026-01-31T12:00:00.007Z

std::string formatted(LogFormat format, spdlog::level::level_enum level, const std::string& message) {
  spdlog::details::log_msg line(spdlog::source_loc{}, "skerry", level, message);
  line.time = spdlog::log_clock::time_point(noon);
  spdlog::memory_buf_t to;
  make_log_formatter(format, "us-east")->clone()->format(line, to);
  return {to.data(), to.size()};
}

TEST(LogFormatter, TextHasTimeLevelAndRegion) {
  EXPECT_EQ(formatted(LogFormat::text, spdlog::level::info, "session with eu-west is up"),
            "2026-01-31T12:00:00.007Z info  us-east: session with eu-west is up\n");
  EXPECT_EQ(formatted(LogFormat::text, spdlog::level::err, "disk full"),
            "2026-01-31T12:00:00.007Z error us-east: disk full\n");
}

TEST(LogFormatter, JsonIsOneObjectALine) {
  const std::string line = formatted(LogFormat::json, spdlog::level::warn, "said \"no\"");
  EXPECT_EQ(line,
            "{\"time\":\"2026-01-31T12:00:00.007Z\",\"level\":\"warn\",\"region\":\"us-east\","
            "\"message\":\"said \\\"no\\\"\"}\n");
}

TEST(LogFormatter, AStrangersBytesMakeNoSecondLine) {
  EXPECT_EQ(formatted(LogFormat::text, spdlog::level::info, "peer said a\r\nb\x1b[2J"),
            "2026-01-31T12:00:00.007Z info  us-east: peer said a  b [2J\n");
  const std::string line = formatted(LogFormat::json, spdlog::level::info, "a\nb \xff\xfe");
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST(LogNames, AreThoseOfTheCommandLine) {
  EXPECT_EQ(log_level("debug"), spdlog::level::debug);
  EXPECT_EQ(log_level("info"), spdlog::level::info);
  EXPECT_EQ(log_level("warn"), spdlog::level::warn);
  EXPECT_EQ(log_level("error"), spdlog::level::err);
  EXPECT_EQ(log_level("INFO"), std::nullopt);
  EXPECT_EQ(log_level("trace"), std::nullopt);
  EXPECT_EQ(log_format("text"), LogFormat::text);
  EXPECT_EQ(log_format("json"), LogFormat::json);
  EXPECT_EQ(log_format(""), std::nullopt);
}

}  // namespace
}  // namespace skerry::edge
