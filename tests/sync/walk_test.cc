// Thousands of short random schedules, each step compared with an omniscient record (docs/architecture.md).
#include "tests/sync/walk.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace skerry::sync {
namespace {

ChunkAims events(std::size_t count) {
  ChunkAims aims;
  aims.events = count;
  return aims;
}

// A number that whoever runs the tests may give.
std::uint64_t given(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::stoull(text) : otherwise;
}

// SKERRY_SEED: the first seed.  SKERRY_SEED_VOLUME: so many times as many seeds, as tests/system/soak.sh asks for.
void walk_many(const WalkOptions& options, std::uint64_t seeds) {
  WalkResult sums;
  const std::uint64_t first = given("SKERRY_SEED", 1);
  seeds *= given("SKERRY_SEED_VOLUME", 1);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    WalkOptions chosen = options;
    chosen.seed = seed;
    const WalkResult result = walk(chosen);
    ASSERT_EQ(result.violation, std::nullopt) << "repeat with SKERRY_SEED=" << seed;
    sums.chunks += result.chunks;
    sums.refusals += result.refusals;
    sums.events += result.events;
  }
  // The schedules must be worth something: chunks do arrive, and some are refused.
  EXPECT_GT(sums.chunks, seeds);
  std::printf("%llu schedules: %llu events, %llu chunks on the last sessions, %llu refusals\n",
              static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(sums.events),
              static_cast<unsigned long long>(sums.chunks), static_cast<unsigned long long>(sums.refusals));
}

TEST(Walk, AMeshOfThree) {
  walk_many({}, 600);
}
TEST(Walk, AMeshOfFour) {
  walk_many({.replicas = 4, .steps = 120}, 200);
}
TEST(Walk, ALineRelaysThroughItsMiddle) {
  walk_many({.topology = Topology::line}, 400);
}
TEST(Walk, AHubRelaysForAll) {
  walk_many({.replicas = 4, .topology = Topology::hub, .steps = 120}, 200);
}
TEST(Walk, ChunksOfOneEventComeFromThePast) {
  walk_many({.aims = events(1)}, 400);
}
TEST(Walk, ChunksOfThreeEvents) {
  walk_many({.replicas = 4, .steps = 120, .aims = events(3)}, 200);
}

TEST(Walk, TheSameSeedGivesTheSameTrace) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(walk({.seed = seed}).trace, walk({.seed = seed}).trace);
    EXPECT_NE(walk({.seed = seed}).trace, walk({.seed = seed + 1}).trace);
  }
}

}  // namespace
}  // namespace skerry::sync
