// The product as it ships, but for sockets and threads, in worlds drawn from seeds.
#include "simulations/full_profile.h"

#include <gtest/gtest.h>

#include "simulations/sqlite_disk.h"
#include "simulations/world.h"
#include "tests/simulations/store_script.h"

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

Report run(std::uint64_t seed, Duration duration, const Profile& profile) {
  return World(draw_plan(draw_conditions(seed, duration)), profile).run();
}

TEST(FullProfile, HoldsUnderEveryFault) {
  std::array<std::uint64_t, fault_kind_count> faults{};
  const std::uint64_t first = given("SKERRY_SEED", 20'001), seeds = 30 * given("SKERRY_SEED_VOLUME", 1);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    const Report report = run(seed, 10min, full_profile());
    ASSERT_FALSE(report.violation) << "seed " << seed << ": " << to_text(report);
    for (std::size_t kind = 0; kind < fault_kind_count; ++kind) faults[kind] += report.faults[kind];
  }
  for (std::size_t kind = 0; kind < fault_kind_count; ++kind)
    EXPECT_GT(faults[kind], 0u) << name_of(static_cast<FaultKind>(kind)) << " never happened";
}

TEST(FullProfile, OneSeedGivesOneTrace) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Report first = run(seed, 2min, full_profile());
    const Report second = run(seed, 2min, full_profile());
    EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
    EXPECT_EQ(first.steps, second.steps) << "seed " << seed;
    EXPECT_NE(first.trace, run(seed, 2min, protocol_profile()).trace) << "seed " << seed;
  }
}

// A disk that syncs less than it is asked to.
Profile careless(ForgettingVfs::Synchronous level) {
  Profile profile = full_profile();
  profile.disk = [level](Disk::Setup setup) {
    auto disk = std::make_unique<SqliteDisk>(std::move(setup));
    disk->vfs().weaken(level);
    return disk;
  };
  return profile;
}

TEST(FullProfile, WouldNoticeADiskThatDoesNotSync) {
  for (const auto level : {ForgettingVfs::Synchronous::normal, ForgettingVfs::Synchronous::off}) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) found += run(seed, 2min, careless(level)).violation ? 1 : 0;
    EXPECT_GT(found, 3) << static_cast<int>(level);
  }
}

}  // namespace
}  // namespace skerry::simulations
