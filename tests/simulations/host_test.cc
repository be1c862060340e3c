#include "simulations/host.h"

#include <gtest/gtest.h>

#include "simulations/operation.h"
#include "sync/limits.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

class HostTest : public testing::Test {
 protected:
  static HostConditions with(Ack ack) {
    HostConditions conditions = quiet_conditions(1).hosts.front();
    conditions.ack = ack;
    return conditions;
  }
  Host::Events events() {
    Host::Events events;
    events.leaving = [this](HostIndex, sync::Frame) {
      ++left;
      EXPECT_EQ(undurable(), 0u) << "a frame left before the disk had it";
    };
    events.answered = [this](HostIndex, std::uint64_t answer) { answered = answer; };
    events.touched = [](HostIndex) {};
    events.loaded = [this](HostIndex) { ++loads; };
    events.ended = [this](HostIndex, Ending ending) { endings.push_back(ending); };
    events.broken = [](HostIndex, const core::Error& error) { FAIL() << error.detail; };
    return events;
  }
  void make(Ack ack) {
    host.emplace(timeline, Host::Identity{0, {{7}}, {core::Space{}}}, with(ack), Streams(1), protocol_profile(),
                 events());
    host->start();
    pass(1s);
  }
  void pass(Duration time) {
    const Instant until = timeline.now() + time;
    while (timeline.next_at() <= until) timeline.step();
    timeline.pass_to(until);
  }
  void write(const core::Bytes& value, std::uint64_t answer) {
    const sync::Lsn lsn = host->transact(core::Space{}, [&](sync::Transaction& transaction) {
      EXPECT_TRUE(perform({.verb = Verb::set, .key = "k", .value = value}, transaction));
    });
    host->answer(lsn, answer);
  }
  sync::Lsn undurable() const {
    const sync::Store& store = host->disk().store();
    return store.appended_to() - store.durable_to();
  }
  std::string read() {
    std::string value;
    host->transact(core::Space{}, [&](sync::Transaction& transaction) {
      value = perform({.verb = Verb::get, .key = "k"}, transaction).value();
    });
    return value;
  }

  Timeline timeline;
  std::optional<Host> host;
  int left = 0;
  int loads = 0;
  std::uint64_t answered = 0;
  std::vector<Ending> endings;
};

TEST_F(HostTest, ADurableAnswerWaitsForTheDisk) {
  make(Ack::durable);
  write("v", 1);
  pass(1ms);
  EXPECT_EQ(answered, 0u);
  pass(1ms);
  EXPECT_EQ(answered, 1u);
}

TEST_F(HostTest, AMemoryAnswerDoesNotAndIsOnDiskSoonAfter) {
  make(Ack::memory);
  write("v", 1);
  pass(Duration(1));
  EXPECT_EQ(answered, 1u);
  EXPECT_EQ(undurable(), 1u);
  pass(12ms);
  EXPECT_EQ(undurable(), 0u);
}

TEST_F(HostTest, FramesLeaveAtBothLevelsOnlyWhenTheirEventsAreDurable) {
  for (const Ack ack : {Ack::durable, Ack::memory}) {
    make(ack);
    write("v", 1);
    host->peer_found({1});
    pass(1s);
    EXPECT_GT(std::exchange(left, 0), 0);
  }
}

TEST_F(HostTest, WhatWasAnsweredIsThereAfterACrashAtAnyYield) {
  for (std::uint32_t yield = 1; yield < 12; ++yield) {
    make(Ack::durable);
    write("old", 1);
    pass(10ms);
    host->crash(yield, Ending::silent);
    write("new", 2);
    host->peer_found({1});
    pass(5s);
    if (host->up()) host->crash(0, Ending::silent);
    ASSERT_FALSE(host->up());
    const bool was_answered = std::exchange(answered, 0) == 2;
    host->start();
    EXPECT_EQ(read(), was_answered ? "new" : read());
    EXPECT_NE(read(), "nil");
  }
}

TEST_F(HostTest, ARefusedSyncEndsTheProcessBeforeTheAnswer) {
  make(Ack::durable);
  host->disk().refuse_syncs(1);
  write("v", 1);
  pass(1s);
  EXPECT_EQ(answered, 0u);
  EXPECT_EQ(endings, std::vector{Ending::failed});
  host->start();
  EXPECT_TRUE(host->up());
}

TEST_F(HostTest, APausedHostDoesNothingAndThenGoesOn) {
  make(Ack::durable);
  write("v", 1);
  host->pause();
  pass(1min);
  EXPECT_EQ(answered, 0u);
  host->resume();
  pass(10ms);
  EXPECT_EQ(answered, 1u);
}

TEST_F(HostTest, WorkForAPausedHostWaitsAndEndsWithTheProcess) {
  make(Ack::durable);
  host->pause();
  int done = 0;
  host->when_not_full([&] { ++done; });
  host->when_not_full([&] { ++done; });
  EXPECT_EQ(done, 0);
  host->resume();
  pass(1ms);
  EXPECT_EQ(done, 2);
  host->pause();
  host->when_not_full([&] { ++done; });
  host->crash(0, Ending::told);
  host->start();
  pass(1s);
  EXPECT_EQ(done, 2);
}

// Nothing of the step that ran the work goes on, and the next life owes nothing to this one.
TEST_F(HostTest, MayEndInWorkThatHadToWait) {
  make(Ack::durable);
  write("v", 1);
  pass(1ms);
  host->pause();
  host->when_not_full([this] { host->crash(0, Ending::told); });
  pass(10ms);
  host->resume();
  pass(1s);
  EXPECT_EQ(endings, std::vector{Ending::told});
  EXPECT_FALSE(host->up());
  host->start();
  write("w", 2);
  pass(1s);
  EXPECT_EQ(answered, 2u);
}

// As tests/edge/node_test.cc has it of the real node.
TEST_F(HostTest, ACommitWaitsForHalfOfThoseWhoWereServedTogether) {
  make(Ack::durable);
  const auto served = [&](std::uint64_t from, std::uint64_t clients) {
    for (std::uint64_t client = 0; client < clients; ++client) write("v", from + client);
    pass(2ms);
    return answered;
  };
  EXPECT_EQ(served(1, 4), 4u);
  EXPECT_EQ(served(11, 2), 12u) << "half of them";
  served(21, 4);
  EXPECT_EQ(served(31, 1), 24u) << "it waits for another";
  pass(200us);
  EXPECT_EQ(answered, 31u) << "and not for long";
  EXPECT_EQ(served(41, 1), 41u) << "who is alone waits for nobody";
}

TEST_F(HostTest, AMemoryAnswerWaitsBehindASyncThatTakesLong) {
  make(Ack::memory);
  host->disk().slow_down(1'000);
  write("v", 1);
  pass(50ms);
  EXPECT_EQ(answered, 1u);
  pass(100ms);
  write("w", 2);
  pass(1s);
  EXPECT_EQ(answered, 1u);
  pass(5s);
  EXPECT_EQ(answered, 2u);
}

TEST_F(HostTest, FlushesWhatIsDirtyByItself) {
  make(Ack::durable);
  write("v", 1);
  pass(2 * sync::flush_every);
  EXPECT_EQ(host->disk().store().flushed_to(), host->disk().store().appended_to());
  EXPECT_TRUE(host->quiet());
}

}  // namespace
}  // namespace skerry::simulations
