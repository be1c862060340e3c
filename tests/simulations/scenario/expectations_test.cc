#include "simulations/scenario/expectations.h"

#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

TEST(Answers, AreThoseOfTheStepThatAsked) {
  const Scenario scenario = accepted(
      "[[step]]\nat = '5s'\nregion = 'eu-west-1'\ndo = ['INCR a', 'INCR a']\nanswers = ['1', '2']\n"
      "[[step]]\nat = '5s'\nregion = 'eu-west-1'\ndo = 'GET a'\nanswers = '2'\n"
      "[[step]]\nat = '5s'\nregion = 'us-east-1'\ndo = 'GET a'\nanswers = '2'\n"
      "[[step]]\nat = '6s'\nregion = 'us-east-1'\ndo = 'GET a'\n");
  Answers answers(scenario);
  answers.hear(operation_of(scenario.steps[0]), "1");
  answers.hear(operation_of(scenario.steps[0]), "2");
  answers.hear(operation_of(scenario.steps[1]), "2");
  answers.hear(operation_of(scenario.steps[2]), "nil");
  const auto judgements = answers.judge();
  ASSERT_EQ(judgements.size(), 3u) << "who expects nothing is not disappointed";
  EXPECT_TRUE(judgements[0].met) << judgements[0].found;
  EXPECT_TRUE(judgements[1].met) << judgements[1].found;
  EXPECT_FALSE(judgements[2].met);
  EXPECT_EQ(judgements[2].expected, "5.000 s, us-east-1: GET a answers 2");
  EXPECT_EQ(judgements[2].found, "it was answered nil (test.toml:14)");
}

TEST(Expectations, AreJudgedByWhatEachRegionHolds) {
  const Scenario scenario = accepted(
      "[[step]]\nat = '5s'\nregion = 'eu-west-1'\ndo = 'HSET h f v'\n"
      "[expect.final]\nh = { f = 'v' }\nother = 'x'\n");
  Chronicle chronicle(3);
  World world(plan_of(scenario, 1));
  world.record(chronicle);
  const Report report = world.run();
  ASSERT_FALSE(report.violation);
  const auto judgements = judge(scenario, world, report, chronicle);
  ASSERT_EQ(judgements.size(), 2u);
  EXPECT_TRUE(judgements[0].met) << judgements[0].found;
  EXPECT_FALSE(judgements[1].met);
  EXPECT_EQ(judgements[1].found, "in eu-west-1 it is not there (test.toml:10)");
}

}  // namespace
}  // namespace skerry::simulations::scenario
