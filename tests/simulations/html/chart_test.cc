#include "simulations/html/chart.h"

#include <gtest/gtest.h>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(Chart, AnInstantStandsWhereItIs) {
  const TimeScale scale(10s);
  EXPECT_DOUBLE_EQ(scale.x(0s), plot_left);
  EXPECT_DOUBLE_EQ(scale.x(5s), (plot_left + plot_right) / 2);
  EXPECT_DOUBLE_EQ(scale.x(10s), plot_right);
}

TEST(Chart, TicksAreRoundAndFew) {
  EXPECT_EQ(TimeScale(10min + 6s).ticks(),
            (std::vector<Duration>{0min, 1min, 2min, 3min, 4min, 5min, 6min, 7min, 8min, 9min, 10min}));
  for (const Duration end :
       {Duration{}, Duration{3ms}, Duration{1s}, Duration{61s}, Duration{24h * 10}, 24h * 100 + 0ns})
    EXPECT_LE(TimeScale(end).ticks().size(), 12u);
}

TEST(Chart, BoxesSayWhatTheyAre) {
  const std::string box = span_box(TimeScale(10s), "down", 0s, 5s, {10, 30}, "<host> down");
  EXPECT_EQ(
      box,
      "<rect class=\"t down\" x=\"158\" y=\"10\" width=\"499\" height=\"20\"><title>&lt;host&gt; down</title></rect>");
  EXPECT_NE(span_box(TimeScale(10s), "down", 1s, 1s, {0, 1}, "").find("width=\"0.8\""), std::string::npos)
      << "what is short can be seen";
}

TEST(Chart, AnAreaStepsFromTheGroundAndBack) {
  Series series(Series::Kind::level);
  series.say(0s, 0);
  series.say(10ms, 4);
  series.say(20ms, 1);
  series.end(30ms);
  EXPECT_EQ(area(TimeScale(40ms), series, {Heights::Kind::square_root, 0, 4}, {0, 10}),
            "<path class=\"t area\" d=\"M158 10L158 10L407.5 10L407.5 0L906.5 0L906.5 5L1156 5L1156 10Z\"/>");
  EXPECT_NE(area(TimeScale(40ms), series, {Heights::Kind::even, 0, 4}, {0, 10}).find("L906.5 7.5"), std::string::npos);
  EXPECT_EQ(area(TimeScale(40ms), Series(Series::Kind::level), {}, {0, 10}), "");
}

TEST(Chart, SaysWhenAllHealsAndWhatWasViolated) {
  ObservedRun run(quiet_plan(2));
  const TimeScale scale(run.chronicle().end());
  EXPECT_NE(axis(scale, run.subject(), {0, 10}).find("everything heals"), std::string::npos);
  EXPECT_EQ(axis(scale, run.subject(), {0, 10}).find("violated"), std::string::npos);
  run.report().violation = Violation{"I7", "what", {}};
  EXPECT_NE(axis(scale, run.subject(), {0, 10}).find("✗ I7 violated"), std::string::npos);
}

TEST(Chart, EverySymbolIsThere) {
  for (const char* symbol : {"killed", "lost-power", "failed", "sync-error", "clock-step", "hatch", "dense", "points"})
    EXPECT_EQ(times(symbols(), std::string("id=\"") + symbol + "\""), 1u) << symbol;
}

}  // namespace
}  // namespace skerry::simulations::html
