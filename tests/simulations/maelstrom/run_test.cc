#include "simulations/maelstrom/run.h"

#include <gtest/gtest.h>

#include <set>

#include "simulations/chronicle.h"
#include "simulations/full_profile.h"
#include "simulations/plan_file.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations::maelstrom {
namespace {

constexpr Workload workloads[] = {Workload::broadcast, Workload::g_set, Workload::g_counter, Workload::pn_counter,
                                  Workload::unique_ids};

// What a seed's clients live through must be a history: a process that has invoked does nothing before it is completed,
// and nothing after it does not know how that ended.
void expect_well_formed(const History& history) {
  std::set<std::uint32_t> busy;
  std::set<std::uint32_t> gone;
  Duration last{};
  for (const Entry& entry : history) {
    EXPECT_LE(last, entry.time);
    last = entry.time;
    ASSERT_FALSE(gone.count(entry.process));
    if (entry.type == Type::invoke) {
      ASSERT_TRUE(busy.insert(entry.process).second);
    } else {
      ASSERT_EQ(busy.erase(entry.process), 1u);
    }
    if (entry.type == Type::info) gone.insert(entry.process);
  }
  EXPECT_TRUE(busy.empty());
}

TEST(MaelstromRun, EachWorkloadHoldsInEachProfile) {
  for (const Workload workload : workloads) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      const Profile profile = seed == 4 ? full_profile() : protocol_profile();
      const Plan plan = draw_plan(workload, seed, 2min);
      const Outcome outcome = run(workload, plan, profile, {});
      ASSERT_FALSE(outcome.report.violation) << name_of(workload) << " " << seed << to_text(workload, outcome);
      EXPECT_EQ(outcome.verdict.valid, Valid::yes);
      EXPECT_NE(to_text(workload, outcome).find("valid? true"), std::string::npos);
      EXPECT_NE(to_json(workload, outcome).find("\"valid?\":true"), std::string::npos);
      expect_well_formed(outcome.history);
    }
  }
}

TEST(MaelstromRun, EachNodeIsReadInTheEnd) {
  const Outcome outcome = run(Workload::g_counter, draw_plan(Workload::g_counter, 5, 1min), protocol_profile(), {});
  std::set<HostIndex> nodes;
  for (const Entry& entry : outcome.history) {
    if (entry.last && entry.type == Type::ok) nodes.insert(entry.node);
  }
  EXPECT_EQ(nodes.size(), outcome.report.hosts);
}

TEST(MaelstromRun, WritesItDownForThePageToo) {
  const Plan plan = draw_plan(Workload::g_set, 1, 1min);
  Chronicle chronicle(plan.conditions.hosts.size());
  const Outcome outcome = run(Workload::g_set, plan, protocol_profile(), {Invariants::checked, &chronicle});
  EXPECT_EQ(outcome.report.trace, run(Workload::g_set, plan, protocol_profile(), {}).report.trace);
  EXPECT_GT(chronicle.lag_everywhere().size(), 0u);
}

TEST(MaelstromRun, IsReplayedFromAFile) {
  const Plan plan = draw_plan(Workload::g_set, 2, 1min);
  const auto again = plan_from_toml(to_toml(plan, ""), "again.toml");
  ASSERT_TRUE(again.has_value()) << again.error().detail;
  const Outcome first = run(Workload::g_set, plan, protocol_profile(), {});
  const Outcome second = run(Workload::g_set, *again, protocol_profile(), {});
  EXPECT_EQ(first.report.trace, second.report.trace);
  EXPECT_TRUE(first.history == second.history);
}

// At level `memory` an acknowledged write may go with its machine's power.  Of the invariants nobody is asked.
Plan plan_that_loses(Workload workload, std::vector<Command> commands) {
  Plan plan = quiet_plan(3);
  for (HostConditions& host : plan.conditions.hosts) {
    host.ack = Ack::memory;
    host.disk.sync_min = host.disk.sync_max = 200ms;
  }
  Duration at = 9'900ms;
  for (Command& command : commands) {
    plan.operations.push_back(operation(at, 0, {std::move(command)}));
    at += 10s;
  }
  if (const auto read = last_read(workload, 1)) plan.operations.push_back(operation(40s, 1, read->commands));
  plan.faults = {{.at = 10s, .kind = FaultKind::crash, .host = 0, .lasts = 2s, .amount = 0, .noticed = false}};
  return plan;
}

// What the rule says of the first seed in which the power cut takes what was not synced.
std::string found_blind(Workload workload, Plan plan) {
  for (plan.conditions.seed = 1; plan.conditions.seed <= 20; ++plan.conditions.seed) {
    const Outcome outcome = run(workload, plan, protocol_profile(), {Invariants::ignored, nullptr});
    if (!outcome.report.violation) continue;
    EXPECT_EQ(outcome.report.violation->invariant, name_of(workload));
    return outcome.report.violation->what;
  }
  return "nothing";
}

TEST(MaelstromRun, AnElementThatIsLostIsFoundByTheRuleAlone) {
  const Command command{.verb = Verb::set_add, .key = "set", .member = "1"};
  EXPECT_EQ(found_blind(Workload::g_set, plan_that_loses(Workload::g_set, {command})), "1 of 1 elements are lost: 1");
}

TEST(MaelstromRun, AnIncrementThatIsLostIsFoundByTheRuleAlone) {
  const Command command{.verb = Verb::increment, .key = "counter", .amount = 4};
  EXPECT_EQ(found_blind(Workload::g_counter, plan_that_loses(Workload::g_counter, {command})),
            "node 0 reads 0 in the end, and acceptable is [4 4]");
}

TEST(MaelstromRun, AnIdThatIsGivenAgainIsFoundByTheRuleAlone) {
  const Command command{.verb = Verb::increment, .key = "ids/0", .amount = 1};
  EXPECT_EQ(found_blind(Workload::unique_ids, plan_that_loses(Workload::unique_ids, {command, command})),
            "1 ids are given more than once: n0-1 2 times");
}

TEST(MaelstromRun, WhatViolatesAnInvariantIsNotJudged) {
  Plan plan = quiet_plan(6);
  plan.conditions.topology = Topology::line;
  for (HostConditions& host : plan.conditions.hosts) host.disk.sync_min = host.disk.sync_max = 30s;
  plan.operations = {operation(59s, 0, {{.verb = Verb::set_add, .key = "set", .member = "1"}})};
  const Outcome outcome = run(Workload::g_set, plan, protocol_profile(), {});
  ASSERT_TRUE(outcome.report.violation);
  EXPECT_EQ(outcome.report.violation->invariant, "I11");
  EXPECT_EQ(to_text(Workload::g_set, outcome).find("valid?"), std::string::npos);
  EXPECT_EQ(to_json(Workload::g_set, outcome).find("valid?"), std::string::npos);
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
