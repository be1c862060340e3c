#include "simulations/plan_cuts.h"

#include <gtest/gtest.h>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

Command on(const char* key) {
  return {.verb = Verb::set, .key = key, .value = "1"};
}

Plan plan_of_four() {
  Plan plan = quiet_plan(4);
  plan.operations = {operation(1s, 0, {on("a")}), operation(2s, 1, {on("b"), on("a")}), operation(9s, 3, {on("b")})};
  plan.faults = {{.at = 3s, .kind = FaultKind::cut, .host = 1, .other = 3, .lasts = 1s},
                 {.at = 4s, .kind = FaultKind::crash, .host = 3, .lasts = 1s, .amount = 1}};
  return plan;
}

TEST(PlanCuts, WhatComesAfterTheEndGoes) {
  const Plan plan = cut_after(plan_of_four(), 3500ms);
  EXPECT_EQ(plan.operations.size(), 2u);
  EXPECT_EQ(plan.faults.size(), 1u);
  EXPECT_EQ(plan.conditions.duration, 3500ms);
  EXPECT_EQ(cut_after(plan, 1h).conditions.duration, 3500ms) << "it never becomes longer";
}

TEST(PlanCuts, AHostGoesWithAllThatHappensThere) {
  const Plan plan = without_host(plan_of_four(), 1, std::nullopt);
  EXPECT_EQ(plan.conditions.hosts.size(), 3u);
  ASSERT_EQ(plan.operations.size(), 2u);
  EXPECT_EQ(plan.operations[1].host, 2u) << "host 3 is called 2 now";
  ASSERT_EQ(plan.faults.size(), 1u) << "a path to nobody is gone";
  EXPECT_EQ(plan.faults[0].host, 2u);
}

TEST(PlanCuts, AHostGoesWithItsRoads) {
  Plan plan = plan_of_four();
  for (int path = 0; path < 16; ++path) plan.conditions.paths.push_back({.delay = std::chrono::milliseconds(path)});
  std::string left;
  for (const PathConditions& path : without_host(plan, 1, std::nullopt).conditions.paths)
    left += std::to_string(path.delay / 1ms) + " ";
  EXPECT_EQ(left, "0 2 3 8 10 11 12 14 15 ");
}

TEST(PlanCuts, AnHeirDoesWhatItDid) {
  const Plan plan = without_host(plan_of_four(), 1, 3);
  ASSERT_EQ(plan.operations.size(), 3u);
  EXPECT_EQ(plan.operations[1].host, 2u);
  EXPECT_EQ(plan.operations[2].host, 2u);
}

TEST(PlanCuts, WhoStaysApartStillHasAnotherWay) {
  Plan plan = quiet_plan(4);
  plan.conditions.stay_apart = Edge{1, 3};
  EXPECT_EQ(without_host(plan, 0, std::nullopt).conditions.stay_apart->second, 2u);
  EXPECT_FALSE(without_host(plan, 3, std::nullopt).conditions.stay_apart);
  EXPECT_FALSE(without_host(without_host(plan, 0, std::nullopt), 1, std::nullopt).conditions.stay_apart)
      << "two hosts have one way";
}

TEST(PlanCuts, OnlySomeKeysAreWritten) {
  Plan plan = plan_of_four();
  plan.operations.push_back(operation(10s, 2, {{.verb = Verb::flush}}));
  ASSERT_EQ(keys_of(plan), (std::vector<SpaceKey>{{{}, "a"}, {{}, "b"}}));
  const Plan only_a = only_keys(plan, {{{}, "a"}});
  ASSERT_EQ(only_a.operations.size(), 3u);
  EXPECT_EQ(only_a.operations[1].commands.size(), 1u);
  EXPECT_EQ(only_a.operations[2].commands[0].verb, Verb::flush);
}

TEST(PlanCuts, CalmWorldsHold) {
  for (const std::uint64_t seed : {5, 6, 7}) {
    Plan plan = draw_plan(draw_conditions(seed, 10s));
    for (const Calming& calming : calmings()) calming.apply(plan);
    EXPECT_TRUE(plan.faults.empty());
    EXPECT_EQ(plan.conditions.spaces, 1);
    EXPECT_FALSE(World(plan).run().violation);
  }
}

TEST(PlanCuts, GapsAreShortAndTheOrderIsKept) {
  const Plan plan = without_gaps(plan_of_four(), 500ms);
  EXPECT_EQ(plan.operations[0].at, 500ms);
  EXPECT_EQ(plan.operations[1].at, 1s);
  EXPECT_EQ(plan.faults[0].at, 1500ms);
  EXPECT_EQ(plan.faults[1].at, 2s);
  EXPECT_EQ(plan.operations[2].at, 2500ms);
  EXPECT_EQ(plan.conditions.duration, 1min - 6500ms);
}

TEST(PlanCuts, WhatNeverHappensIsNoReasonToWait) {
  Plan plan = plan_of_four();
  plan.conditions.duration = 5s;
  EXPECT_EQ(without_gaps(plan, 0s).conditions.duration, 1s);
  EXPECT_EQ(without_gaps(plan, 0s).operations.size(), 2u);
}

TEST(PlanCuts, TimesAreRoundAndTheOrderIsKept) {
  Plan plan = quiet_plan(2);
  plan.conditions.duration = 4'100ms;
  plan.operations = {operation(1'400ms, 0, {on("a")}), operation(1'401ms, 1, {on("a")}),
                     operation(1'401ms, 0, {on("b")})};
  const Plan round = rounded(plan, 1s);
  EXPECT_EQ(round.operations[0].at, 1s);
  EXPECT_EQ(round.operations[1].at, 2s) << "what came later still does";
  EXPECT_EQ(round.operations[2].at, 2s) << "what came together still does";
  EXPECT_EQ(round.conditions.duration, 5s);
}

}  // namespace
}  // namespace skerry::simulations
