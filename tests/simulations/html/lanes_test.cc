#include "simulations/html/lanes.h"

#include <gtest/gtest.h>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(Lanes, FollowEachOtherAndDoNotOverlap) {
  for (const std::size_t hosts : {2u, 8u, 20u}) {
    for (HostIndex host = 0; host < hosts; ++host) {
      const Lane lane = lane_of(host, hosts, 24);
      EXPECT_LT(lane.whole.top, lane.writes);
      EXPECT_LT(lane.writes + 4, lane.sightings.top);
      EXPECT_LT(lane.sightings.top + 10, lane.sightings.bottom);
      EXPECT_LT(lane.sightings.bottom, lane.lacks.top);
      EXPECT_LE(lane.lacks.bottom, lane.whole.bottom);
      EXPECT_LT(lane.whole.bottom, lane_of(host + 1, hosts, 24).whole.top);
    }
  }
}

TEST(Lanes, KnowHowFarAHostIsCutOff) {
  const ObservedRun run(small_plan());
  EXPECT_EQ(cut_levels(run.subject(), 0, 1ms), (std::vector<CutLevel>{{10s, 25s, 4, 4}}));
  EXPECT_EQ(cut_levels(run.subject(), 1, 1ms), (std::vector<CutLevel>{{10s, 25s, 2, 4}}));
}

// Short cuts: seen from afar they are as bad as the worst, for as long as they were, and no longer.
TEST(Lanes, ShortCutsAreOneAndEnd) {
  Plan plan = quiet_plan(2);
  for (const Duration at : {10'000ms, 10'003ms, 10'006ms})
    plan.faults.push_back({.at = at, .kind = FaultKind::cut, .host = 0, .other = 1, .lasts = 1ms});
  plan.faults.push_back({.at = 10'004ms, .kind = FaultKind::cut, .host = 1, .other = 0, .lasts = 1ms});
  std::stable_sort(plan.faults.begin(), plan.faults.end(),
                   [](const Fault& left, const Fault& right) { return left.at < right.at; });
  const ObservedRun run(plan);
  EXPECT_EQ(cut_levels(run.subject(), 0, 100us).size(), 3u) << "one goes over into another";
  const std::vector<CutLevel> levels = cut_levels(run.subject(), 0, 20ms);
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_EQ(levels[0], (CutLevel{10s, 10'020ms, 1, 2}));
}

TEST(Lanes, ShowWhatHappenedToAHost) {
  const ObservedRun run(small_plan());
  const Subject subject = run.subject();
  const TimeScale scale(subject.chronicle.end());
  const auto lane = [&](HostIndex host) {
    const Lane place = lane_of(host, 3, 24);
    return lane_ground(scale, subject, host, place) + lane_marks(scale, subject, host, place);
  };
  EXPECT_NE(lane(0).find("eu-west: 4 of 4 directions cut, 10 s to 25 s"), std::string::npos) << lane(0);
  EXPECT_NE(lane(0).find("class=\"t hatched\""), std::string::npos) << "not by colour alone";
  EXPECT_NE(lane(0).find("eu-west, 30 s: its clock steps by 1.5 s"), std::string::npos) << lane(0);
  EXPECT_NE(lane(1).find("us-east: 2 of 4 directions cut"), std::string::npos);
  EXPECT_EQ(lane(1).find("hatched"), std::string::npos);
  EXPECT_NE(lane(1).find("us-east: paused, 45 s to 50 s (5 s)"), std::string::npos) << lane(1);
  EXPECT_NE(lane(2).find("&lt;ap&gt;: down, "), std::string::npos) << lane(2);
  EXPECT_NE(lane(2).find("the machine lost power"), std::string::npos);
  EXPECT_NE(lane(2).find("class=\"t area\""), std::string::npos) << "it was behind";
}

}  // namespace
}  // namespace skerry::simulations::html
