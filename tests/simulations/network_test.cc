#include "simulations/network.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/simulations/network_fixture.h"

namespace skerry::simulations {
namespace {

TEST(Network, BothEndsFindOneSessionAlthoughBothDial) {
  Ends ends(quiet_conditions(3));
  ends.pass(10s);
  for (HostIndex host = 0; host < 3; ++host) EXPECT_EQ(ends.links[host].size(), 2u) << host;
  EXPECT_EQ(ends.links[0], (std::set<std::uint64_t>{*ends.link(0, 1), *ends.link(0, 2)}));
}

TEST(Network, FramesOfASessionArriveInOrderAndTakeTheirTime) {
  Conditions conditions = quiet_conditions(2);
  conditions.network.jitter = 1;
  conditions.network.loss = 0.3;
  Ends ends(conditions);
  ends.pass(5s);
  for (const char letter : std::string("abcdefgh")) ends.send(0, 1, std::string(1, letter));
  ends.pass(9ms);
  EXPECT_EQ(ends.heard[1], "");
  ends.pass(1min);
  EXPECT_EQ(ends.heard[1], "abcdefgh");
  EXPECT_GT(ends.network.counts().packets_lost, 0u);
}

TEST(Network, ARoadHasAWidth) {
  Conditions conditions = quiet_conditions(2);
  conditions.network.bytes_per_second = 1'000;
  Ends ends(conditions);
  ends.pass(5s);
  ends.send(0, 1, std::string(5'000, 'x'));
  ends.pass(4900ms);
  EXPECT_EQ(ends.heard[1].size(), 0u);
  ends.pass(500ms);
  EXPECT_EQ(ends.heard[1].size(), 5'000u);
}

// A socket that is closed takes with it what it had not sent.
TEST(Network, WhatAnEndedSessionHadNotSentDoesNotHoldUpTheNext) {
  Conditions conditions = quiet_conditions(2);
  conditions.network.bytes_per_second = 1'000;
  Ends ends(conditions);
  ends.pass(5s);
  ends.send(0, 1, std::string(500'000, 'x'));
  ends.network.host_down(0, Network::Parting::told);
  ends.network.host_up(0);
  ends.pass(10s);
  ASSERT_TRUE(ends.link(0, 1));
  ends.send(0, 1, "y");
  ends.pass(1s);
  EXPECT_EQ(ends.heard[1], "y");
}

// Paths that are given are as they are, and stay so.
TEST(Network, APathMayBeLikeNoOther) {
  Conditions conditions = quiet_conditions(2);
  conditions.paths = {{}, {.delay = 300ms, .loss = 0, .bytes_per_second = 1'000}, {.delay = 20ms}, {}};
  Ends ends(conditions);
  ends.pass(10s);
  EXPECT_EQ(ends.round_trip, 320ms);
  ends.network.become_good();
  ends.pass(1s);
  ends.send(0, 1, std::string(5'000, 'x'));
  ends.send(1, 0, std::string(5'000, 'y'));
  ends.pass(21ms);
  EXPECT_EQ(ends.heard[0].size(), 5'000u);
  ends.pass(5s);
  EXPECT_EQ(ends.heard[1].size(), 0u);
  ends.pass(500ms);
  EXPECT_EQ(ends.heard[1].size(), 5'000u);
}

TEST(Network, APathMayLoseMoreThanOthers) {
  Conditions conditions = quiet_conditions(2);
  conditions.paths = {{}, {.delay = 10ms, .loss = 0.5}, {.delay = 10ms}, {}};
  Ends ends(conditions);
  ends.pass(5s);
  const std::uint64_t before = ends.network.counts().packets_lost;
  for (int i = 0; i < 100; ++i) ends.send(1, 0, "x");
  EXPECT_EQ(ends.network.counts().packets_lost, before);
  for (int i = 0; i < 100; ++i) ends.send(0, 1, "x");
  EXPECT_GT(ends.network.counts().packets_lost, before + 20);
}

TEST(Network, ADamagedPacketEndsTheSessionAndIsNeverHeard) {
  Conditions conditions = quiet_conditions(2);
  conditions.network.damage = 1;
  Ends ends(conditions);
  ends.pass(5s);
  const auto before = ends.link(0, 1);
  ends.send(0, 1, "x");
  ends.pass(10s);
  EXPECT_EQ(ends.heard[1], "");
  ASSERT_TRUE(ends.link(0, 1).has_value());
  EXPECT_NE(ends.link(0, 1), before);
  EXPECT_EQ(ends.network.counts().packets_damaged, 1u);
}

TEST(Network, WhoHangsUpIsHeardAfterWhatItSent) {
  Ends ends(quiet_conditions(2));
  ends.pass(5s);
  const std::uint64_t link = *ends.link(0, 1);
  ends.send(0, 1, "last words");
  ends.network.hang_up(0, {link});
  EXPECT_FALSE(ends.links[0].contains(link));
  ends.pass(11ms);
  EXPECT_EQ(ends.heard[1], "last words");
  EXPECT_FALSE(ends.links[1].contains(link));
  EXPECT_TRUE(ends.network.quiet());
}

TEST(Network, OnlyOneSideDialsWhenTheOtherCannotBeReached) {
  Conditions conditions = quiet_conditions(2);
  conditions.network.one_side_dials = true;
  Ends ends(conditions);
  ends.pass(5s);
  EXPECT_TRUE(ends.link(0, 1));
  EXPECT_EQ(ends.network.counts().sessions, 1u);
}

}  // namespace
}  // namespace skerry::simulations
