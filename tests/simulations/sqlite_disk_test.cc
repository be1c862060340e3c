#include "simulations/sqlite_disk.h"

#include <gtest/gtest.h>

#include <vector>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

class SqliteDiskTest : public testing::Test {
 protected:
  SqliteDisk& make(std::uint64_t seed) { return make(seed, 20ms); }
  SqliteDisk& make(std::uint64_t seed, Duration sync) {
    return *disks.emplace_back(
        std::make_unique<SqliteDisk>(Disk::Setup{.timeline = timeline,
                                                 .options = {.sync_min = sync, .sync_max = sync},
                                                 .replica = {{7}},
                                                 .random = core::Random(seed),
                                                 .events = {[this] { ++moves; }, [this] { ++ends; }}}));
  }
  static void append(SqliteDisk& disk, std::size_t bytes) {
    const sync::Lsn lsn = disk.store().appended_to() + 1;
    core::Bytes content = std::to_string(lsn);
    content.resize(std::max(content.size(), bytes), '.');
    disk.store().append({lsn, lsn, content, {{"last", std::to_string(lsn)}}});
  }
  static void append(SqliteDisk& disk) { append(disk, 1); }
  void pass(Duration time) {
    const Instant until = timeline.now() + time;
    while (timeline.next_at() <= until) timeline.step();
    timeline.pass_to(until);
  }

  Timeline timeline;
  std::vector<std::unique_ptr<SqliteDisk>> disks;  // the timeline knows them
  int moves = 0;
  int ends = 0;
};

TEST_F(SqliteDiskTest, ACommitTakesItsTimeAndIsToldInATurnOfItsOwn) {
  SqliteDisk& disk = make(1);
  append(disk);
  disk.commit();
  pass(20ms - Duration(1));
  EXPECT_EQ(disk.store().durable_to(), 0u);
  timeline.step();
  EXPECT_EQ(disk.store().durable_to(), 1u);
  EXPECT_EQ(moves, 0);
  timeline.step();
  EXPECT_EQ(moves, 1);
}

TEST_F(SqliteDiskTest, TheLoopItselfMayWaitForAQuickOne) {
  int waits = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SqliteDisk& disk = make(seed, 2ms);
    moves = 0;
    append(disk);
    disk.commit();
    waits += disk.store().durable_to() == 1 ? 1 : 0;
    EXPECT_EQ(moves, 0) << "within a call";
    pass(2ms);
    EXPECT_EQ(disk.store().durable_to(), 1u);
    EXPECT_EQ(moves, 1);
    disk.slow_down(10);
    append(disk);
    disk.commit();
    pass(19ms);
    EXPECT_EQ(disk.store().durable_to(), 1u) << "a slow one is the thread's";
    pass(1s);
  }
  EXPECT_GT(waits, 3);
  EXPECT_LT(waits, 17);
}

TEST_F(SqliteDiskTest, WhatIsAskedForDuringACommitFollowsIt) {
  SqliteDisk& disk = make(1);
  append(disk);
  disk.commit();
  pass(10ms);
  disk.commit();
  pass(10ms);
  append(disk);
  EXPECT_EQ(disk.store().durable_to(), 1u);
  disk.commit();
  pass(20ms);
  EXPECT_EQ(disk.store().durable_to(), 2u);
  append(disk);
  pass(1h);
  EXPECT_EQ(disk.store().durable_to(), 2u) << "nobody has asked for it";
}

TEST_F(SqliteDiskTest, AFlushIsWrittenOnceAndMayBeSlow) {
  SqliteDisk& disk = make(1);
  append(disk);
  disk.commit();
  pass(20ms);
  disk.slow_down(10);
  disk.store().flush({1, {{"key", "value"}}, {}});
  disk.write_flush();
  disk.write_flush();
  pass(399ms);
  EXPECT_EQ(disk.store().flushed_to(), 0u);
  pass(1ms);
  EXPECT_EQ(disk.store().flushed_to(), 1u);
  EXPECT_EQ(disk.store().read("key"), "value");
  EXPECT_EQ(moves, 2);
}

TEST_F(SqliteDiskTest, ARefusedSyncIsTheStoresFailureUntilItIsOpenedAgain) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SqliteDisk& disk = make(seed);
    disk.refuse_syncs(1);
    sync::Lsn durable = 0;
    while (!disk.store().failure() && disk.counts().errors == 0) {
      durable = disk.store().durable_to();
      append(disk);
      disk.commit();
      pass(2s);
    }
    ASSERT_TRUE(disk.crash(Disk::Loss::process));
    EXPECT_FALSE(disk.store().failure());
    EXPECT_GE(disk.store().durable_to(), durable);
    append(disk);
    disk.commit();
    pass(2s);
    EXPECT_EQ(disk.store().durable_to(), disk.store().appended_to()) << "one refusal was asked for";
  }
}

TEST_F(SqliteDiskTest, AProcessMayEndWithinAnIo) {
  int taken = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SqliteDisk& disk = make(seed);
    if (!disk.end_within_io()) continue;
    ++taken;
    ends = 0;
    while (ends == 0) {
      append(disk);
      disk.commit();
      pass(2s);
    }
    EXPECT_TRUE(disk.store().failure()) << "nothing gets any further";
    EXPECT_TRUE(disk.crash(Disk::Loss::power));
    EXPECT_FALSE(disk.store().failure());
    pass(1h);
    EXPECT_EQ(ends, 1);
  }
  EXPECT_GT(taken, 5);
}

TEST_F(SqliteDiskTest, AGoodDiskEndsNobody) {
  SqliteDisk& disk = make(1);
  while (!disk.end_within_io()) {
  }
  disk.refuse_syncs(3);
  disk.become_good();
  for (int i = 0; i < 50; ++i) {
    append(disk);
    disk.commit();
    pass(2s);
    ASSERT_TRUE(disk.crash(Disk::Loss::power));
  }
  EXPECT_EQ(disk.store().durable_to(), 50u);
  EXPECT_EQ(disk.counts().ends_while_opening, 0u);
  EXPECT_EQ(ends, 0);
}

// Ends at any moment, with commits and flushes under way: the log is a beginning of what was appended, with the facts
// of its end, and holds what was said to be durable; the rows are those of a flush.
TEST_F(SqliteDiskTest, WhatWasDurableSurvivesEachEnd) {
  SqliteDisk& disk = make(3);
  core::Random chance(4);
  int kept_more = 0;
  for (int round = 0; round < 400; ++round) {
    const auto moment = [&] { return Duration(static_cast<std::int64_t>(chance.below(50'000'000))); };
    for (std::uint64_t steps = chance.below(6); steps > 0 && !disk.store().failure(); --steps) {
      append(disk, chance.below(5'000));
      disk.commit();
      pass(moment());
      const sync::Lsn durable = disk.store().durable_to();
      if (disk.store().flushing() || durable == 0 || chance.chance(0.5)) continue;
      disk.store().flush({durable, {{"row", std::to_string(durable)}}, {}});
      disk.write_flush();
      pass(moment());
    }
    if (chance.chance(0.2)) disk.refuse_syncs(1);
    const sync::Lsn durable = disk.store().durable_to(), flushed = disk.store().flushed_to();
    ASSERT_TRUE(disk.crash(chance.chance(0.5) ? Disk::Loss::power : Disk::Loss::process)) << "round " << round;
    const sync::Lsn found = disk.store().durable_to();
    ASSERT_GE(found, durable) << "round " << round;
    ASSERT_GE(disk.store().flushed_to(), flushed) << "round " << round;
    kept_more += found > durable ? 1 : 0;
    sync::Lsn next = 1;
    ASSERT_TRUE(disk.store().read_log(1, [&](sync::Lsn first, sync::Lsn, core::BytesView bytes) {
      return first == next++ && bytes.starts_with(std::to_string(first));
    }));
    EXPECT_EQ(next, found + 1);
    if (found == 0) continue;
    EXPECT_EQ(disk.store().log_fact("last").value(), std::to_string(found));
    const auto row = disk.store().read("row");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->value_or("0"), std::to_string(disk.store().flushed_to()));
  }
  EXPECT_GT(kept_more, 10);
  EXPECT_GT(disk.counts().ends_while_opening, 50u);
  EXPECT_GT(disk.counts().errors_while_opening, 5u);
  EXPECT_GT(disk.counts().errors, 5u);
}

}  // namespace
}  // namespace skerry::simulations
