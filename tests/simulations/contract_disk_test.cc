#include "simulations/contract_disk.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

class ContractDiskTest : public testing::Test {
 protected:
  void append() {
    const sync::Lsn lsn = disk.store().appended_to() + 1;
    disk.store().append({lsn, lsn, "bytes", {}});
  }
  void pass(Duration time) {
    const Instant until = timeline.now() + time;
    while (timeline.next_at() <= until) timeline.step();
    timeline.pass_to(until);
  }

  Timeline timeline;
  int moves = 0;
  ContractDisk disk{{.timeline = timeline,
                     .options = {.sync_min = 2ms, .sync_max = 2ms},
                     .replica = {},
                     .random = core::Random(1),
                     .events = {[this] { ++moves; }, {}}}};
};

TEST_F(ContractDiskTest, ACommitTakesItsTimeAndWhatCameMeanwhileIsInTheNext) {
  append();
  disk.commit();
  pass(1ms);
  append();
  append();
  disk.commit();
  EXPECT_EQ(disk.store().durable_to(), 0u);
  pass(1ms);
  EXPECT_EQ(disk.store().durable_to(), 1u);
  EXPECT_EQ(moves, 1);
  pass(2ms);
  EXPECT_EQ(disk.store().durable_to(), 3u);
  EXPECT_EQ(moves, 2);
}

TEST_F(ContractDiskTest, WhatNobodyCommitsStaysWhereItIs) {
  append();
  pass(1h);
  EXPECT_EQ(disk.store().durable_to(), 0u);
}

TEST_F(ContractDiskTest, ACrashKeepsWhatWasDurableAndSomeOfTheRest) {
  bool lost = false;
  bool kept = false;
  for (int i = 0; i < 50; ++i) {
    append();
    disk.commit();
    pass(2ms);
    const sync::Lsn durable = disk.store().durable_to();
    append();
    append();
    disk.commit();
    EXPECT_TRUE(disk.crash(Disk::Loss::power));
    pass(1s);
    ASSERT_GE(disk.store().durable_to(), durable);
    lost = lost || disk.store().appended_to() < durable + 2;
    kept = kept || disk.store().appended_to() > durable;
  }
  EXPECT_TRUE(lost);
  EXPECT_TRUE(kept);
}

TEST_F(ContractDiskTest, ARefusedSyncIsTheStoresFailureUntilItIsOpenedAgain) {
  disk.refuse_syncs(1);
  append();
  disk.commit();
  pass(2ms);
  EXPECT_TRUE(disk.store().failure());
  EXPECT_EQ(disk.store().durable_to(), 0u);
  EXPECT_EQ(moves, 1);
  EXPECT_TRUE(disk.crash(Disk::Loss::process));
  append();
  disk.commit();
  pass(2ms);
  EXPECT_FALSE(disk.store().failure());
  EXPECT_EQ(disk.store().durable_to(), disk.store().appended_to());
}

TEST_F(ContractDiskTest, AFlushIsWrittenOnceAndMayBeSlow) {
  append();
  disk.commit();
  pass(2ms);
  disk.slow_down(10);
  disk.store().flush({1, {{"key", "value"}}, {}});
  disk.write_flush();
  disk.write_flush();
  pass(39ms);
  EXPECT_EQ(disk.store().flushed_to(), 0u);
  pass(1ms);
  EXPECT_EQ(disk.store().flushed_to(), 1u);
  EXPECT_EQ(moves, 2);
}

}  // namespace
}  // namespace skerry::simulations
