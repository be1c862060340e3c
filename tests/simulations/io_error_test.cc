// At every single I/O of the real store the disk fails, once or for good: nothing is called durable that is not,
// nothing is half there, and the reason names the file.  (A full disk: tests/simulations/full_disk_test.cc.)
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/simulations/store_script.h"

namespace skerry::simulations {
namespace {

using Fault = ForgettingDisk::Fault;

// What comes after the fault, when the disk is well again.  (After a kill readers see what a failed sync did not save.)
enum class Then { killed_and_on, killed_and_powerless, powerless };

// A life with the fault, then that: the promises hold at each stage.  Nothing: the fault hit nothing.
std::optional<std::string> meet(const ForgettingDisk::Plan& plan, Then then, bool& noticed) {
  StoreLife life(1);
  life.disk.plan(plan);
  live(life, then == Then::powerless ? 5 : std::size(script));
  const std::string struck = life.disk.struck();
  if (struck.empty()) return std::nullopt;
  noticed = life.failure().has_value();
  if (noticed) {
    const core::Error& error = *life.failure();
    EXPECT_EQ(error.code, core::ErrorCode::io) << struck << ": " << error.detail;
    EXPECT_TRUE(error.detail.starts_with("/")) << struck << ": " << error.detail;
  }
  for (int round = 0; round < 2; ++round) {
    if (round == 0 && then != Then::powerless)
      life.kill();
    else
      life.lose_power(Survival::nothing);
    const StoreLife::Finding found = life.look();
    EXPECT_EQ(found.verdict, Verdict::holds)
        << struck << ", then " << static_cast<int>(then) << ", round " << round << ": " << found.what;
    if (then != Then::killed_and_powerless) live_on(life);
  }
  return struck;
}

void at_every_operation(bool lasts) {
  std::uint64_t faults = 0, unnoticed = 0;
  for (std::uint64_t at = 0; !testing::Test::HasFailure(); ++at) {
    bool noticed = false;
    const ForgettingDisk::Plan plan{.at = at, .fault = Fault::io_error, .lasts = lasts};
    const auto struck = meet(plan, Then::killed_and_on, noticed);
    if (!struck) break;
    if (changes_disk(kind_of(*struck))) {
      for (const Then then : {Then::killed_and_powerless, Then::powerless}) meet(plan, then, noticed);
    }
    ++faults;
    unnoticed += noticed ? 0 : 1;
  }
  EXPECT_GT(faults, 50u);
  std::printf("%llu faults, %llu of them changed nothing that the store needs\n",
              static_cast<unsigned long long>(faults), static_cast<unsigned long long>(unnoticed));
}

// Lives with a fault of any kind in each, which end in a kill or in a power cut.
TEST(IoError, AtRandom) {
  constexpr Fault faults[] = {Fault::io_error, Fault::full, Fault::full_to_grow};
  const std::uint64_t first = given("SKERRY_SEED", 1), lives = 50 * given("SKERRY_SEED_VOLUME", 1);
  std::uint64_t struck = 0;
  for (std::uint64_t seed = first; seed < first + lives; ++seed) {
    core::Random chance(seed);
    StoreLife life(seed);
    for (int round = 0; round < 20; ++round) {
      const std::string before = life.disk.struck();
      if (chance.chance(0.5))
        life.kill();
      else
        life.lose_power(std::nullopt);
      life.disk.plan({.at = life.disk.operations() + chance.below(1'000),
                      .fault = faults[chance.below(std::size(faults))],
                      .lasts = chance.chance(0.5)});
      const StoreLife::Finding found = life.look();
      ASSERT_TRUE(found.verdict == Verdict::holds || !life.disk.struck().empty())
          << "seed " << seed << ", round " << round << ", " << before << ": " << found.what;
      // Some faults the store gets over: then it goes on, unless nobody could look what it holds.
      const bool known = found.verdict == Verdict::holds;
      for (int steps = 0; steps < 60 && known && !life.failure(); ++steps) life.take(random_step(chance));
      struck += life.disk.struck().empty() ? 0 : 1;
    }
  }
  std::printf("%llu faults\n", static_cast<unsigned long long>(struck));
}

TEST(IoError, OnceAtEveryOperation) {
  at_every_operation(false);
}
TEST(IoError, ForGoodFromEveryOperation) {
  at_every_operation(true);
}

}  // namespace
}  // namespace skerry::simulations
