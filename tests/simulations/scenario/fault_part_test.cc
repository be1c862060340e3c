#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

std::vector<Fault> faults(const std::string& more) {
  return accepted(more).faults;
}

TEST(FaultPart, TwoThatAreNamedDoNotHearEachOther) {
  const auto cuts = faults("[[fault]]\nat = '30s'\ncut = ['eu-west-1', 'us-east-1']\nfor = '10s'");
  ASSERT_EQ(cuts.size(), 2u);
  EXPECT_EQ(to_text(cuts[0]), "30000 ms: cut 0 → 1, for 10000 ms");
  EXPECT_EQ(to_text(cuts[1]), "30000 ms: cut 1 → 0, for 10000 ms");
  EXPECT_EQ(faults("[[fault]]\nat = '30s'\none_way = true\ncut = ['eu-west-1', 'us-east-1']").size(), 1u);
}

TEST(FaultPart, OneAloneStandsAgainstAllOthersAndGroupsAgainstEachOther) {
  EXPECT_EQ(faults("[[fault]]\nat = '1s'\ncut = 'eu-west-1'").size(), 4u);
  EXPECT_EQ(faults("[[fault]]\nat = '1s'\ncut = [['eu-west-1', 'us-east-1']]").size(), 4u);
  EXPECT_EQ(faults("[[fault]]\nat = '1s'\ncut = [['eu-west-1', 'us-east-1'], ['ap-southeast-2']]").size(), 4u);
  EXPECT_EQ(faults("[[fault]]\nat = '1s'\ncut = ['eu-west-1', 'us-east-1', 'ap-southeast-2']").size(), 6u);
}

TEST(FaultPart, ACutLastsUntilItIsHealedOrEverythingIs) {
  const std::string cuts =
      "[[fault]]\nat = '10s'\ncut = ['eu-west-1', 'us-east-1']\n"
      "[[fault]]\nat = '15s'\ncut = ['eu-west-1', 'ap-southeast-2']\n";
  for (const Fault& fault : faults(cuts)) EXPECT_EQ(fault.at + fault.lasts, 60s);
  for (const Fault& fault : faults(cuts + "[[fault]]\nat = '40s'\nheal = 'all'"))
    EXPECT_EQ(fault.at + fault.lasts, 40s);
  const auto part = faults(cuts + "[[fault]]\nat = '40s'\nheal = ['us-east-1', 'eu-west-1']");
  EXPECT_EQ(part[0].lasts, 30s);
  EXPECT_EQ(part[1].lasts, 30s);
  EXPECT_EQ(part[2].lasts, 45s);
}

TEST(FaultPart, MachinesFailInManyWays) {
  const auto all = faults(
      "[[fault]]\nat = '1s'\ncrash = 'us-east-1'\nfor = '5s'\npower = true\n"
      "[[fault]]\nat = '2s'\npause = ['eu-west-1', 'us-east-1']\nfor = '5s'\n"
      "[[fault]]\nat = '3s'\nslow_disk = 'eu-west-1'\ntimes = 50\nfor = '5s'\n"
      "[[fault]]\nat = '4s'\nsync_errors = 'eu-west-1'\ncount = 3\n"
      "[[fault]]\nat = '5s'\nclock_step = 'eu-west-1'\nby = '-1h'\n"
      "[[fault]]\nat = '6s'\nclock_freeze = 'eu-west-1'\nfor = '5s'\n"
      "[[fault]]\nat = '7s'\nslow = ['eu-west-1', 'us-east-1']\ntimes = 20\n");
  std::string text;
  for (const Fault& fault : all) text += to_text(fault) + "\n";
  EXPECT_EQ(text,
            "1000 ms: crash 1, for 5000 ms, unnoticed\n2000 ms: pause 0, for 5000 ms\n2000 ms: pause 1, for 5000 ms\n"
            "3000 ms: slow disk 0, 50, for 5000 ms\n4000 ms: sync error 0, 3\n5000 ms: clock step 0, -3600000\n"
            "6000 ms: clock freeze 0, for 5000 ms\n7000 ms: slow path 0 → 1, 20, for 53000 ms\n"
            "7000 ms: slow path 1 → 0, 20, for 53000 ms\n");
}

TEST(FaultPart, WhatIsRepeatedHappensUntilTheEnd) {
  const auto flapping = faults(
      "[[fault]]\nat = '30s'\ncut = ['eu-west-1', 'us-east-1']\none_way = true\nfor = '1s'\nevery = '10s'\nrepeat = 9");
  ASSERT_EQ(flapping.size(), 3u) << "what would be after the end is left out";
  EXPECT_EQ(flapping[2].at, 50s);
  EXPECT_EQ(flapping[2].lasts, 1s);
}

TEST(FaultPart, SaysWhatIsAcceptedInstead) {
  for (const char* wrong :
       {"[[fault]]\ncut = 'eu-west-1'", "[[fault]]\nat = '1s'", "[[fault]]\nat = '1s'\ncut = 'mars'",
        "[[fault]]\nat = '1s'\ncut = [['mars']]", "[[fault]]\nat = '1s'\ncut = [[1]]",
        "[[fault]]\nat = '1s'\ncut = 'eu-west-1'\npause = 'eu-west-1'", "[[fault]]\nat = '1s'\nheal = 'all'",
        "[[fault]]\nat = '1s'\nclock_step = 'eu-west-1'", "[[fault]]\nat = '1s'\npause = 'eu-west-1'\nrepeat = 5",
        "[[fault]]\nat = '1s'\ncut = 'eu-west-1'\none_way = 1", "[[fault]]\nat = '1s'\nheal = 'all'\none_way = 1",
        "[[fault]]\nat = '2m'\npause = 'eu-west-1'", "[[fault]]\nat = '1s'\nmelt = 'eu-west-1'",
        "[[fault]]\nat = '1s'\ncut = 'eu-west-1'\nfor = '5s'\n[[fault]]\nat = '2s'\nheal = 'all'"}) {
    const std::string said = refusal(wrong);
    EXPECT_EQ(said.find("test.toml:"), 0u) << wrong << ": " << said;
    EXPECT_NE(said.find("ccepted"), std::string::npos) << wrong << ": " << said;
  }
}

}  // namespace
}  // namespace skerry::simulations::scenario
