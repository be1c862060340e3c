#include "simulations/html/timeline.h"

#include <gtest/gtest.h>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(HtmlTimeline, HasALaneForEachAndSaysWhatItsSignsMean) {
  const ObservedRun run(small_plan());
  const std::string drawn = timeline(run.subject());
  EXPECT_EQ(times(drawn, "class=\"lane\""), 3u);
  EXPECT_EQ(times(drawn, "class=\"road\""), 3u);
  for (const char* part : {">eu-west</text>", ">&lt;ap&gt;</text>", "cut off from all", "lost power", "written here",
                           "4 writes", "<title id=\"timeline-title\">"})
    EXPECT_NE(drawn.find(part), std::string::npos) << part;
  EXPECT_EQ(drawn.find("is drawn"), std::string::npos) << "nothing was left out";
}

TEST(HtmlTimeline, SaysWhatItLeavesOut) {
  Plan plan = quiet_plan(20);
  for (int i = 0; i < 2'000; ++i)
    plan.operations.push_back(operation(5s + i * 10ms, 0, {{.verb = Verb::set_add, .key = "k", .member = "m"}}));
  const ObservedRun run(plan);
  const std::string drawn = timeline(run.subject());
  EXPECT_NE(drawn.find("Of the writes one of 4 is drawn. Of 190 pairs 28 are drawn."), std::string::npos);
}

TEST(HtmlTimeline, DivergenceHasItsGreatestFigures) {
  const ObservedRun run(small_plan());
  const std::string drawn = divergence(run.subject());
  EXPECT_EQ(times(drawn, "class=\"t area\""), 2u);
  EXPECT_NE(drawn.find("up to " + std::to_string(run.chronicle().apart().greatest()) + " events"), std::string::npos);
}

}  // namespace
}  // namespace skerry::simulations::html
