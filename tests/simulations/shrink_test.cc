#include "simulations/shrink.h"

#include <gtest/gtest.h>

#include "simulations/plan_cuts.h"
#include "simulations/plan_file.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

// A pretend checker: something is wrong when `first` has been written anywhere, then a host crashes, and then another
// host than the one that crashed writes `second`.
Report pretend(const Plan& plan) {
  Report report;
  Duration first = Duration::max();
  for (const Operation& operation : plan.operations) {
    if (first == Duration::max() && operation.commands[0].key == "text/1") first = operation.at;
    if (operation.commands[0].key != "text/2" || operation.at > plan.conditions.duration) continue;
    for (const Fault& crash : plan.faults) {
      const bool between = crash.at > first && crash.at < operation.at;
      if (crash.kind != FaultKind::crash || !between || crash.host == operation.host || report.violation) continue;
      report.violation = Violation{"I3", "it is wrong", {}};
      report.violated_at = operation.at;
    }
  }
  return report;
}

bool always(const ShrinkProgress&) {
  return true;
}

// The first seed in whose world the pretend checker speaks.
Plan wrong_plan() {
  for (std::uint64_t seed = 1;; ++seed) {
    Plan plan = draw_plan(draw_conditions(seed, 3min));
    if (pretend(plan).violation && plan.conditions.hosts.size() > 3) return plan;
  }
}

TEST(Shrink, LeavesWhatIsNeeded) {
  const Plan plan = wrong_plan();
  const Shrunk shrunk = shrink(plan, pretend(plan), pretend, always);
  EXPECT_TRUE(shrunk.complete);
  EXPECT_TRUE(shrunk.report.violation);
  EXPECT_EQ(shrunk.plan.operations.size(), 2u);
  EXPECT_EQ(shrunk.plan.faults.size(), 1u);
  EXPECT_EQ(shrunk.plan.conditions.hosts.size(), 2u);
  EXPECT_EQ(shrunk.plan.operations[0].commands.size(), 1u);
  EXPECT_EQ(shrunk.plan.conditions.network.loss, 0);
  EXPECT_LE(shrunk.plan.conditions.duration, 6s);
  EXPECT_EQ(shrunk.plan.operations[0].at % 100ms, 0s) << "times are round";
  EXPECT_TRUE(pretend(shrunk.plan).violation);
}

TEST(Shrink, DoesTheSameAgain) {
  const Plan plan = wrong_plan();
  const Shrunk first = shrink(plan, pretend(plan), pretend, always);
  const Shrunk second = shrink(plan, pretend(plan), pretend, always);
  EXPECT_EQ(to_toml(first.plan, ""), to_toml(second.plan, ""));
  EXPECT_EQ(first.end.runs, second.end.runs);
}

TEST(Shrink, CutsWhatComesAfterTheViolationWithoutARun) {
  const Plan plan = wrong_plan();
  const Report report = pretend(plan);
  const Shrunk shrunk = shrink(plan, report, pretend, [](const ShrinkProgress&) { return false; });
  EXPECT_FALSE(shrunk.complete);
  EXPECT_EQ(shrunk.end.runs, 0u);
  EXPECT_LT(events_of(shrunk.plan), events_of(plan));
  EXPECT_EQ(shrunk.plan.operations.back().at, report.violated_at);
}

TEST(Shrink, StopsWhenItIsTold) {
  const Plan plan = wrong_plan();
  std::uint64_t runs = 0;
  const Shrunk shrunk = shrink(plan, pretend(plan), pretend, [&runs](const ShrinkProgress& progress) {
    runs = progress.runs;
    return runs < 10;
  });
  EXPECT_EQ(runs, 10u);
  EXPECT_EQ(shrunk.end.runs, 10u);
  EXPECT_FALSE(shrunk.complete);
  EXPECT_TRUE(pretend(shrunk.plan).violation) << "what it has got so far does it too";
}

// Another invariant is another story.
TEST(Shrink, KeepsToTheInvariant) {
  const Plan plan = wrong_plan();
  const auto run = [](const Plan& part) {
    Report report = pretend(part);
    if (!report.violation) report.violation = Violation{"I7", "another thing is wrong", {}};
    return report;
  };
  const Shrunk shrunk = shrink(plan, pretend(plan), run, always);
  EXPECT_EQ(shrunk.report.violation->invariant, "I3");
  EXPECT_EQ(shrunk.plan.operations.size(), 2u);
}

}  // namespace
}  // namespace skerry::simulations
