#include "simulations/scenario/scenario_file.h"

#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

TEST(ScenarioFile, HasATitleASeedAndADuration) {
  const Scenario scenario = accepted("seed = 7\n");
  EXPECT_EQ(scenario.title, "A test");
  EXPECT_EQ(scenario.file, "test.toml");
  EXPECT_EQ(scenario.conditions.seed, 7u);
  EXPECT_EQ(scenario.conditions.duration, 60s);
}

TEST(ScenarioFile, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(refusal("[fault").find("test.toml:4: this is not TOML: "), 0u) << refusal("[fault");
  EXPECT_EQ(refusal("regoins = 'a'").find("test.toml:4: 'regoins' is not known; accepted are title, "), 0u);
  const auto endless = parse_scenario("regions = ['eu-west-1', 'us-east-1']", "test.toml");
  ASSERT_FALSE(endless);
  EXPECT_NE(endless.error().detail.find("duration: it is missing"), std::string::npos) << endless.error().detail;
  const auto replay = parse_scenario("replay = 1\n[[operation]]\n", "found.toml");
  ASSERT_FALSE(replay);
  EXPECT_NE(replay.error().detail.find("--replay found.toml"), std::string::npos) << replay.error().detail;
}

TEST(ScenarioFile, WhatIsNotThereIsNoScenario) {
  const auto missing = load_scenario("/nowhere/at-all.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().detail.find("/nowhere/at-all.toml: "), 0u);
}

}  // namespace
}  // namespace skerry::simulations::scenario
