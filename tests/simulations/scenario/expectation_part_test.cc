#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

TEST(ExpectationPart, LimitsAreOptional) {
  EXPECT_FALSE(accepted("").expectations.converged_within);
  const Expectations all =
      accepted("[expect]\nconverged_within = '5s'\nmax_lag_p99 = '1s'\nmax_lag = '2s'\nmax_bytes = '1MB'").expectations;
  EXPECT_EQ(all.converged_within, 5s);
  EXPECT_EQ(all.lag_p99_max, 1s);
  EXPECT_EQ(all.lag_max, 2s);
  EXPECT_EQ(all.bytes_max, 1'000'000u);
}

TEST(ExpectationPart, FinalValuesAreWrittenAsWhatTheyAre) {
  const auto finals = accepted(
                          "[expect.final]\nhash = { f = 'v', n = 3 }\nnone = false\nnumber = 7\nrank = { a = 1.5 }\n"
                          "set = ['x', 'y']\ntext = 'hello'\n")
                          .expectations.finals;
  ASSERT_EQ(finals.size(), 6u);
  using Members = std::map<std::string, std::string>;
  EXPECT_EQ(finals[0].members, (Members{{"f", "v"}, {"n", "3"}}));
  EXPECT_FALSE(finals[1].there);
  EXPECT_EQ(finals[2].members, (Members{{"", "7"}}));
  EXPECT_EQ(finals[3].members, (Members{{"a", "1.5"}}));
  EXPECT_EQ(finals[4].members, (Members{{"x", ""}, {"y", ""}}));
  EXPECT_EQ(finals[5].members, (Members{{"", "hello"}}));
  EXPECT_EQ(finals[5].place, "test.toml:10");
}

TEST(ExpectationPart, SaysWhatIsAcceptedInstead) {
  for (const char* wrong : {"[expect]\nconverged_within = 5", "[expect]\nconverged_in = '5s'", "expect = 1",
                            "[expect.final]\na = true", "[expect.final]\na = []", "[expect.final]\na = {}",
                            "[expect.final]\na = [[1]]", "[expect.final]\na = 1979-05-27"}) {
    const std::string said = refusal(wrong);
    EXPECT_EQ(said.find("test.toml:"), 0u) << wrong << ": " << said;
    EXPECT_NE(said.find("ccepted"), std::string::npos) << wrong << ": " << said;
  }
}

}  // namespace
}  // namespace skerry::simulations::scenario
