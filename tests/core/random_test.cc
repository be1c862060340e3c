// The same seed gives the same numbers, with every compiler and for ever.
#include "core/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace skerry::core {
namespace {

TEST(Random, GoldenNumbers) {
  // xoshiro256** from splitmix64(0), as the authors' own programs give them.
  Random random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452au);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0u);
}

TEST(Random, BelowStaysBelowAndReachesAll) {
  Random random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t drawn = random.below(7);
    ASSERT_LT(drawn, 7u);
    seen.insert(drawn);
  }
  EXPECT_EQ(seen.size(), 7u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, BelowIsEven) {
  // A third of the range that three quarters of 2^64 leaves would be favoured without the rejection.
  Random random(2);
  const std::uint64_t limit = std::uint64_t{3} << 62;
  std::array<int, 3> thirds{};
  for (int i = 0; i < 30'000; ++i) ++thirds[random.below(limit) >> 62];
  for (const int count : thirds) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Random, UnitAndChance) {
  Random random(3);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double unit = random.unit();
    ASSERT_GE(unit, 0.0);
    ASSERT_LT(unit, 1.0);
    hits += random.chance(0.25) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 2500, 250);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

TEST(Random, ASplitStreamIsItsOwn) {
  Random one(4);
  Random two(4);
  Random split = one.split();
  two.split();
  for (int i = 0; i < 10; ++i) split.next();
  EXPECT_EQ(one.next(), two.next());
}

TEST(RandomDeathTest, NothingIsBelowZero) {
  EXPECT_DEATH(Random(1).below(0), "");
}

}  // namespace
}  // namespace skerry::core
