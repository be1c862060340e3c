// How much a range removal does when it happens: next to nothing, whatever there was.  That the answers are right is
// proved by tests/sync/keyspace_model_test.cc.
#include "sync/ranges.h"

#include "sync/limits.h"
#include "tests/sync/counting_store.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

constexpr int many = 5'000;
constexpr std::size_t few_rows = 10;

// A key with many members, or many keys, all in rows; of which the cache holds next to nothing.
class Ranges : public testing::Test {
 protected:
  static constexpr std::size_t cache_bytes = 100'000;

  void start(RangeAims aims = {}) {
    keyspace_ = std::make_unique<Keyspace>(
        store_, Keyspace::Options{.self = replica_named('a'), .cache_bytes = cache_bytes, .ranges = aims});
    ASSERT_TRUE(keyspace_->load(at_milliseconds(0)).has_value());
  }
  Transaction begin() { return keyspace_->begin(Space{0}, at_milliseconds(0)); }
  SpaceState& state() { return keyspace_->state(Space{0}); }
  template <class F>
  auto on(const std::string& key, F&& f) {
    Transaction transaction = begin();
    return f(transaction.key(key).value());
  }
  void commit() {
    if (auto segment = keyspace_->take_segment()) store_.append(std::move(*segment));
  }
  void flush() {
    commit();
    do {
      keyspace_->flush_step(at_milliseconds(0));
    } while (store_.flushed_to() < keyspace_->staged_to());
    keyspace_->flush_step(at_milliseconds(0));
  }
  void add(const std::string& key, int first, int last) {
    for (int i = first; i < last; ++i) {
      on(key, [&](KeyAccess access) { return access.write().set_add("member " + std::to_string(i)).value(); });
      if (i % 500 == 0) flush();
    }
    flush();
  }
  void set_keys(int first, int last) {
    for (int i = first; i < last; ++i) {
      on("key " + std::to_string(i), [](KeyAccess access) { return access.write().set("v", {}).has_value(); });
      if (i % 500 == 0) flush();
    }
    flush();
  }
  std::uint64_t count(const std::string& key) {
    return on(key, [](KeyAccess access) { return access.count(); });
  }
  Bytes prefix_of(const std::string& key) {
    Bytes prefix;
    core::put_key_prefix(prefix, Space{0}, key);
    return prefix;
  }
  void peer_removes(const Bytes& prefix, const crdt::CausalContext& range) {
    ASSERT_TRUE(keyspace_->apply_range(state(), prefix, range).has_value());
    LogEntry entry;
    entry.type = EventType::range;
    entry.dot = {replica_named('b'), 1};
    entry.batch = {1, 1};
    entry.address = prefix;
    if (prefix.size() > 2) core::put_u8(entry.address, static_cast<std::uint8_t>(Kind::row));
    entry.range = range;
    ASSERT_TRUE(keyspace_->record(state(), entry).has_value());
  }

  CountingStore store_;
  std::unique_ptr<Keyspace> keyspace_;
};

TEST_F(Ranges, RemovingAKeyReadsNoMemberAndChangesNone) {
  start();
  add("k", 0, many);
  ASSERT_EQ(count("k"), std::uint64_t{many});
  store_.reset();
  EXPECT_TRUE(on("k", [](KeyAccess access) { return access.write().remove().value(); }));
  EXPECT_EQ(on("k", [](KeyAccess access) { return access.kind(); }), std::nullopt);
  EXPECT_FALSE(on("k", [](KeyAccess access) { return access.contains("member 7").value(); }));
  EXPECT_EQ(begin().size(), 0u);
  EXPECT_LE(store_.rows_read(), few_rows);
  EXPECT_FALSE(keyspace_->full());
}

TEST_F(Ranges, WhatIsAddedAfterwardsIsAllThereIs) {
  start();
  add("k", 0, many);
  on("k", [](KeyAccess access) { return access.write().remove().value(); });
  on("k", [](KeyAccess access) { return access.write().set_add("member 7").value(); });
  EXPECT_EQ(count("k"), 1u);
  std::vector<std::string> members;
  on("k", [&](KeyAccess access) {
    return access.for_each_member([&](BytesView member) { return members.emplace_back(member), true; }).has_value();
  });
  EXPECT_EQ(members, std::vector<std::string>{"member 7"});
}

// Each is as large as a message may say, and no two share a dot: an honest peer never sends such.
TEST_F(Ranges, HoldMoreTogetherThanOneMayHold) {
  const auto comb = [](core::Sequence begin) {
    crdt::CausalContext context;
    for (core::Sequence i = 0; i < context_intervals_max; ++i) context.add({replica_named('c'), begin + 2 * i});
    return context;
  };
  start();
  add("k", 0, many);
  set_keys(0, 10);
  for (const Bytes& prefix : {prefix_of("k"), Bytes("\0\0", 2)}) {
    ASSERT_TRUE(keyspace_->apply_range(state(), prefix, comb(1)).has_value());
    ASSERT_TRUE(keyspace_->apply_range(state(), prefix, comb(1'000'000)).has_value());
  }
  set_keys(10, 11);  // an event, so that there is something to flush
  keyspace_.reset();
  start();
  EXPECT_EQ(count("k"), std::uint64_t{many});
  EXPECT_EQ(begin().size(), 12u);
}

TEST_F(Ranges, RemovingASpaceReadsNoKeyAndChangesNone) {
  start();
  set_keys(0, many);
  ASSERT_EQ(begin().size(), std::uint64_t{many});
  store_.reset();
  EXPECT_TRUE(begin().remove_all().has_value());
  EXPECT_EQ(begin().size(), 0u);
  EXPECT_EQ(on("key 7", [](KeyAccess access) { return access.kind(); }), std::nullopt);
  EXPECT_LE(store_.rows_read(), few_rows);
  EXPECT_FALSE(keyspace_->full());
}

TEST_F(Ranges, OfAPeersRemovalOnlyWhatThePeerHadNotSeenIsLookedAt) {
  start();
  add("k", 0, many);
  const crdt::CausalContext seen = state().context;
  add("k", many, many + 3);
  on("k", [](KeyAccess access) { return access.write().set_remove("member 5001").value(); });
  store_.reset();
  peer_removes(prefix_of("k"), seen);
  EXPECT_EQ(count("k"), 2u);
  EXPECT_TRUE(on("k", [](KeyAccess access) { return access.contains("member 5002").value(); }));
  EXPECT_LE(store_.rows_read(), few_rows);
}

TEST_F(Ranges, OfAPeersFlushOnlyWhatThePeerHadNotSeenIsLookedAt) {
  start();
  set_keys(0, many);
  const crdt::CausalContext seen = state().context;
  set_keys(many, many + 3);
  store_.reset();
  peer_removes(Bytes(2, '\0'), seen);
  EXPECT_EQ(begin().size(), 3u);
  std::set<std::string> scanned;
  EXPECT_EQ(begin().scan(0, 100, [&](BytesView key, Kind) { scanned.emplace(key); }).value(), 0u);
  EXPECT_EQ(scanned, (std::set<std::string>{"key 5000", "key 5001", "key 5002"}));
  EXPECT_LE(store_.rows_read(), 3 * few_rows);
}

TEST_F(Ranges, TooFarBackEveryMemberIsCounted) {
  start({.unseen_entries = 2});
  add("k", 0, many);
  const crdt::CausalContext seen = state().context;
  add("k", many, many + 3);
  store_.reset();
  peer_removes(prefix_of("k"), seen);
  EXPECT_EQ(count("k"), 3u);
  EXPECT_GT(store_.rows_read(), std::size_t{many} / 2);
}

TEST_F(Ranges, ReplayDoesNoMoreThanTheRemovalDid) {
  start();
  add("k", 0, many);
  set_keys(0, many);
  on("k", [](KeyAccess access) { return access.write().remove().value(); });
  EXPECT_TRUE(begin().remove_all().has_value());
  commit();
  store_.reset();
  start();
  EXPECT_LE(store_.rows_read(), few_rows);
  EXPECT_EQ(begin().size(), 0u);
  EXPECT_EQ(count("k"), 0u);
}

// An image that is written with the segment, because no event of it has the cell, comes behind the removal.
TEST_F(Ranges, WhatWasJoinedInTheSameTurnIsRemovedAfterACrashToo) {
  start({.removed_at_once = 0});
  on("k", [](KeyAccess access) { return access.write().set_add("m").value(); });
  on("k", [](KeyAccess access) { return access.write().set_add("n").value(); });
  commit();
  const Bytes address = core::encode({Space{0}, "k", Kind::set, "m"});
  crdt::Cell theirs = keyspace_->cell(state(), address).value();
  theirs.insert({replica_named('b'), 1}, theirs.entries().front().payload);
  crdt::CausalContext seen = state().context;
  seen.add({replica_named('b'), 1});
  LogEntry entry;
  entry.dot = {replica_named('b'), 1};
  entry.batch = {1, 1};
  entry.address = address;
  ASSERT_TRUE(keyspace_->join_cell(state(), address, theirs, seen, at_milliseconds(0)).has_value());
  ASSERT_TRUE(keyspace_->record(state(), entry).has_value());
  commit();
  crdt::CausalContext one;
  one.add({replica_named('b'), 1});
  ASSERT_TRUE(keyspace_->join_cell(state(), address, {}, one, at_milliseconds(0)).has_value());
  EXPECT_TRUE(on("k", [](KeyAccess access) { return access.write().remove().value(); }));
  commit();
  start();
  EXPECT_EQ(count("k"), 0u);
  EXPECT_EQ(keyspace_->cell(state(), address).value(), crdt::Cell());
}

TEST_F(Ranges, AKeyWithFewMembersLeavesNothingToSweep) {
  start();
  add("k", 0, static_cast<int>(removed_at_once));
  on("k", [](KeyAccess access) { return access.write().remove().value(); });
  EXPECT_FALSE(keyspace_->sweeps());
}

}  // namespace
}  // namespace skerry::sync
