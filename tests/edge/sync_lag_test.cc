#include "edge/sync_lag.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

core::Instant at(core::Duration time) {
  return core::Instant(1h) + time;
}

TEST(SyncLag, CountsFromTheOldestThatIsNotDurable) {
  SyncLag lag;
  EXPECT_FALSE(lag.exceeds(0ms, at(0ms)));
  lag.appended(1, at(0ms));
  lag.appended(2, at(40ms));
  EXPECT_FALSE(lag.exceeds(100ms, at(100ms)));
  EXPECT_TRUE(lag.exceeds(100ms, at(101ms)));
  lag.durable(1);
  EXPECT_FALSE(lag.exceeds(100ms, at(140ms)));
  EXPECT_TRUE(lag.exceeds(100ms, at(141ms)));
  lag.durable(2);
  EXPECT_FALSE(lag.exceeds(0ms, at(1h)));
}

TEST(SyncLag, WhatComesTogetherIsAsOldAsItsFirst) {
  SyncLag lag;
  lag.appended(1, at(0us));
  lag.appended(2, at(999us));
  lag.appended(3, at(1ms));
  lag.durable(1);  // of the first two only one
  EXPECT_TRUE(lag.exceeds(99'500us, at(99'600us)));
  lag.durable(2);
  EXPECT_FALSE(lag.exceeds(99'500us, at(99'600us)));
}

}  // namespace
}  // namespace skerry::edge
