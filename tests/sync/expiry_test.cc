// Which replica removes what has expired, and when: over time, and over what peers wrote.
#include <gtest/gtest.h>

#include "sync/limits.h"
#include "tests/sync/deltas.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

struct Expiry : testing::Test {
  auto peer_writes(const std::string& key, std::int64_t clock_ahead = 0) {
    const core::WallTime now = host.now().wall + std::chrono::milliseconds(clock_ahead);
    keys.push_back(std::make_unique<crdt::Keyspace::Key>(peer.key(key, now)));
    return crdt::KeyWriter<crdt::Keyspace::Key>(*keys.back(), now);
  }
  void pass(core::Duration time) { host.pass(time / 1ms); }
  void look() { ASSERT_TRUE(host->remove_expired(host.now()).has_value()); }

  Host host{'a'};
  crdt::Keyspace peer{replica_named('b')};
  std::vector<std::unique_ptr<crdt::Keyspace::Key>> keys;
};

TEST_F(Expiry, ADeadlineAtTheEndOfTimeIsNotAPastOne) {
  for (const core::WallTime far : {core::WallTime::max(), core::WallTime::max() - 1ms * 599'999}) {
    ASSERT_TRUE(peer_writes("k").set("v", far).has_value());
    hear(host, peer);
    look();
    EXPECT_EQ(host.get("k"), "v");
    host.on("k", [&](KeyAccess& access) { EXPECT_EQ(access.deadline(), far); });
  }
}

// --- deadlines whose key is gone

TEST_F(Expiry, AStrayDeadlineOfAReplicaThatIsGoneGoesLongAfter) {
  for (const std::optional<core::WallTime> deadline : {std::optional(host.now().wall + 24h * 36'500), {}}) {
    ASSERT_TRUE(peer_writes("k").set("v", {}).has_value());
    ASSERT_TRUE(peer_writes("k").expire(deadline).has_value());
    hear(host, peer);
    // The peer's EXPIRE is all that is left, because the removal had not seen it.
    ASSERT_TRUE(peer_writes("k").expire(deadline).has_value());
    host.remove("k");
    hear(host, peer);
    EXPECT_EQ(host.cells().size(), 1u);
    EXPECT_EQ(host.get("k"), std::nullopt);
    look();
    pass(expiry_by_another_after - 1ms);
    look();
    EXPECT_EQ(host.cells().size(), 1u);
    pass(1ms);
    look();
    EXPECT_EQ(host.cells().size(), 0u);
  }
}

TEST_F(Expiry, AStrayDeadlineOfAWrongClockGoesAtOnce) {
  ASSERT_TRUE(peer_writes("k", 3'600'000).set("v", {}).has_value());
  hear(host, peer);
  ASSERT_TRUE(peer_writes("k", 3'600'000).expire({}).has_value());
  host.remove("k");
  hear(host, peer);
  EXPECT_EQ(host.cells().size(), 1u);
  look();
  EXPECT_EQ(host.cells().size(), 0u);
}

// --- a clock that is ahead

TEST_F(Expiry, IsLookedForAgainWhenTheWinnerOfAKeyChanges) {
  // The peer's register is an hour ahead, so ours wins, which never expires; until its hour has nearly come.
  ASSERT_TRUE(peer_writes("k", 3'600'000).set("theirs", host.now().wall + 1s).has_value());
  host.set("k", "ours");
  hear(host, peer);
  look();
  EXPECT_EQ(host.get("k"), "ours");
  pass(1h - crdt::clock_bound - 1ms);
  look();
  EXPECT_EQ(host.get("k"), "ours");
  pass(1ms);
  EXPECT_EQ(host.get("k"), std::nullopt);
  EXPECT_FALSE(host.cells().empty());
  look();
  EXPECT_TRUE(host.cells().empty());
}

TEST_F(Expiry, OfAWinnerThatWillLoseIsLookedForOnlyThen) {
  // With both clocks ahead the later wins, until the sooner one is accepted.
  ASSERT_TRUE(peer_writes("k", 7'200'000).set("later", host.now().wall + 2h).has_value());
  crdt::Keyspace third(replica_named('c'));
  crdt::Keyspace::Key key = third.key("k", host.now().wall + 1h);
  ASSERT_TRUE(crdt::KeyWriter<crdt::Keyspace::Key>(key, host.now().wall + 1h).set("sooner", {}).has_value());
  hear(host, peer);
  hear(host, third);
  EXPECT_EQ(host.get("k"), "later");
  pass(1h);
  look();
  EXPECT_EQ(host.get("k"), "sooner");
  host.on("k", [](KeyAccess& access) { EXPECT_EQ(access.deadline(), std::nullopt); });
  pass(1h + expiry_by_another_after);
  look();
  EXPECT_TRUE(host.cells().empty()) << "the later one won again, and is over";
}

TEST_F(Expiry, AWriteOfAClockThatIsAheadIsCountedOnce) {
  ASSERT_TRUE(peer_writes("k", crdt::clock_bound / 1ms).set("just in bounds", {}).has_value());
  hear(host, peer);
  EXPECT_EQ(host->writes_ahead(), 0u);
  ASSERT_TRUE(peer_writes("k", crdt::clock_bound / 1ms + 1).set("ahead", {}).has_value());
  hear(host, peer);
  apply(host, peer.delta_beyond({}));
  EXPECT_EQ(host->writes_ahead(), 1u);
}

}  // namespace
}  // namespace skerry::sync
