#include "edge/system.h"

#include <gtest/gtest.h>

#include <ctime>
#include <set>

namespace skerry::edge {
namespace {

TEST(SystemClock, InstantsNeverStepBack) {
  const SystemClock clock;
  core::Instant last = clock.instant();
  for (int i = 0; i < 1000; ++i) {
    const core::Instant next = clock.instant();
    ASSERT_GE(next, last);
    last = next;
  }
}

TEST(SystemClock, WallTimeIsUnixTimeInMilliseconds) {
  const std::int64_t before = std::time(nullptr);
  const std::int64_t wall = core::unix_milliseconds(SystemClock().wall()) / 1000;
  const std::int64_t after = std::time(nullptr);
  EXPECT_GE(wall, before);
  // time() may lag behind the clock by the kernel's tick.
  EXPECT_LE(wall, after + 1);
}

TEST(SystemClock, TimersAreArmedOnTheClockThatInstantsCount) {
  const auto before = std::chrono::steady_clock::now();
  const core::Instant instant = SystemClock().instant();
  const auto after = std::chrono::steady_clock::now();
  EXPECT_GE(steady_time(instant), before);
  EXPECT_LE(steady_time(instant), after);
  EXPECT_EQ(steady_time(core::never), std::chrono::steady_clock::time_point::max());
}

TEST(Entropy, DoesNotRepeat) {
  ASSERT_TRUE(start_entropy().has_value());
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(entropy_u64());
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace skerry::edge
