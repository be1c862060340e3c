#include "simulations/chronicle.h"

#include <gtest/gtest.h>

#include "sync/event_log.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

// Some hosts, and events of the first.
class Hosts : public testing::Test {
 protected:
  explicit Hosts(std::size_t hosts)
      : ids_(ids(hosts)), ledger_(ids_), chronicle_(hosts), network_(timeline_, quiet_conditions(hosts), {}, nullptr) {}

  EventIndex write(Duration at, core::BytesView key = "k") {
    sync::LogEntry entry;
    entry.dot = {ids_[0], ++sequence_};
    entry.address = core::encode({{}, core::Bytes(key), core::Kind::string, {}});
    const EventIndex index = ledger_.add(entry, 0, begin_of_world + at);
    ledger_.event(index).payload = "p";
    learn(at, 0, index);
    return index;
  }
  void learn(Duration at, HostIndex host, EventIndex index) {
    ledger_.learn(host, index);
    chronicle_.learned(at, {}, host, index, ledger_);
  }

  static std::vector<core::ReplicaId> ids(std::size_t hosts) {
    std::vector<core::ReplicaId> ids(hosts);
    for (std::size_t host = 0; host < hosts; ++host) ids[host].bytes[0] = static_cast<std::uint8_t>(host);
    return ids;
  }

  std::vector<core::ReplicaId> ids_;
  core::Sequence sequence_ = 0;
  Ledger ledger_;
  Chronicle chronicle_;
  Timeline timeline_;
  Network network_;
};

class TwoHosts : public Hosts {
 protected:
  TwoHosts() : Hosts(2) {}
};

class ThreeHosts : public Hosts {
 protected:
  ThreeHosts() : Hosts(3) {}
};

TEST_F(TwoHosts, AWriteIsFollowedUntilItIsEverywhere) {
  const EventIndex first = write(1s, "cart/1");
  write(2s, "cart/2");
  learn(5s, 1, first);
  chronicle_.finish(10s, network_);
  ASSERT_EQ(chronicle_.writes().size(), 2u);
  EXPECT_EQ(chronicle_.writes()[0].what, "cart/1 string");
  EXPECT_EQ(chronicle_.writes()[0].seen, (std::vector<std::optional<Duration>>{0s, 4s}));
  EXPECT_EQ(chronicle_.writes()[1].seen, (std::vector<std::optional<Duration>>{0s, std::nullopt}));
  EXPECT_EQ(chronicle_.lag(0, 1).durations.size(), 1u);
  EXPECT_EQ(chronicle_.lag(0, 1).durations.greatest(), 4s);
  EXPECT_EQ(chronicle_.lag(0, 1).never, 1u);
  EXPECT_EQ(chronicle_.never_everywhere(), 1u);
  EXPECT_EQ(chronicle_.lag(1, 0).durations.size(), 0u);
  ASSERT_EQ(chronicle_.slowest().size(), 2u);
  EXPECT_EQ(chronicle_.slowest()[0].took, 8s) << "it still waits";
  EXPECT_EQ(chronicle_.writes_of(0), 2u);
}

TEST_F(TwoHosts, DivergenceIsWhatSomeKnowAndOthersDoNot) {
  const EventIndex first = write(0s);
  write(0s);
  learn(1s, 1, first);
  chronicle_.finish(2s, network_);
  EXPECT_EQ(chronicle_.apart().greatest(), 2u);
  EXPECT_EQ(chronicle_.apart().buckets().back(), 1u);
  EXPECT_EQ(chronicle_.lacks(0).greatest(), 0u);
  EXPECT_EQ(chronicle_.lacks(1).buckets().back(), 1u);
  EXPECT_EQ(chronicle_.contexts().buckets().back(), 2u);
}

TEST_F(TwoHosts, WhatWasLostIsNoDivergence) {
  const EventIndex index = write(1s);
  ledger_.event(index).lost = true;
  chronicle_.lost_with(2s, {}, 0, ledger_);
  chronicle_.finish(3s, network_);
  EXPECT_TRUE(chronicle_.writes().front().lost);
  EXPECT_EQ(chronicle_.apart().buckets().back(), 0u);
  EXPECT_EQ(chronicle_.contexts().buckets().back(), 1u);
  EXPECT_EQ(chronicle_.lag(0, 1).never, 0u);
}

TEST_F(TwoHosts, WhatADiskForgotIsLearnedAgainAndCountsOnce) {
  const EventIndex index = write(1s);
  learn(2s, 1, index);
  ledger_.forget_all(1);
  chronicle_.loaded(3s, {}, 1, ledger_);
  learn(9s, 1, index);
  chronicle_.finish(10s, network_);
  EXPECT_EQ(chronicle_.lag(0, 1).durations.size(), 1u);
  EXPECT_EQ(chronicle_.lag(0, 1).durations.greatest(), 1s);
  EXPECT_EQ(chronicle_.lacks(1).buckets()[500], 1u) << "after 5 s";
  EXPECT_EQ(chronicle_.lacks(1).buckets().back(), 0u);
}

// Another still lacks it meanwhile, so that it is still being followed.
TEST_F(ThreeHosts, OnlyTheFirstTimeCounts) {
  const EventIndex index = write(1s);
  learn(2s, 1, index);
  ledger_.forget_all(1);
  chronicle_.loaded(3s, {}, 1, ledger_);
  learn(9s, 1, index);
  learn(10s, 2, index);
  chronicle_.finish(11s, network_);
  EXPECT_EQ(chronicle_.lag(0, 1).durations.size(), 1u);
  EXPECT_EQ(chronicle_.writes().at(0).seen, (std::vector<std::optional<Duration>>{0s, 1s, 9s}));
}

TEST_F(TwoHosts, CutsOfOnePathAddUp) {
  const Fault cut{.kind = FaultKind::cut, .host = 0, .other = 1};
  chronicle_.began(1s, cut);
  chronicle_.began(2s, cut);
  chronicle_.ended(3s, cut);
  chronicle_.ended(4s, cut);
  ASSERT_EQ(chronicle_.spans().size(), 1u);
  EXPECT_EQ(chronicle_.spans()[0].from, 1s);
  EXPECT_EQ(chronicle_.spans()[0].to, 4s);
}

TEST_F(TwoHosts, AnEndingClosesWhatTheProcessHad) {
  chronicle_.session_found(1s, 0, 1);
  chronicle_.began(2s, {.kind = FaultKind::pause, .host = 0});
  chronicle_.host_down(3s, 0, Mark::Kind::lost_power);
  chronicle_.host_up(5s, 0);
  chronicle_.healed(6s);
  ASSERT_EQ(chronicle_.spans().size(), 3u);
  EXPECT_EQ(chronicle_.spans()[0].to, 3s);
  EXPECT_EQ(chronicle_.spans()[1].to, 3s);
  EXPECT_EQ(chronicle_.spans()[2].kind, Span::Kind::down);
  EXPECT_EQ(chronicle_.spans()[2].to, 5s);
  ASSERT_EQ(chronicle_.marks().size(), 2u);
  EXPECT_EQ(chronicle_.marks()[0].kind, Mark::Kind::lost_power);
  EXPECT_EQ(chronicle_.marks()[1].kind, Mark::Kind::started);
}

TEST_F(TwoHosts, ALongRunIsSampledEvenlyAndCountedWhole) {
  constexpr std::uint64_t writes = 77'778;  // of which the last is slow
  for (std::uint64_t i = 0; i < writes; ++i) {
    const EventIndex index = write(i * 1ms);
    learn(i * 1ms + (i + 1 == writes ? 1h : 1us), 1, index);
  }
  for (std::size_t i = 0; i < 2 * Chronicle::spans_max; ++i) {
    chronicle_.session_found(2h, 0, 1);
    chronicle_.session_lost(2h, 0, 1);
    chronicle_.began(2h, {.kind = FaultKind::clock_step});
  }
  chronicle_.finish(3h, network_);
  EXPECT_LE(chronicle_.writes().size() * 2, Chronicle::sightings_max);
  EXPECT_GE(chronicle_.writes().size() * 2, Chronicle::sightings_max / 4);
  for (std::size_t i = 0; i < chronicle_.writes().size(); ++i)
    ASSERT_EQ(chronicle_.writes()[i].number, i * chronicle_.write_stride());
  EXPECT_EQ(chronicle_.lag(0, 1).durations.size(), writes);
  EXPECT_EQ(chronicle_.slowest().size(), Chronicle::slowest_max);
  EXPECT_EQ(chronicle_.slowest()[0].took, 1h) << "sampled or not";
  EXPECT_EQ(chronicle_.spans().size(), Chronicle::spans_max);
  EXPECT_EQ(chronicle_.spans_left_out(), Chronicle::spans_max);
  EXPECT_EQ(chronicle_.marks().size(), Chronicle::marks_max);
  EXPECT_GT(chronicle_.marks_left_out(), 0u);
}

}  // namespace
}  // namespace skerry::simulations
