#include "simulations/html/tables.h"

#include <gtest/gtest.h>

#include "simulations/html/text.h"
#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(Tables, LagHasARowForEachPairAndThePercentiles) {
  const ObservedRun run(small_plan());
  const std::string table = lag_table(run.subject());
  EXPECT_EQ(times(table, "<tr><th scope=\"row\">"), 6u);
  const Durations& lag = run.chronicle().lag(0, 1).durations;
  EXPECT_NE(table.find("<th scope=\"row\">eu-west</th><td>us-east</td><td>4</td><td>" + words(lag.percentile(0.5)) +
                       "</td><td>" + words(lag.percentile(0.9)) + "</td><td>" + words(lag.percentile(0.99)) +
                       "</td><td>" + words(lag.greatest())),
            std::string::npos)
      << table;
  EXPECT_EQ(table.find("never"), std::string::npos);
  EXPECT_EQ(lag_table(ObservedRun(quiet_plan(2)).subject()), "<p>Nothing was written.</p>\n");
}

TEST(Tables, TrafficHasARowForEachDirection) {
  const ObservedRun run(small_plan());
  const std::string table = traffic_table(run.subject());
  EXPECT_EQ(times(table, "<tr><th scope=\"row\">"), 6u);
  const Network::Traffic& traffic = run.chronicle().traffic(2, 1);
  EXPECT_GT(traffic.bytes, 0u);
  EXPECT_NE(table.find("<th scope=\"row\">&lt;ap&gt;</th><td>us-east</td><td>" + byte_words(traffic.bytes) +
                       "</td><td>" + count_words(traffic.frames)),
            std::string::npos)
      << table;
  EXPECT_EQ(times(table, "<td>15 s</td>"), 4u) << "cut for";
}

TEST(Tables, TheSlowestWritesAreNamed) {
  const ObservedRun run(small_plan());
  const std::string table = slowest_table(run.subject());
  EXPECT_NE(table.find("<code>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\\xff set milk</code>"),
            std::string::npos)
      << table;
  EXPECT_EQ(times(table, "<tr><th scope=\"row\">"), run.chronicle().slowest().size());
}

TEST(Tables, IncidentsStandInOrderOfTime) {
  const ObservedRun run(small_plan());
  const std::string table = incidents_table(run.subject());
  const std::size_t cut = table.find("eu-west → us-east cut, for 15 s");
  const std::size_t power = table.find("&lt;ap&gt;: power lost");
  const std::size_t pause = table.find("us-east paused, for 5 s");
  EXPECT_LT(cut, power);
  EXPECT_LT(power, pause);
  EXPECT_NE(pause, std::string::npos) << table;
  EXPECT_EQ(incidents_table(ObservedRun(quiet_plan(2)).subject()), "<p>Nothing went wrong in this run.</p>\n");
}

}  // namespace
}  // namespace skerry::simulations::html
