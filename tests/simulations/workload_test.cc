#include "simulations/workload.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

Conditions busy_conditions(std::size_t hosts) {
  Conditions conditions = quiet_conditions(hosts);
  conditions.workload.writes_per_second = 10;
  conditions.workload.keys = 4;
  conditions.workload.members = 2;
  conditions.workload.verb_weights.assign(verb_count, 1);
  conditions.workload.verb_weights[static_cast<std::size_t>(Verb::increment)] = 0;
  return conditions;
}

TEST(Workload, IsAsBusyAsItsConditionsSay) {
  std::map<HostIndex, int> counts;
  std::map<Verb, int> verbs;
  for (const Operation& operation : draw_workload(busy_conditions(3))) {
    ++counts[operation.host];
    for (const Command& command : operation.commands) ++verbs[command.verb];
  }
  for (HostIndex host = 0; host < 3; ++host) EXPECT_NEAR(counts[host], 600, 90);
  EXPECT_EQ(verbs[Verb::increment], 0);
  EXPECT_GT(verbs[Verb::set_add], 50);
}

TEST(Workload, OneHostsClientsAreTheSameWhoeverElseIsThere) {
  const auto of_first = [](std::size_t hosts) {
    std::string text;
    for (const Operation& operation : draw_workload(busy_conditions(hosts))) {
      if (operation.host == 0) text += to_text(operation.commands.front()) + "\n";
    }
    return text;
  };
  EXPECT_EQ(of_first(2), of_first(5));
}

TEST(Workload, KindsMeetUnderOneNameNowAndThen) {
  int strange = 0;
  int all = 0;
  for (const Operation& operation : draw_workload(busy_conditions(1))) {
    const Command& command = operation.commands.front();
    if (command.verb != Verb::set_add) continue;
    ++all;
    strange += !command.key.starts_with("set/");
  }
  EXPECT_GT(strange, 0);
  EXPECT_LT(strange, all / 3);
}

}  // namespace
}  // namespace skerry::simulations
