#include "simulations/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

std::vector<std::string> texts(const Plan& plan, FaultKind kind) {
  std::vector<std::string> texts;
  for (const Fault& fault : plan.faults) {
    if (fault.kind == kind) texts.push_back(to_text(fault));
  }
  return texts;
}

TEST(Plan, IsInOrderOfTime) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    const Plan plan = draw_plan(draw_conditions(seed, 10min));
    const auto earlier = [](const auto& left, const auto& right) { return left.at < right.at; };
    EXPECT_TRUE(std::is_sorted(plan.operations.begin(), plan.operations.end(), earlier));
    EXPECT_TRUE(std::is_sorted(plan.faults.begin(), plan.faults.end(), earlier));
  }
}

TEST(Plan, AClassOfFaultsThatIsLeftOutLeavesTheOthersAlone) {
  Conditions conditions = quiet_conditions(4);
  conditions.workload = draw_conditions(1, 1min).workload;
  conditions.faults.crashes = 5;
  conditions.faults.pauses = 5;
  const Plan both = draw_plan(conditions);
  conditions.faults.pauses = 0;
  const Plan crashes = draw_plan(conditions);
  EXPECT_EQ(texts(both, FaultKind::crash).size(), 5u);
  EXPECT_EQ(texts(both, FaultKind::crash), texts(crashes, FaultKind::crash));
  EXPECT_EQ(texts(both, FaultKind::pause).size(), 5u);
  ASSERT_EQ(both.operations.size(), crashes.operations.size());
  EXPECT_EQ(both.operations.back().at, crashes.operations.back().at);
}

TEST(Plan, APartitionCutsEveryPathBetweenItsSides) {
  Conditions conditions = quiet_conditions(5);
  conditions.workload = draw_conditions(1, 1min).workload;
  conditions.faults.partitions = 30;
  for (const Fault& fault : draw_plan(conditions).faults) {
    EXPECT_EQ(fault.kind, FaultKind::cut);
    EXPECT_NE(fault.host, fault.other);
    EXPECT_GT(fault.lasts, 0s);
  }
}

TEST(Plan, FaultsReadLikeSentences) {
  EXPECT_EQ(to_text(Fault{.at = 2s, .kind = FaultKind::cut, .host = 1, .other = 3, .lasts = 500ms}),
            "2000 ms: cut 1 → 3, for 500 ms");
  EXPECT_EQ(to_text(Fault{.at = 2s, .kind = FaultKind::crash, .host = 1, .lasts = 1s, .amount = 4, .noticed = false}),
            "2000 ms: crash 1, 4, for 1000 ms, unnoticed");
}

}  // namespace
}  // namespace skerry::simulations
