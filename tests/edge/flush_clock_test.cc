#include "edge/flush_clock.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

TEST(FlushClock, CountsAndAddsUpWithTheOneUnderWay) {
  FlushClock clock;
  const core::Instant start{10s};
  EXPECT_EQ(clock.count(), 0u);
  EXPECT_EQ(clock.total(start), 0s);
  clock.begun(start);
  EXPECT_EQ(clock.count(), 1u);
  EXPECT_EQ(clock.total(start + 3s), 3s);
  clock.ended(start + 4s);
  EXPECT_EQ(clock.total(start + 9s), 4s);
  clock.begun(start + 10s);
  EXPECT_EQ(clock.total(start + 11s), 5s);
}

}  // namespace
}  // namespace skerry::edge
