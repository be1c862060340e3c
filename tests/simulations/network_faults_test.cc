#include <gtest/gtest.h>

#include "tests/simulations/network_fixture.h"

namespace skerry::simulations {
namespace {

class NetworkFaults : public testing::Test {
 protected:
  void SetUp() override { ends.pass(20s); }
  Ends ends{quiet_conditions(2)};
};

class OneSideDials : public testing::Test {
 protected:
  static Conditions conditions() {
    Conditions conditions = quiet_conditions(2);
    conditions.network.one_side_dials = true;
    return conditions;
  }
  void SetUp() override { ends.pass(20s); }
  Ends ends{conditions()};
};

TEST_F(NetworkFaults, AShortCutHoldsFramesBack) {
  const auto link = ends.link(0, 1);
  ends.network.cut({0, 1});
  ends.send(0, 1, "x");
  ends.pass(2s);
  EXPECT_EQ(ends.heard[1], "");
  ends.network.heal({0, 1});
  ends.pass(1s);
  EXPECT_EQ(ends.heard[1], "x");
  EXPECT_EQ(ends.link(0, 1), link);
}

TEST_F(NetworkFaults, WhoHearsNothingForFourSecondsHangsUp) {
  ends.network.cut({0, 1});
  ends.pass(3900ms);
  EXPECT_EQ(ends.links[1].size(), 1u);
  ends.pass(1200ms);
  EXPECT_EQ(ends.links[1].size(), 0u);
  EXPECT_EQ(ends.links[0].size(), 0u) << "the way back is free";
  ends.pass(1min);
  EXPECT_FALSE(ends.link(0, 1)) << "and nobody gets through";
  ends.network.heal({0, 1});
  ends.pass(40s);
  EXPECT_TRUE(ends.link(0, 1));
}

TEST_F(NetworkFaults, CutsAddUp) {
  ends.network.cut({0, 1});
  ends.network.cut({0, 1});
  ends.network.heal({0, 1});
  ends.send(0, 1, "x");
  ends.pass(2s);
  EXPECT_EQ(ends.heard[1], "");
  ends.network.heal({0, 1});
  ends.pass(1s);
  EXPECT_EQ(ends.heard[1], "x");
}

TEST_F(NetworkFaults, AKilledProcessIsNoticedAtOnceAndLostPowerByItsSilence) {
  ends.network.host_down(0, Network::Parting::told);
  ends.pass(11ms);
  EXPECT_EQ(ends.links[1].size(), 0u);
  ends.network.host_up(0);
  ends.pass(20s);
  ASSERT_EQ(ends.links[1].size(), 1u);
  ends.network.host_down(0, Network::Parting::silent);
  ends.pass(3900ms);
  EXPECT_EQ(ends.links[1].size(), 1u);
  ends.pass(1200ms);
  EXPECT_EQ(ends.links[1].size(), 0u);
}

// The machine is up again before anyone missed it, and answers for a connection that is no more.
TEST_F(NetworkFaults, AHalfOpenSessionEndsWithTheNextFrame) {
  const std::uint64_t old = *ends.link(0, 1);
  ends.network.host_down(0, Network::Parting::silent);
  ends.links[0].clear();
  ends.network.host_up(0);
  ASSERT_TRUE(ends.links[1].contains(old));
  ends.network.send(1, {{old}, core::Space{}, "into the void"});
  ends.pass(40s);
  EXPECT_FALSE(ends.links[1].contains(old));
  EXPECT_TRUE(ends.link(0, 1));
  EXPECT_EQ(ends.heard[0], "");
}

// The one that comes back cannot dial, and nothing has to be said: a replica that has said Hello waits for the other's.
TEST_F(OneSideDials, AHalfOpenSessionEndsWithTheNextHeartbeat) {
  const std::uint64_t old = *ends.link(0, 1);
  ends.network.host_down(1, Network::Parting::silent);
  ends.links[1].clear();
  ends.network.host_up(1);
  ends.pass(1100ms);
  EXPECT_FALSE(ends.links[0].contains(old));
}

TEST_F(OneSideDials, AHalfOpenSessionEndsWhenItsOtherHostIsResumed) {
  const std::uint64_t old = *ends.link(0, 1);
  ends.network.host_paused(0);
  ends.network.host_down(1, Network::Parting::silent);
  ends.links[1].clear();
  ends.network.host_up(1);
  ends.pass(2s);
  EXPECT_TRUE(ends.links[0].contains(old));
  ends.network.host_resumed(0);
  ends.pass(100ms);
  EXPECT_FALSE(ends.links[0].contains(old));
}

TEST_F(NetworkFaults, APausedHostHearsLateAndIsGivenUp) {
  ends.send(1, 0, "before ");
  ends.network.host_paused(0);
  ends.pass(1s);
  EXPECT_EQ(ends.heard[0], "");
  ends.network.host_resumed(0);
  ends.pass(1s);
  EXPECT_EQ(ends.heard[0], "before ");
  ends.network.host_paused(0);
  ends.pass(10s);
  EXPECT_EQ(ends.links[1].size(), 0u);
  ends.network.host_resumed(0);
  ends.pass(40s);
  EXPECT_TRUE(ends.link(0, 1));
}

TEST_F(NetworkFaults, ASlowPathIsSlow) {
  ends.network.slow_down({0, 1}, 100);
  ends.send(0, 1, "x");
  ends.pass(990ms);
  EXPECT_EQ(ends.heard[1], "");
  ends.pass(20ms);
  EXPECT_EQ(ends.heard[1], "x");
}

TEST_F(NetworkFaults, ThenAllIsWell) {
  ends.network.cut({0, 1});
  ends.network.cut({1, 0});
  ends.pass(1min);
  ends.network.become_good();
  ends.pass(1s);
  EXPECT_TRUE(ends.link(0, 1));
}

}  // namespace
}  // namespace skerry::simulations
