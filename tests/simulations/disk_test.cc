#include "simulations/disk.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

TEST(DiskLatency, IsBetweenItsEndsTimesTheFactorAndNeverForEver) {
  const Disk::Options options{.sync_min = 2ms, .sync_max = 4ms};
  core::Random random(1);
  Duration least = 1h, most{};
  for (int i = 0; i < 1'000; ++i) {
    const Duration latency = draw_latency(options, 10, random);
    least = std::min(least, latency);
    most = std::max(most, latency);
  }
  EXPECT_GE(least, 20ms);
  EXPECT_LT(least, 21ms);
  EXPECT_GT(most, 39ms);
  EXPECT_LE(most, 40ms);
  EXPECT_EQ(draw_latency(options, 1'000'000, random), 30s);
}

TEST(DiskLatency, StallsAsOftenAsItIsTold) {
  const Disk::Options options{.sync_min = 1ms, .sync_max = 1ms, .stall_chance = 0.25, .stall_max = 1s};
  core::Random random(1);
  int stalls = 0;
  for (int i = 0; i < 1'000; ++i) stalls += draw_latency(options, 1, random) > 2ms ? 1 : 0;
  EXPECT_GT(stalls, 200);
  EXPECT_LT(stalls, 300);
}

}  // namespace
}  // namespace skerry::simulations
