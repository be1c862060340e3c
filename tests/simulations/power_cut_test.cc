// Power is cut at every single I/O of the real store, and at random ones: nothing that was called durable is missing
// afterwards, nothing is damaged, and a flush is there as a whole or not at all.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "tests/simulations/store_script.h"

namespace skerry::simulations {
namespace {

// Chance draws others, one for each file; here and in the random lives.
constexpr std::optional<Survival> survivals[] = {std::nullopt, Survival::nothing, Survival::everything,
                                                 Survival::sectors};

TEST(PowerCut, AtEveryOperationOfEachKindOfTransaction) {
  const std::uint64_t operations = script_operations();
  std::set<std::string> kinds;
  std::uint64_t cuts = 0;
  for (std::uint64_t at = 0; at <= operations; ++at) {
    for (const auto& survival : survivals) {
      StoreLife life(1);
      life.disk.plan({.at = at, .fault = ForgettingDisk::Fault::stop, .lasts = false});
      live(life);
      const std::string struck = life.disk.struck();
      const std::string kind = at < operations ? kind_of(struck) : "the end";
      kinds.insert(kind);
      life.lose_power(survival);
      for (int round = 0; round < 2; ++round, ++cuts) {
        const StoreLife::Finding found = life.look();
        ASSERT_EQ(found.verdict, Verdict::holds) << struck << ", " << (survival ? static_cast<int>(*survival) : -1)
                                                 << ", round " << round << ": " << found.what;
        live_on(life);
        life.lose_power(Survival::nothing);
      }
      if (!changes_disk(kind)) break;
    }
  }
  for (const char* kind : {"make /srv/data/log.db", "write /srv/data/log.db-wal", "sync /srv/data/log.db-wal",
                           "write /srv/data/log.db", "sync /srv/data/log.db", "resize /srv/data/log.db-wal",
                           "write /srv/data/cells.db-wal", "write /srv/data/cells.db", "resize /srv/data/cells.db-wal",
                           "write /srv/data/witness", "sync /srv/data/witness", "rename /srv/data/witness.new"})
    EXPECT_TRUE(kinds.contains(kind)) << "the script never does this: " << kind;
  std::printf("%llu operations of %zu kinds, %llu cuts\n", static_cast<unsigned long long>(operations), kinds.size(),
              static_cast<unsigned long long>(cuts));
}

// A kill leaves what was written in the system's cache: to be read, and not safe.  What the next life finds and calls
// durable must survive the power cut after it, and what that life adds too.
TEST(PowerCut, AfterAKillAtEveryOperation) {
  const std::uint64_t operations = script_operations();
  for (std::uint64_t at = 0; at <= operations; ++at) {
    for (const bool adds : {false, true}) {
      StoreLife life(1);
      life.disk.plan({.at = at, .fault = ForgettingDisk::Fault::stop, .lasts = false});
      live(life);
      const std::string where = "a kill at " + life.disk.struck() + (adds ? ", a life, " : ", ");
      life.kill();
      StoreLife::Finding found = life.look();
      ASSERT_EQ(found.verdict, Verdict::holds) << where << found.what;
      if (adds) live_on(life);
      life.lose_power(Survival::nothing);
      found = life.look();
      ASSERT_EQ(found.verdict, Verdict::holds) << where << "a power cut: " << found.what;
    }
  }
}

struct Counts {
  std::uint64_t operations = 0, cuts = 0, kills = 0, in_recovery = 0, lost = 0, damaged = 0, wrong = 0;
  std::string first;  // of what does not hold
};

// Lives that are cut again and again, while opening too, and sometimes only killed.
void cut_at_random(std::uint64_t seed, std::optional<ForgettingVfs::Synchronous> weakened, Counts& counts) {
  core::Random chance(seed);
  StoreLife life(seed);
  if (weakened) life.vfs.weaken(*weakened);
  std::string struck = "at first";
  for (int round = 0; round < 20; ++round) {
    const std::uint64_t until = chance.below(chance.chance(0.3) ? 100 : 1'000);
    life.disk.plan({.at = life.disk.operations() + until, .fault = ForgettingDisk::Fault::stop, .lasts = false});
    const StoreLife::Finding found = life.look();
    if (life.disk.struck().empty() && found.verdict != Verdict::holds) {
      counts.lost += found.verdict == Verdict::lost ? 1 : 0;
      counts.damaged += found.verdict == Verdict::damaged ? 1 : 0;
      counts.wrong += found.verdict == Verdict::wrong ? 1 : 0;
      if (counts.first.empty())
        counts.first =
            "seed " + std::to_string(seed) + ", round " + std::to_string(round) + ", " + struck + ": " + found.what;
      return;
    }
    counts.in_recovery += life.disk.struck().empty() ? 0 : 1;
    while (life.disk.struck().empty()) life.take(random_step(chance));
    struck = life.disk.struck();
    if (chance.chance(0.25)) {
      life.kill();
      ++counts.kills;
    } else {
      life.lose_power(std::nullopt);
      ++counts.cuts;
    }
  }
  counts.operations += life.disk.operations();
}

Counts many(std::uint64_t lives, std::optional<ForgettingVfs::Synchronous> weakened) {
  Counts counts;
  const std::uint64_t first = given("SKERRY_SEED", 1);
  for (std::uint64_t seed = first; seed < first + lives; ++seed) cut_at_random(seed, weakened, counts);
  std::printf("%llu cuts and %llu kills, %llu of them while opening: %llu lost, %llu damaged, %llu wrong\n",
              static_cast<unsigned long long>(counts.cuts), static_cast<unsigned long long>(counts.kills),
              static_cast<unsigned long long>(counts.in_recovery), static_cast<unsigned long long>(counts.lost),
              static_cast<unsigned long long>(counts.damaged), static_cast<unsigned long long>(counts.wrong));
  return counts;
}

TEST(PowerCut, AtRandom) {
  const Counts counts = many(100 * given("SKERRY_SEED_VOLUME", 1), std::nullopt);
  EXPECT_EQ(counts.first, "");
}

TEST(PowerCut, TheSameSeedIsTheSameLife) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Counts one, other;
    cut_at_random(seed, std::nullopt, one);
    cut_at_random(seed, std::nullopt, other);
    EXPECT_EQ(one.operations, other.operations);
  }
}

// The two that a hasty reader of SQLite's manual would choose.
TEST(PowerCut, WouldBeNoticedWithSynchronousNormal) {
  const Counts counts = many(40, ForgettingVfs::Synchronous::normal);
  EXPECT_GT(counts.lost, 20u);
}

TEST(PowerCut, WouldBeNoticedWithSynchronousOff) {
  const Counts counts = many(40, ForgettingVfs::Synchronous::off);
  EXPECT_GT(counts.damaged, 20u);
}

}  // namespace
}  // namespace skerry::simulations
