#include "simulations/command_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

Invocation parse(std::vector<const char*> words) {
  words.insert(words.begin(), "skerry-simulate");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, TakesOneSeedOrARange) {
  const auto one = std::get<SimulateCommand>(parse({"--seed", "7"}));
  EXPECT_EQ(one.first, 7u);
  EXPECT_EQ(one.last, 7u);
  EXPECT_EQ(one.duration, 10min);
  EXPECT_FALSE(one.json);
  EXPECT_EQ(one.report_file, "");
  EXPECT_EQ(std::get<SimulateCommand>(parse({"--seed", "7", "--report", "out.html"})).report_file, "out.html");
  const auto many = std::get<SimulateCommand>(
      parse({"--seeds", "3..1000", "--json", "--twice", "--minutes", "0.5", "--profile", "full"}));
  EXPECT_EQ(many.first, 3u);
  EXPECT_EQ(many.last, 1000u);
  EXPECT_EQ(many.duration, 30s);
  EXPECT_EQ(one.profile, "protocol");
  EXPECT_EQ(many.profile, "full");
  EXPECT_TRUE(many.json);
  EXPECT_TRUE(many.twice);
}

TEST(CommandLine, TakesAReplayFileInstead) {
  const auto command = std::get<SimulateCommand>(parse({"--replay", "small.toml", "--twice"}));
  EXPECT_EQ(command.replay, "small.toml");
  EXPECT_TRUE(command.twice);
}

TEST(CommandLine, TakesAWorkloadAndAFileForItsHistory) {
  const auto command =
      std::get<SimulateCommand>(parse({"--workload", "pn-counter", "--seed", "7", "--history", "history.edn"}));
  EXPECT_EQ(command.workload, maelstrom::Workload::pn_counter);
  EXPECT_EQ(command.history_file, "history.edn");
  EXPECT_EQ(std::get<SimulateCommand>(parse({"--seed", "7"})).workload, std::nullopt);
  EXPECT_TRUE(std::get<SimulateCommand>(parse({"--workload", "g-set", "--replay", "small.toml"})).workload);
}

TEST(CommandLine, ShrinksForAMinuteOrAsLongAsAsked) {
  EXPECT_EQ(std::get<SimulateCommand>(parse({"--seed", "1"})).shrink, std::nullopt);
  EXPECT_EQ(std::get<SimulateCommand>(parse({"--seed", "1", "--shrink"})).shrink, 60s);
  const auto command = std::get<SimulateCommand>(parse({"--replay", "a.toml", "--shrink", "5", "-o", "b.toml"}));
  EXPECT_EQ(command.shrink, 5s);
  EXPECT_EQ(command.output, "b.toml");
}

TEST(CommandLine, SaysWhatIsAcceptedInstead) {
  const std::vector<std::vector<const char*>> mistakes = {{},
                                                          {"--seed", "seven"},
                                                          {"--seed", "1..2"},
                                                          {"--seeds", "2..1"},
                                                          {"--seeds", "0..18446744073709551615"},
                                                          {"--seeds", "1.."},
                                                          {"--seed", "1", "--seeds", "1..2"},
                                                          {"--seed", "1", "--profile", "fast"},
                                                          {"--seed", "1", "--minutes", "0"},
                                                          {"--seed", "1", "--minutes", "nan"},
                                                          {"--seed", "-1"},
                                                          {"--seeds", "1..2", "--report", "out.html"},
                                                          {"--seed", "1", "--replay", "small.toml"},
                                                          {"--replay"},
                                                          {"--seed", "1", "--shrink", "0"},
                                                          {"--seed", "1", "-o", "b.toml"},
                                                          {"--seeds", "1..2", "--shrink"},
                                                          {"--workload", "lin-kv", "--seed", "1"},
                                                          {"--workload", "g-set"},
                                                          {"--workload", "g-set", "a.toml"},
                                                          {"--seed", "1", "--history", "history.edn"},
                                                          {"--seeds", "1..2", "--workload", "g-set", "--history", "h"},
                                                          {"--what"}};
  for (const auto& words : mistakes) {
    const Invocation invocation = parse(words);
    const Usage* usage = std::get_if<Usage>(&invocation);
    ASSERT_NE(usage, nullptr) << testing::PrintToString(words);
    EXPECT_EQ(usage->exit_code, exit_usage);
    EXPECT_NE(usage->text.find("skerry-simulate: "), std::string::npos);
  }
}

TEST(CommandLine, Helps) {
  const auto usage = std::get<Usage>(parse({"--help"}));
  EXPECT_EQ(usage.exit_code, exit_holds);
  EXPECT_NE(usage.text.find("--seeds"), std::string::npos);
}

}  // namespace
}  // namespace skerry::simulations
