#include "simulations/measures.h"

#include <gtest/gtest.h>

#include <numeric>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

TEST(Series, ALevelStandsUntilItIsSaidAgain) {
  Series series(Series::Kind::level);
  series.say(0ms, 3);
  series.say(25ms, 7);
  series.say(26ms, 1);
  series.end(45ms);
  EXPECT_EQ(series.buckets(), (std::vector<std::uint64_t>{3, 3, 7, 1, 1}));
  EXPECT_EQ(series.greatest(), 7u);
}

TEST(Series, ACountAddsUp) {
  Series series(Series::Kind::count);
  series.say(1ms, 2);
  series.say(2ms, 3);
  series.say(31ms, 1);
  EXPECT_EQ(series.buckets(), (std::vector<std::uint64_t>{5, 0, 0, 1}));
}

TEST(Series, ALongRunIsSeenMoreCoarselyAndNeverInPart) {
  Series counts(Series::Kind::count);
  Series levels(Series::Kind::level);
  for (int second = 0; second < 100'000; ++second) {
    counts.say(second * 1s, 1);
    levels.say(second * 1s, second == 5 ? 9 : 2);
  }
  levels.end(24h * 365);
  EXPECT_LE(counts.buckets().size(), Series::buckets_max);
  EXPECT_LE(levels.buckets().size(), Series::buckets_max);
  EXPECT_EQ(std::accumulate(counts.buckets().begin(), counts.buckets().end(), std::uint64_t{0}), 100'000u);
  EXPECT_EQ(levels.greatest(), 9u);
  EXPECT_EQ(levels.buckets().back(), 2u);
  EXPECT_GE(levels.width() * levels.buckets().size(), 24h * 365);
}

TEST(Durations, PercentilesAreNeverLessAndAtMostASixteenthMore) {
  Durations durations;
  for (int milliseconds = 1; milliseconds <= 10'000; ++milliseconds) durations.add(milliseconds * 1ms);
  EXPECT_EQ(durations.size(), 10'000u);
  for (const double part : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const Duration exact = std::chrono::milliseconds(static_cast<int>(part * 10'000));
    EXPECT_GE(durations.percentile(part), exact) << part;
    EXPECT_LE(durations.percentile(part), exact + exact / 16) << part;
  }
  EXPECT_EQ(durations.percentile(1), 10s);
  EXPECT_EQ(durations.greatest(), 10s);
}

TEST(Durations, OneIsItsOwnEveryPercentile) {
  for (const Duration one :
       {Duration{}, Duration{1ns}, Duration{31us}, Duration{33us}, Duration{17h}, Duration{24h * 400}}) {
    Durations durations;
    durations.add(one);
    EXPECT_EQ(durations.percentile(0), one);
    EXPECT_EQ(durations.percentile(0.5), one);
    EXPECT_EQ(durations.percentile(1), one);
  }
  EXPECT_EQ(Durations().percentile(0.5), Duration{});
}

}  // namespace
}  // namespace skerry::simulations
