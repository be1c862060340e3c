#include "simulations/scenario/scenario.h"

#include <algorithm>

#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

TEST(Scenario, ASeedDecidesWhatClientsAskFor) {
  const Scenario scenario = accepted(
      "[[clients]]\nrate = 10\nmix = { 'SADD cart/{1..50} m{1..9}' = 3, 'INCR n; INCR n' = 1 }\n"
      "[[step]]\nat = '30s'\nregion = 'us-east-1'\ndo = 'SET a b'\n[[fault]]\nat = '5s'\npause = 'us-east-1'\n");
  const Plan plan = plan_of(scenario, 3);
  EXPECT_EQ(plan.conditions.seed, 3u);
  EXPECT_EQ(plan.faults.size(), 1u);
  EXPECT_NEAR(static_cast<double>(plan.operations.size()), 1'801, 150);
  EXPECT_TRUE(std::is_sorted(plan.operations.begin(), plan.operations.end(),
                             [](const Operation& left, const Operation& right) { return left.at < right.at; }));
  const auto batches = std::count_if(plan.operations.begin(), plan.operations.end(),
                                     [](const Operation& one) { return one.commands.size() == 2; });
  EXPECT_NEAR(static_cast<double>(batches), 450, 100);
  const auto texts = [](const Plan& of) {
    std::string text;
    for (const Operation& operation : of.operations) text += to_text(operation.commands.front()) + "\n";
    return text;
  };
  EXPECT_EQ(texts(plan), texts(plan_of(scenario, 3)));
  EXPECT_NE(texts(plan), texts(plan_of(scenario, 4)));
}

TEST(Scenario, WhoHasNotJoinedHasNoClients) {
  const Scenario scenario = accepted(
      "[[node]]\nname = 'late'\nregion = 'eu-west-1'\njoins = '40s'\n[[clients]]\nmix = { 'INCR {region}' = 1 }\n");
  bool any = false;
  for (const Operation& operation : plan_of(scenario, 1).operations) {
    EXPECT_EQ(operation.commands.front().key, scenario.names[operation.host]);
    if (operation.host != 3) continue;
    any = true;
    EXPECT_GE(operation.at, 40s);
  }
  EXPECT_TRUE(any);
}

TEST(Scenario, ClientsThatRoamGoToTheNextRegion) {
  const Scenario scenario =
      accepted("[[clients]]\nregions = ['eu-west-1', 'us-east-1']\nroam = '20s'\nrate = 5\nmix = { 'INCR a' = 1 }\n");
  const Scenario alone = accepted("[[clients]]\nregions = 'eu-west-1'\nrate = 5\nmix = { 'INCR a' = 1 }\n");
  // Those at home in the first region are drawn first, and roaming moves nothing else.
  const auto roaming = plan_of(scenario, 1).operations;
  std::vector<HostIndex> hosts;
  for (const Operation& operation : plan_of(alone, 1).operations) {
    const auto same =
        std::find_if(roaming.begin(), roaming.end(), [&](const Operation& one) { return one.at == operation.at; });
    ASSERT_NE(same, roaming.end());
    EXPECT_EQ(same->host, (operation.at / 20s) % 2) << to_text(operation.commands.front());
    if (hosts.empty() || hosts.back() != same->host) hosts.push_back(same->host);
    if (hosts.size() == 3) break;
  }
  EXPECT_EQ(hosts, (std::vector<HostIndex>{0, 1, 0}));
}

}  // namespace
}  // namespace skerry::simulations::scenario
