#include "simulations/clock.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;
using core::Instant;

std::int64_t wall(const Clock& clock, core::Duration time) {
  return core::unix_milliseconds(clock.at(Instant(time)).wall);
}

TEST(Clock, ShowsTheTrueTimeUnlessItIsWrong) {
  const Clock clock({});
  EXPECT_EQ(clock.at(Instant{5s}).instant, Instant{5s});
  EXPECT_EQ(wall(clock, 5s), 1'700'000'005'000);
}

TEST(Clock, DriftsBothClocks) {
  const Clock clock({.drift_ppm = 5'000});
  EXPECT_EQ(clock.at(Instant{1000s}).instant, Instant{1005s});
  EXPECT_EQ(wall(clock, 1000s), 1'700'001'005'000);
}

TEST(Clock, KnowsWhenItWillShowATime) {
  core::Random random(1);
  for (int i = 0; i < 2'000; ++i) {
    const Clock clock({.drift_ppm = static_cast<int>(random.below(10'001)) - 5'000});
    const Instant local(core::Duration(static_cast<std::int64_t>(random.below(1'000'000'000'000'000) + 1'000'000)));
    const Instant world = clock.world_at(local);
    EXPECT_GE(clock.at(world).instant, local);
    EXPECT_LT(clock.at(world - core::Duration(1)).instant, local);
  }
  EXPECT_EQ(Clock({}).world_at(core::never), core::never);
}

TEST(Clock, StepsAndFreezesOnlyTheWall) {
  Clock clock({.offset = -2h});
  clock.step(3h);
  EXPECT_EQ(wall(clock, 10s), wall(Clock({.offset = 1h}), 10s));
  clock.freeze(Instant{10s});
  EXPECT_EQ(wall(clock, 90s), wall(Clock({.offset = 1h}), 10s));
  EXPECT_EQ(clock.at(Instant{90s}).instant, Instant{90s});
  clock.thaw(Instant{110s});
  EXPECT_EQ(wall(clock, 111s), wall(Clock({.offset = 1h}), 11s));
}

TEST(Clock, IsSetRight) {
  Clock clock({.offset = 24h * 365, .drift_ppm = -3'000});
  clock.freeze(Instant{100s});
  clock.correct(Instant{1000s});
  EXPECT_EQ(wall(clock, 1000s), wall(Clock({}), 1000s));
}

}  // namespace
}  // namespace skerry::simulations
