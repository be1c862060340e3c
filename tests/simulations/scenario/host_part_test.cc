#include "simulations/scenario/cloud_regions.h"
#include "tests/simulations/scenario/scenario_text.h"

namespace skerry::simulations::scenario {
namespace {

const PathConditions& path(const Scenario& scenario, std::size_t from, std::size_t to) {
  return scenario.conditions.paths[from * scenario.names.size() + to];
}

TEST(HostPart, RegionsAreAsFarApartAsTheyAre) {
  const Scenario scenario = accepted("");
  EXPECT_EQ(scenario.names, (std::vector<std::string>{"eu-west-1", "us-east-1", "ap-southeast-2"}));
  EXPECT_EQ(path(scenario, 0, 1).delay, cloud_delay("eu-west-1", "us-east-1"));
  EXPECT_EQ(path(scenario, 2, 0).delay, cloud_delay("eu-west-1", "ap-southeast-2"));
  EXPECT_EQ(path(scenario, 0, 1).bytes_per_second, 0u);
}

TEST(HostPart, NodesJoinAndHaveClocksAndDisksOfTheirOwn) {
  const Scenario scenario = accepted(
      "[[node]]\nname = 'second'\nregion = 'eu-west-1'\njoins = '20s'\nack = 'memory'\nclock_off = '-1h'\n"
      "clock_drift_ppm = 50\nsync = '3ms'\n");
  ASSERT_EQ(scenario.names.size(), 4u);
  const HostConditions& host = scenario.conditions.hosts[3];
  EXPECT_EQ(host.joins_at, 20s);
  EXPECT_EQ(host.ack, Ack::memory);
  EXPECT_EQ(host.clock.offset, -1h);
  EXPECT_EQ(host.clock.drift_ppm, 50);
  EXPECT_EQ(host.disk.sync_max, 3ms);
  EXPECT_EQ(path(scenario, 0, 3).delay, within_region);
  EXPECT_EQ(path(scenario, 1, 3).delay, cloud_delay("us-east-1", "eu-west-1"));
}

TEST(HostPart, ALinkGoesBeforeTheMatrix) {
  const Scenario scenario = accepted(
      "[[node]]\nname = 'ship'\n[network]\ndelay = '300ms'\nloss = 0.01\n"
      "[[link]]\nbetween = ['ship', 'eu-west-1']\ndelay = '40ms'\nloss = 0.5\nbandwidth = '64kB'\n");
  for (const auto& [from, to] : {std::pair(0, 3), std::pair(3, 0)}) {
    const PathConditions& link = path(scenario, static_cast<std::size_t>(from), static_cast<std::size_t>(to));
    EXPECT_EQ(link.delay, 40ms);
    EXPECT_EQ(link.loss, 0.5);
    EXPECT_EQ(link.bytes_per_second, 64'000u);
  }
  EXPECT_EQ(path(scenario, 1, 3).delay, 300ms);
  EXPECT_EQ(scenario.conditions.network.loss, 0.01);
}

TEST(HostPart, SaysWhatIsAcceptedInstead) {
  EXPECT_EQ(refusal("[[node]]\nname = 'ship'\n").find("test.toml:1: link: how far is 'eu-west-1' from 'ship'?"), 0u)
      << refusal("[[node]]\nname = 'ship'\n");
  for (const char* wrong : {"[[node]]\nname = 'eu-west-1'", "[[node]]\nregion = 'eu-west-1'", "[[node]]\nname = 'a b'",
                            "[[node]]\nname = 'a'\nregion = 'atlantis-1'", "[[node]]\nname = 'eu-west-2'\njoins = '2m'",
                            "[[link]]\nbetween = ['eu-west-1']", "[[link]]\nbetween = ['eu-west-1', 'mars']",
                            "[[link]]\nbetween = ['eu-west-1', 'us-east-1']\ndelay = '10s'", "topology = 'star'",
                            "[network]\njitter = -1"}) {
    const std::string said = refusal(wrong);
    EXPECT_EQ(said.find("test.toml:"), 0u) << wrong << ": " << said;
    EXPECT_NE(said.find("ccepted"), std::string::npos) << wrong << ": " << said;
  }
  const auto alone = parse_scenario("duration = '1s'\nregions = 'eu-west-1'", "test.toml");
  EXPECT_FALSE(alone);
}

}  // namespace
}  // namespace skerry::simulations::scenario
