// Stamps never run backwards, and stay close to the wall.
#include "core/hybrid_clock.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace skerry::core {
namespace {

WallTime at(std::int64_t milliseconds) {
  return from_unix_milliseconds(milliseconds);
}

TEST(HybridClock, FollowsTheWallAndCountsWithinAMillisecond) {
  HybridClock clock;
  EXPECT_EQ(clock.next(at(5)).value, 5u << 16);
  EXPECT_EQ(clock.next(at(5)).value, (5u << 16) + 1);
  EXPECT_EQ(clock.next(at(7)).value, 7u << 16);
  EXPECT_EQ(clock.next(at(7)).wall(), at(7));
}

TEST(HybridClock, GoesOnWhereTheWallWasSetBack) {
  HybridClock clock;
  const Stamp before = clock.next(at(1000));
  const Stamp after = clock.next(at(3));
  EXPECT_GT(after, before);
  EXPECT_EQ(after.wall(), at(1000));
}

TEST(HybridClock, AdvancesByAMillisecondWhenTheCounterOverflows) {
  HybridClock clock(Stamp{(5u << 16) + 0xffff});
  EXPECT_EQ(clock.next(at(5)).value, 6u << 16);
}

TEST(HybridClock, ObservesOthersUpToABound) {
  HybridClock clock;
  EXPECT_TRUE(clock.observe(Stamp{1060u << 16}, at(1000), std::chrono::milliseconds(60)));
  EXPECT_GT(clock.next(at(1000)), Stamp{1060u << 16});
  HybridClock wary;
  EXPECT_FALSE(wary.observe(Stamp{1061u << 16}, at(1000), std::chrono::milliseconds(60)));
  EXPECT_EQ(wary.next(at(1000)).value, 1000u << 16);
  clock.observe(Stamp{1}, at(1000), std::chrono::milliseconds(60));
  EXPECT_GT(clock.last(), Stamp{1060u << 16}) << "an old stamp pulls nothing back";
}

TEST(HybridClock, TakesAnyWall) {
  HybridClock clock;
  EXPECT_EQ(clock.next(WallTime::min()).value, 1u) << "a clock before 1970 counts as 1970";
  EXPECT_EQ(HybridClock().next(WallTime::max()).value >> 16, (std::uint64_t{1} << 48) - 1);
}

TEST(HybridClock, NeverRepeatsOrTurnsBack) {
  Random random(3);
  HybridClock clock;
  Stamp last;
  for (int i = 0; i < 10'000; ++i) {
    const WallTime now = at(static_cast<std::int64_t>(random.below(50)));
    if (random.chance(0.3)) clock.observe(Stamp{random.below(80) << 16}, now, std::chrono::milliseconds(20));
    const Stamp next = clock.next(now);
    ASSERT_GT(next, last);
    ASSERT_GE(next.wall(), now);
    last = next;
  }
}

}  // namespace
}  // namespace skerry::core
