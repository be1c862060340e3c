#include "simulations/plan_values.h"

#include <gtest/gtest.h>

#include <cmath>

namespace skerry::simulations::plan_values {
namespace {

using namespace std::chrono_literals;

TEST(PlanValues, TimesHaveTheLargestUnitThatIsExact) {
  EXPECT_EQ(duration_text(0s), "0s");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(2h), "2h");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
  EXPECT_EQ(duration_text(Duration(1'000'001)), "1000001ns");
  EXPECT_EQ(duration_text(-3min), "-3min");
  for (const Duration duration : {Duration(1), Duration(-7), Duration(90s), Duration(365 * 24h), Duration(12'345us)})
    EXPECT_EQ(duration_of(duration_text(duration)), duration);
}

TEST(PlanValues, WhatIsNoTimeIsNone) {
  for (const char* text : {"", "s", "1", "1 s", "1.5s", "1s ", "1m", "9223372036854775807h", "99999999999999999999ns"})
    EXPECT_EQ(duration_of(text), std::nullopt) << text;
}

TEST(PlanValues, DoublesReadBackAsTheSame) {
  for (const double value : {0.0, 1.0, 0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 0.004567890123}) {
    EXPECT_EQ(std::strtod(double_text(value).c_str(), nullptr), value);
    EXPECT_NE(double_text(value).find_first_of(".e"), std::string::npos) << "TOML takes it for a whole number";
  }
}

TEST(PlanValues, BytesReadBackAsTheSame) {
  core::Bytes every;
  for (int byte = 0; byte < 256; ++byte) every.push_back(static_cast<char>(byte));
  const std::string text = bytes_text(every);
  EXPECT_EQ(bytes_of(core::BytesView(text).substr(1, text.size() - 2)), every);
  EXPECT_EQ(bytes_text("cart/1"), "'cart/1'");
  EXPECT_EQ(bytes_text("it's \\\n"), "'it\\x27s \\\\\\x0a'");
}

TEST(PlanValues, ABackslashBeginsAByteOrABackslash) {
  for (const char* text : {"\\", "\\n", "\\x", "\\x1", "\\xg0", "\\x0g"}) EXPECT_EQ(bytes_of(text), std::nullopt);
}

TEST(PlanValues, WordsHaveNumbers) {
  EXPECT_EQ(words_of(Verb{}).number_of("HINCRBY"), static_cast<std::size_t>(Verb::hash_increment));
  EXPECT_EQ(words_of(FaultKind{}).number_of("clock freeze"), static_cast<std::size_t>(FaultKind::clock_freeze));
  EXPECT_EQ(words_of(Ack{}).number_of("sometimes"), std::nullopt);
  EXPECT_EQ(words_of(Topology{}).accepted(), "mesh, line, ring or hub");
}

}  // namespace
}  // namespace skerry::simulations::plan_values
