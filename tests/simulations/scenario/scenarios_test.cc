// The scenarios that are shipped (simulations/scenarios/): each tells its story, holds with its own seed, and would
// notice if it did not.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "simulations/scenario/run.h"
#include "simulations/scenario/scenario_file.h"

namespace skerry::simulations::scenario {
namespace {

namespace fs = std::filesystem;

Outcome run(const Scenario& scenario, std::uint64_t seed) {
  return run(scenario, plan_of(scenario, seed));
}

std::vector<std::string> files() {
  std::vector<std::string> files;
  for (const fs::directory_entry& file : fs::directory_iterator(fs::path(SKERRY_SOURCE_DIR) / "simulations/scenarios"))
    files.push_back(file.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string content(const std::string& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Scenarios, AreManyAndOneForEachUse) {
  EXPECT_GE(files().size(), 12u);
  for (const char* use :
       {"session-cache", "offline-gateway", "flag-rollout", "rate-limiter", "leaderboard", "shopping-cart"})
    EXPECT_TRUE(fs::exists(fs::path(SKERRY_SOURCE_DIR) / "simulations/scenarios" / (std::string(use) + ".toml")))
        << use;
}

class Shipped : public testing::TestWithParam<std::string> {};

TEST_P(Shipped, IsAPageThatTellsItsStory) {
  const std::string text = content(GetParam());
  EXPECT_EQ(text.rfind("# ", 0), 0u) << "the story is its first comment";
  EXPECT_GT(text.find("\n\ntitle = "), 300u) << "a story is more than a title";
  EXPECT_NE(text.find("\n\ntitle = "), std::string::npos);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 150) << "a page";
  std::stringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 130u) << line;
}

TEST_P(Shipped, Holds) {
  const auto scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error().detail;
  EXPECT_FALSE(scenario->faults.empty()) << "nothing goes wrong in it";
  const Outcome outcome = run(*scenario, scenario->conditions.seed);
  EXPECT_FALSE(outcome.report.violation) << to_text(*scenario, scenario->conditions.seed) << to_text(outcome);
  EXPECT_GE(outcome.judgements.size(), 3u) << "it expects next to nothing";
}

// In a world in which its steps never happen it does not hold: what it expects is not there by itself.
TEST_P(Shipped, ExpectsWhatDoesNotHappenByItself) {
  auto scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error().detail;
  for (Step& step : scenario->steps) step.commands = {Command{.verb = Verb::get, .key = "another"}};
  scenario->clients.clear();
  scenario->faults.clear();
  const Outcome outcome = run(*scenario, 1);
  ASSERT_TRUE(outcome.report.violation);
  EXPECT_EQ(outcome.report.violation->invariant, unmet_expectation);
}

std::string name_of_test(const testing::TestParamInfo<std::string>& info) {
  std::string name = fs::path(info.param).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, Shipped, testing::ValuesIn(files()), name_of_test);

}  // namespace
}  // namespace skerry::simulations::scenario
