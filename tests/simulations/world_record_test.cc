#include <gtest/gtest.h>

#include <algorithm>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

// An observer changes nothing, however much goes wrong.
TEST(WorldRecord, TheTraceIsTheSameWithAndWithoutAChronicle) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Plan plan = draw_plan(draw_conditions(seed, 1min));
    const Report alone = World(plan).run();
    Chronicle chronicle(plan.conditions.hosts.size());
    World observed(plan);
    observed.record(chronicle);
    const Report report = observed.run();
    EXPECT_EQ(report.trace, alone.trace) << "seed " << seed;
    EXPECT_EQ(report.steps, alone.steps) << "seed " << seed;
    ASSERT_FALSE(report.violation) << to_text(report);
    EXPECT_EQ(chronicle.apart().buckets().back(), 0u) << "seed " << seed;
    EXPECT_EQ(chronicle.contexts().buckets().back(), 1u) << "seed " << seed;
    std::uint64_t bytes = 0;
    std::uint64_t operations = 0;
    for (HostIndex from = 0; from < report.hosts; ++from) {
      operations += chronicle.operations_of(from);
      for (HostIndex to = 0; to < report.hosts; ++to) {
        bytes += chronicle.traffic(from, to).bytes;
        EXPECT_EQ(chronicle.lag(from, to).never, 0u) << "seed " << seed;
      }
    }
    EXPECT_EQ(bytes, report.network.bytes);
    EXPECT_EQ(operations, report.operations);
    const auto endings = std::count_if(chronicle.marks().begin(), chronicle.marks().end(), [](const Mark& mark) {
      return mark.kind == Mark::Kind::killed || mark.kind == Mark::Kind::lost_power || mark.kind == Mark::Kind::failed;
    });
    EXPECT_EQ(static_cast<std::uint64_t>(endings), report.endings);
  }
}

TEST(WorldRecord, APartitionDelaysWhatWasWrittenInIt) {
  Plan plan = quiet_plan(2);
  plan.faults = {{.at = 5s, .kind = FaultKind::cut, .host = 0, .other = 1, .lasts = 20s},
                 {.at = 5s, .kind = FaultKind::cut, .host = 1, .other = 0, .lasts = 20s}};
  plan.operations = {operation(3s, 0, {{.verb = Verb::set, .key = "before", .value = "v"}}),
                     operation(10s, 0, {{.verb = Verb::set, .key = "within", .value = "v"}})};
  Chronicle chronicle(2);
  World world(plan);
  world.record(chronicle);
  ASSERT_FALSE(world.run().violation);
  ASSERT_EQ(chronicle.writes().size(), 2u);
  EXPECT_EQ(chronicle.writes()[0].what, "before string");
  EXPECT_LT(*chronicle.writes()[0].seen[1], 1s);
  EXPECT_GE(*chronicle.writes()[1].seen[1], 15s);
  EXPECT_LT(*chronicle.writes()[1].seen[1], 50s);
  EXPECT_EQ(chronicle.lacks(1).greatest(), 1u);
  const auto cuts = std::count_if(chronicle.spans().begin(), chronicle.spans().end(),
                                  [](const Span& span) { return span.kind == Span::Kind::cut && span.to == 25s; });
  EXPECT_EQ(cuts, 2);
  const auto sessions = std::count_if(chronicle.spans().begin(), chronicle.spans().end(),
                                      [](const Span& span) { return span.kind == Span::Kind::session; });
  EXPECT_EQ(sessions, 4) << "two ends, before and after";
}

TEST(WorldRecord, ThoseWhoStayApartAreCutToTheEnd) {
  Plan plan = quiet_plan(3);
  plan.conditions.stay_apart = Edge{0, 1};
  Chronicle chronicle(3);
  World world(plan);
  world.record(chronicle);
  ASSERT_FALSE(world.run().violation);
  const auto cuts = std::count_if(chronicle.spans().begin(), chronicle.spans().end(), [&](const Span& span) {
    return span.kind == Span::Kind::cut && span.from == 1min && span.to == chronicle.end();
  });
  EXPECT_EQ(cuts, 2);
  EXPECT_EQ(chronicle.healed_at(), 1min);
}

}  // namespace
}  // namespace skerry::simulations
