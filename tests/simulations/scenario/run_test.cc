#include "simulations/scenario/run.h"

#include "simulations/plan_file.h"
#include "simulations/world.h"
#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

Outcome run(const Scenario& scenario, std::uint64_t seed) {
  return run(scenario, plan_of(scenario, seed));
}

// Europe and America are apart from 10 s to 40 s, and both count.
constexpr char counting[] =
    "[[fault]]\nat = '10s'\ncut = 'eu-west-1'\nfor = '30s'\n"
    "[[step]]\nat = '20s'\nregion = 'eu-west-1'\ndo = 'INCRBY n 2'\nanswers = '2'\n"
    "[[step]]\nat = '20s'\nregion = 'us-east-1'\ndo = 'INCRBY n 3'\nanswers = '3'\n"
    "[[step]]\nat = '21s'\nregion = 'ap-southeast-2'\ndo = ['GET n', 'GET n']\nanswers = ['3', '3']\n";

TEST(Run, ExpectationsThatAreMetHold) {
  const Scenario scenario = accepted(
      std::string(counting) + "[expect]\nconverged_within = '1s'\nmax_lag = '60s'\n[expect.final]\nn = 5\nm = false");
  const Outcome outcome = run(scenario, 1);
  EXPECT_FALSE(outcome.report.violation) << to_text(outcome);
  EXPECT_EQ(outcome.judgements.size(), 7u);
  EXPECT_GT(outcome.lag_max, 15s) << "what was written in the partition was seen after it";
  EXPECT_NE(to_text(outcome).find("holds"), std::string::npos);
  EXPECT_NE(to_json(scenario, outcome).find("\"met\":true"), std::string::npos);
}

TEST(Run, EachExpectationThatIsNotMetIsAViolation) {
  for (const char* unmet :
       {"[expect.final]\nn = 4", "[expect.final]\nn = false", "[expect.final]\nm = 'x'", "[expect.final]\nn = ['5']",
        "[expect]\nmax_lag = '5s'", "[expect]\nmax_lag_p99 = '5s'", "[expect]\nmax_bytes = '10B'",
        "[[step]]\nat = '50s'\nregion = 'eu-west-1'\ndo = 'GET n'\nanswers = '6'"}) {
    const Outcome outcome = run(accepted(std::string(counting) + unmet), 1);
    ASSERT_TRUE(outcome.report.violation) << unmet;
    EXPECT_EQ(outcome.report.violation->invariant, unmet_expectation);
    EXPECT_EQ(outcome.report.violation->details.size(), 1u) << to_text(outcome);
    EXPECT_NE(to_text(outcome).find("NOT MET"), std::string::npos);
  }
}

TEST(Run, ARegionThatIsDownDoesNotAnswer) {
  const Outcome outcome = run(accepted("[[fault]]\nat = '10s'\ncrash = 'eu-west-1'\nfor = '20s'\n"
                                       "[[step]]\nat = '20s'\nregion = 'eu-west-1'\ndo = 'GET n'\nanswers = 'nil'\n"),
                              1);
  ASSERT_TRUE(outcome.report.violation);
  EXPECT_NE(outcome.report.violation->details.front().find("no answer (test.toml:8)"), std::string::npos)
      << to_text(outcome);
}

TEST(Run, WhoJoinsLateHasEverything) {
  const Outcome outcome =
      run(accepted("[[node]]\nname = 'late'\nregion = 'eu-west-1'\njoins = '40s'\n"
                   "[[step]]\nat = '10s'\nregion = 'us-east-1'\ndo = 'SET a b'\n"
                   "[[step]]\nat = '30s'\nregion = 'late'\ndo = 'SET a c'\n"  // nobody is there
                   "[[step]]\nat = '50s'\nregion = 'late'\ndo = 'GET a'\nanswers = 'b'\n[expect.final]\na = 'b'\n"),
          1);
  EXPECT_FALSE(outcome.report.violation) << to_text(outcome);
}

// What a scenario becomes can be written down and run again (--shrink does).
TEST(Run, AReplayFileHoldsWhatAScenarioBecomes) {
  const Scenario scenario = accepted(
      "[[node]]\nname = 'late'\nregion = 'eu-west-1'\njoins = '20s'\nclock_off = '-3s'\n"
      "[[link]]\nbetween = ['late', 'us-east-1']\nloss = 0.1\nbandwidth = '64kB'\n"
      "[[clients]]\nrate = 5\nmix = { 'INCR n{1..9}' = 1, 'SADD s m{1..9}; DEL n1' = 1 }\n"
      "[[fault]]\nat = '30s'\ncut = 'eu-west-1'\nfor = '10s'\n");
  const Plan plan = plan_of(scenario, 1);
  const auto again = plan_from_toml(to_toml(plan, scenario.title), "again.toml");
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(World(*again).run().trace, run(scenario, plan).report.trace);
}

// A road that is narrow stays narrow when everything heals: it is no fault.
TEST(Run, ALinkKeepsItsBandwidth) {
  const std::string text = "[[node]]\nname = 'ship'\n[[link]]\nbetween = ['ship', 'eu-west-1']\ndelay = '300ms'\n";
  const std::string rest =
      "topology = 'hub'\n[[clients]]\nregions = 'ship'\nrate = 20\nmix = { 'SET k{1..1000} {1..1000000}' = 1 }\n"
      "[[fault]]\nat = '1s'\ncut = 'ship'\n";
  const auto with = [&](const std::string& bandwidth) {
    const auto scenario =
        parse_scenario("duration = '60s'\nregions = ['eu-west-1', 'us-east-1']\n" + rest.substr(0, rest.find('[')) +
                           text + bandwidth + rest.substr(rest.find('[')),
                       "test.toml");
    return run(scenario.value(), 1);
  };
  const Outcome wide = with("");
  const Outcome narrow = with("bandwidth = '10kB'\n");
  EXPECT_FALSE(wide.report.violation) << to_text(wide);
  EXPECT_FALSE(narrow.report.violation) << to_text(narrow);
  EXPECT_GT(narrow.report.converged_in, wide.report.converged_in + 2s);
}

}  // namespace
}  // namespace skerry::simulations::scenario
