#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

TEST(ClientPart, AStepIsOneBatchAtOneTime) {
  const Scenario scenario = accepted(
      "[[step]]\nat = '5s'\nregion = 'us-east-1'\ndo = ['INCR a', 'SET b 2']\nanswers = ['1', 'OK']\n"
      "[[step]]\nat = '6s'\nregion = 'eu-west-1'\ndo = 'GET a'\n");
  ASSERT_EQ(scenario.steps.size(), 2u);
  EXPECT_EQ(scenario.steps[0].at, 5s);
  EXPECT_EQ(scenario.steps[0].host, 1u);
  ASSERT_EQ(scenario.steps[0].commands.size(), 2u);
  EXPECT_EQ(to_text(scenario.steps[0].commands[1]), "SET b 2");
  EXPECT_EQ(scenario.steps[0].answers, (std::vector<std::string>{"1", "OK"}));
  EXPECT_EQ(scenario.steps[0].place, "test.toml:4");
  EXPECT_TRUE(scenario.steps[1].answers.empty());
}

TEST(ClientPart, ClientsAreEverywhereAndAlwaysUnlessTheFileSaysOtherwise) {
  const Scenario scenario = accepted(
      "[[clients]]\nrate = 2.5\nskew = 2\n[clients.mix]\n'INCR hits/{1..9}' = 3\n'INCR a; SET b 1' = 1\n"
      "[[clients]]\nregions = 'us-east-1'\nfrom = '10s'\nuntil = '20s'\nroam = '5s'\nmix = { 'GET a' = 1 }\n");
  ASSERT_EQ(scenario.clients.size(), 2u);
  const Clients& all = scenario.clients[0];
  EXPECT_EQ(all.hosts, (std::vector<HostIndex>{0, 1, 2}));
  EXPECT_EQ(all.rate, 2.5);
  EXPECT_EQ(all.skew, 2u);
  EXPECT_EQ(all.until, 60s);
  ASSERT_EQ(all.mix.size(), 2u);
  EXPECT_EQ(all.mix[0].weight + all.mix[1].weight, 4u);
  EXPECT_EQ(all.mix[0].commands.size() + all.mix[1].commands.size(), 3u);
  EXPECT_EQ(scenario.clients[1].hosts, (std::vector<HostIndex>{1}));
  EXPECT_EQ(scenario.clients[1].from, 10s);
  EXPECT_EQ(scenario.clients[1].roam, 5s);
}

TEST(ClientPart, SaysWhatIsAcceptedInstead) {
  for (const char* wrong :
       {"[[step]]\nregion = 'eu-west-1'\ndo = 'GET a'", "[[step]]\nat = '5s'\ndo = 'GET a'",
        "[[step]]\nat = '5s'\nregion = 'mars'\ndo = 'GET a'", "[[step]]\nat = '5s'\nregion = 'eu-west-1'",
        "[[step]]\nat = '5s'\nregion = 'eu-west-1'\ndo = 'LPUSH a b'",
        "[[step]]\nat = '5s'\nregion = 'eu-west-1'\ndo = 'GET a'\nanswers = ['1', '2']",
        "[[step]]\nat = '61s'\nregion = 'eu-west-1'\ndo = 'GET a'", "[[clients]]\nrate = 1", "[[clients]]\nmix = {}",
        "[[clients]]\nmix = { 'GET a' = 0 }", "[[clients]]\nmix = { 'LPUSH a b' = 1 }",
        "[[clients]]\nmix = { 'GET a{1..' = 1 }", "[[clients]]\nmix = { 'ZADD a 0.{1..9} m' = 1 }",
        "[[clients]]\nmix = { 'INCR a;' = 1 }",
        "[[clients]]\nmix = { 'GET a' = 1 }\nrate = 10000\nroam = '1s'\n"
        "[[clients]]\nmix = { 'GET a' = 1 }\nrate = 10000"}) {
    const std::string said = refusal(wrong);
    EXPECT_EQ(said.find("test.toml:"), 0u) << wrong << ": " << said;
    EXPECT_NE(said.find(": "), std::string::npos) << wrong << ": " << said;
  }
  EXPECT_NE(refusal("\n\n[[clients]]\n[clients.mix]\n'LPUSH a b' = 1").find("test.toml:8: [clients.mix] 'LPUSH a b'"),
            std::string::npos)
      << refusal("\n\n[[clients]]\n[clients.mix]\n'LPUSH a b' = 1");
}

}  // namespace
}  // namespace skerry::simulations::scenario
