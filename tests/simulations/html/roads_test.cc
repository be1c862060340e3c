#include "simulations/html/roads.h"

#include <gtest/gtest.h>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(Roads, ShowWhichWayAndHowLong) {
  const ObservedRun run(small_plan());
  const Subject subject = run.subject();
  const TimeScale scale(subject.chronicle.end());
  const std::vector<Edge> edges = roads_of(subject);
  ASSERT_EQ(edges.size(), 3u);
  const std::string drawn = roads(scale, subject, edges, 0);
  EXPECT_EQ(times(drawn, "eu-west → us-east cut, 10 s to 25 s (15 s)"), 2u) << "the box and its hatching";
  EXPECT_EQ(times(drawn, "us-east → eu-west cut"), 2u);
  EXPECT_EQ(times(drawn, "us-east → &lt;ap&gt; cut"), 0u);
  EXPECT_EQ(times(drawn, "class=\"t session\""), 3u);
}

TEST(Roads, OfManyThoseToWhichSomethingHappened) {
  Plan plan = quiet_plan(12);
  plan.faults.push_back({.at = 5s, .kind = FaultKind::cut, .host = 11, .other = 10, .lasts = 1s});
  const ObservedRun run(plan);
  const std::vector<Edge> edges = roads_of(run.subject());
  ASSERT_EQ(edges.size(), roads_max);
  EXPECT_EQ(edges[0].first, 10u);
  EXPECT_EQ(edges[0].second, 11u);
}

}  // namespace
}  // namespace skerry::simulations::html
