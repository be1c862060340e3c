// At every single I/O of the real store the disk becomes full, for once or until somebody frees space: the store ends
// nothing, loses nothing, calls nothing durable that is not, and writes all that waited once there is space.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "tests/simulations/store_script.h"

namespace skerry::simulations {
namespace {

using Fault = ForgettingDisk::Fault;
using sync::Room;

// What comes when the disk is full.
enum class Then { freed, freed_and_powerless, killed, powerless };

bool is_full_message(const core::Error& error) {
  return error.detail.starts_with("/") && error.detail.find("free some space") != std::string::npos;
}

// Space was freed: within a few looks all that was appended and flushed is written.
void expect_recovery(StoreLife& life, const std::string& where) {
  life.take(Step::open);
  ASSERT_TRUE(life.is_open()) << where << ": " << life.failure()->detail;
  for (int looks = 0; looks < 4 && life.store().room() != Room::enough; ++looks) life.take(Step::look_for_room);
  ASSERT_EQ(life.store().room(), Room::enough) << where << ": " << life.store().shortage();
  life.take(Step::commit);
  if (life.store().has_flush()) life.take(Step::write_flush);
  EXPECT_EQ(life.store().durable_to(), life.store().appended_to()) << where;
  EXPECT_FALSE(life.store().flushing()) << where;
}

void expect_holds(StoreLife& life, const std::string& where) {
  const StoreLife::Finding found = life.look();
  EXPECT_EQ(found.verdict, Verdict::holds) << where << ": " << found.what;
}

struct Counts {
  std::uint64_t faults = 0, short_of_room = 0, not_opened = 0;
  std::set<std::string> kinds;
};

// A life that meets the fault and goes on for a while on the full disk.  False: the fault hit nothing.
bool meet(const ForgettingDisk::Plan& plan, Then then, Counts& counts, std::uint64_t& struck_at) {
  StoreLife life(1);
  life.disk.plan(plan);
  std::size_t steps_left = 6;
  bool fell_short = false;
  for (const Step step : script) {
    if (!life.disk.struck().empty() && steps_left-- == 0) break;
    life.take(step);
    if (!life.is_open() && life.failure()) break;
    if (!life.is_open()) continue;
    EXPECT_FALSE(life.store().failure()) << life.disk.struck() << ": " << life.store().failure()->detail;
    if (life.store().failure()) return false;
    fell_short |= life.store().room() != Room::enough;
    EXPECT_TRUE(life.store().room() == Room::enough || !life.store().shortage().empty());
  }
  const std::string struck = life.disk.struck();
  if (struck.empty()) return false;
  struck_at = std::stoull(struck.substr(struck.find(' ')));
  ++counts.faults;
  counts.kinds.insert(kind_of(struck));
  counts.short_of_room += fell_short ? 1 : 0;
  if (life.failure()) {
    ++counts.not_opened;
    EXPECT_TRUE(is_full_message(*life.failure())) << struck << ": " << life.failure()->detail;
  }
  const std::string where = struck + ", then " + std::to_string(static_cast<int>(then));
  if (then == Then::killed) life.kill();
  if (then == Then::powerless) life.lose_power(Survival::nothing);
  if (then == Then::freed || then == Then::freed_and_powerless) {
    life.disk.end_plan();
    expect_recovery(life, where);
    if (then == Then::freed) live_on(life);
    if (testing::Test::HasFailure()) return true;
    life.lose_power(Survival::nothing);
  }
  expect_holds(life, where);
  live_on(life);
  life.lose_power(Survival::nothing);
  expect_holds(life, where + ", and again");
  return true;
}

void at_every_operation(Fault fault, bool lasts) {
  Counts counts;
  std::uint64_t struck_at = 0;
  for (std::uint64_t at = 0; !testing::Test::HasFailure(); at = struck_at + 1) {
    bool met = false;
    for (const Then then : {Then::freed, Then::freed_and_powerless, Then::killed, Then::powerless})
      met = meet({.at = at, .fault = fault, .lasts = lasts}, then, counts, struck_at);
    if (!met) break;
  }
  EXPECT_GT(counts.faults, 200u);
  EXPECT_GT(counts.short_of_room, counts.faults / 3);
  for (const char* kind : {"write /srv/data/log.db", "write /srv/data/log.db-wal", "write /srv/data/cells.db",
                           "write /srv/data/cells.db-wal", "resize /srv/data/reserve"})
    EXPECT_TRUE(counts.kinds.contains(kind)) << "never full at: " << kind;
  std::printf("%llu lives, %llu of them short of room, %llu not opened\n",
              static_cast<unsigned long long>(counts.faults), static_cast<unsigned long long>(counts.short_of_room),
              static_cast<unsigned long long>(counts.not_opened));
}

TEST(FullDisk, OnceAtEveryOperation) {
  at_every_operation(Fault::full, false);
}
TEST(FullDisk, FromEveryOperationUntilThereIsSpace) {
  at_every_operation(Fault::full, true);
}
TEST(FullDisk, ForWhatGrowsFromEveryOperationUntilThereIsSpace) {
  at_every_operation(Fault::full_to_grow, true);
}

// --- a disk that really is full: what the reserve gives back is there

constexpr std::size_t capacity = 4 << 20, reserve = 1 << 20;

// Writes at random until the disk is full.
void fill(StoreLife& life, core::Random& chance) {
  life.reserve_bytes = reserve;
  life.disk.set_capacity(capacity);
  life.take(Step::open);
  ASSERT_TRUE(life.is_open());
  constexpr Step steps[] = {Step::append, Step::append_several, Step::append_large, Step::commit,      Step::commit,
                            Step::flush,  Step::flush_large,    Step::settle_log,   Step::settle_cells};
  for (int i = 0; i < 10'000 && life.store().room() == Room::enough; ++i) {
    life.take(steps[chance.below(std::size(steps))]);
    ASSERT_FALSE(life.failure()) << life.failure()->detail;
  }
  ASSERT_NE(life.store().room(), Room::enough);
}

TEST(FullDisk, HasAReserveForWhatTheLogStillGets) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    core::Random chance(seed);
    StoreLife life(seed);
    fill(life, chance);
    if (testing::Test::HasFatalFailure()) return;
    life.take(Step::commit);
    int commits = 0;
    while (life.store().room() == Room::scarce && commits < 10'000) {
      if (chance.chance(0.1)) life.take(Step::look_for_room);  // which finds none
      life.take(Step::append);
      life.take(Step::commit);
      life.take(Step::read);
      if (life.store().durable_to() == life.store().appended_to()) ++commits;
    }
    EXPECT_GE(commits, 20) << "seed " << seed;
    // Not even that: it waits, and is not called durable.
    ASSERT_EQ(life.store().room(), Room::none);
    const sync::Lsn durable_to = life.store().durable_to();
    life.take(Step::append_several);
    life.take(Step::commit);
    life.take(Step::look_for_room);
    EXPECT_FALSE(life.store().has_appended());
    EXPECT_EQ(life.store().durable_to(), durable_to);
    ASSERT_FALSE(life.failure()) << life.failure()->detail;
    if (chance.chance(0.5)) {
      chance.chance(0.5) ? life.kill() : life.lose_power(std::nullopt);
      // It may open, or say what it needs; with space it opens.
      life.take(Step::open);
      EXPECT_TRUE(!life.failure() || is_full_message(*life.failure())) << life.failure()->detail;
      if (life.is_open()) life.kill();
      life.disk.set_capacity(10 * capacity);
      expect_holds(life, "seed " + std::to_string(seed));
    }
    life.disk.set_capacity(10 * capacity);
    expect_recovery(life, "seed " + std::to_string(seed));
    life.lose_power(std::nullopt);
    expect_holds(life, "seed " + std::to_string(seed) + ", and again");
  }
}

TEST(FullDisk, StaysUntilThereIsMoreThanTheReserve) {
  core::Random chance(1);
  StoreLife life(1);
  fill(life, chance);
  if (testing::Test::HasFatalFailure()) return;
  const std::size_t used = life.disk.bytes_used();
  life.disk.set_capacity(used + reserve / 4);
  for (int i = 0; i < 5; ++i) life.take(Step::look_for_room);
  EXPECT_NE(life.store().room(), Room::enough) << "the next write would end it";
  life.disk.set_capacity(10 * capacity);
  expect_recovery(life, "then");
}

// A log commit that falls into a flush takes what space there is: the flush is called off, and written later.
TEST(FullDisk, IsNotMadeWorseByAFlush) {
  int called_off = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    core::Random chance(seed);
    StoreLife life(seed);
    life.reserve_bytes = reserve;
    life.disk.set_capacity(capacity);
    life.take(Step::open);
    while (life.store().room() == Room::enough) {
      life.take(Step::append);
      life.take(Step::commit);
      if (life.disk.bytes_used() > capacity - 300'000) life.take(Step::flush_large);
      ASSERT_FALSE(life.failure()) << life.failure()->detail;
    }
    called_off += life.store().flushing() ? 1 : 0;
    EXPECT_EQ(life.store().room(), Room::scarce);
    life.disk.set_capacity(10 * capacity);
    expect_recovery(life, "seed " + std::to_string(seed));
    life.lose_power(std::nullopt);
    expect_holds(life, "seed " + std::to_string(seed));
  }
  EXPECT_GT(called_off, 3);
}

}  // namespace
}  // namespace skerry::simulations
