#include "sync/due_keys.h"

#include <gtest/gtest.h>

#include "crdt/expiry.h"
#include "crdt/string.h"
#include "sync/cell_rows.h"
#include "sync/limits.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

const core::ReplicaId ours = replica_named('a');
const core::ReplicaId theirs = replica_named('b');
constexpr std::uint64_t by_another = std::chrono::milliseconds(expiry_by_another_after).count();

core::WallTime at(std::int64_t milliseconds) {
  return core::from_unix_milliseconds(milliseconds);
}
crdt::Event event_of(const core::ReplicaId& replica, core::Sequence sequence) {
  return {{replica, sequence}, {sequence << 16}};
}

// --- when a key is due

struct AKey : testing::Test {
  void set(const core::ReplicaId& by, std::optional<core::WallTime> deadline) {
    crdt::set_register(key.string.cell, event_of(by, ++sequence), "v", deadline);
    key.string_traits = traits_of(key.string.cell);
  }
  void expire(const core::ReplicaId& by, core::WallTime deadline) {
    crdt::set_deadline(key.make_expires().slot.cell, event_of(by, ++sequence), deadline, key.string.cell);
  }
  std::uint64_t due() { return due_of(key, ours, at(0)); }

  CellTable table{1, true};
  CachedKey& key = table.add(Space{1}, "k");
  core::Sequence sequence = 0;
};

TEST_F(AKey, WithoutADeadlineIsNeverDue) {
  EXPECT_EQ(due(), 0u);
  set(ours, std::nullopt);
  EXPECT_EQ(due(), 0u);
}
TEST_F(AKey, IsDueAtItsDeadlineWhereThatWasWritten) {
  set(ours, at(500));
  EXPECT_EQ(due(), 500u);
  expire(ours, at(700));
  EXPECT_EQ(due(), 700u);
}
TEST_F(AKey, IsDueLongAfterItsDeadlineWhereAnotherWroteIt) {
  set(theirs, at(500));
  EXPECT_EQ(due(), 500 + by_another);
  expire(ours, at(700));
  EXPECT_EQ(due(), 700u);
  expire(theirs, at(800));
  EXPECT_EQ(due(), 800 + by_another);
}
TEST_F(AKey, IsDueAtOnceWhenItIsADeadlineOfOursWithoutAKey) {
  expire(theirs, at(500));
  EXPECT_EQ(due(), 1 + by_another) << "its stamp tells when it was written";
  expire(ours, at(500));
  EXPECT_EQ(due(), 1u);
}
TEST_F(AKey, ThatWasDueBeforeTimeBeganIsDueAtItsFirstInstant) {
  set(ours, at(-5));
  EXPECT_EQ(due(), 1u);  // 0 would be never
}

// --- the keys that are due

struct SomeKeys : testing::Test {
  CachedKey& key_due(const std::string& name, std::uint64_t due) {
    CachedKey* key = table.find(Space{1}, name);
    if (key == nullptr) key = &table.add(Space{1}, name);
    key->make_expires().due = due;
    table.dirtied(*key);
    keys.changed(*key);
    return *key;
  }
  void store_row(const std::string& name, std::uint64_t due) {
    Bytes prefix;
    core::put_key_prefix(prefix, Space{1}, name);
    store.flush({0, {{due_row_key(due, prefix), due_row()}}, {}});
  }
  std::vector<std::string> take(std::int64_t now, std::size_t count = 100) {
    std::vector<std::string> names;
    const auto taken = keys.take(at(now), count);
    EXPECT_TRUE(taken.has_value());
    for (const DueKeys::Due& due : taken.value()) {
      EXPECT_EQ(due.space, Space{1});
      EXPECT_LE(due.due, static_cast<std::uint64_t>(now));
      names.push_back(due.name);
    }
    return names;
  }
  using Names = std::vector<std::string>;

  MemoryStore store{MemoryStore::Mode::automatic};
  CellTable table{1, true};
  DueKeys keys{store};
};

TEST_F(SomeKeys, AreGivenOnceEachWhenTheirTimeHasComeTheEarliestFirst) {
  key_due("late", 300);
  key_due("early", 100);
  key_due("between", 200);
  EXPECT_EQ(take(99), Names());
  EXPECT_EQ(take(250), (Names{"early", "between"}));
  EXPECT_EQ(take(250), Names());
  EXPECT_EQ(take(300), Names{"late"});
}

TEST_F(SomeKeys, AreGivenByTheirLatestDueTime) {
  key_due("k", 100);
  key_due("k", 300);
  EXPECT_EQ(take(200), Names());
  EXPECT_EQ(take(300), Names{"k"});
  key_due("k", 100);
  key_due("k", 0);  // never
  EXPECT_EQ(take(1000), Names());
}

TEST_F(SomeKeys, AreGivenAFewAtATime) {
  for (const std::uint64_t due : {1, 2, 3}) key_due(std::to_string(due), due);
  EXPECT_EQ(take(10, 2), (Names{"1", "2"}));
  EXPECT_EQ(take(10, 2), Names{"3"});
}

TEST_F(SomeKeys, StayWhileTheirFlushIsUnderWay) {
  key_due("frozen", 100);
  keys.freeze();
  key_due("changed", 50);
  EXPECT_EQ(take(100), (Names{"frozen", "changed"}));
}

TEST_F(SomeKeys, OfTheStoreAreGivenOnceAFlush) {
  store_row("a", 100);
  store_row("b", 200);
  store_row("c", 300);
  EXPECT_EQ(take(200), (Names{"a", "b"}));
  EXPECT_EQ(take(200), Names());
  EXPECT_EQ(take(300), Names{"c"});
  keys.freeze();
  keys.flushed();
  EXPECT_EQ(take(300), (Names{"a", "b", "c"}));  // their rows are there still
}

TEST_F(SomeKeys, OfTheStoreAreGivenAFewAtATime) {
  for (const std::uint64_t due : {1, 2, 3}) store_row(std::to_string(due), due);
  EXPECT_EQ(take(10, 2), (Names{"1", "2"}));
  EXPECT_EQ(take(10, 2), Names{"3"});
  EXPECT_EQ(take(10, 2), Names());
}

TEST_F(SomeKeys, BeginWithThoseThatTheStoreDoesNotHaveYet) {
  store_row("stored", 1);
  key_due("changed", 2);
  EXPECT_EQ(take(10, 1), Names{"changed"});
  EXPECT_EQ(take(10, 1), Names{"stored"});
}

TEST_F(SomeKeys, OfADamagedStoreAreAnError) {
  store_row("a", 100);
  Bytes prefix;
  core::put_key_prefix(prefix, Space{1}, "a");
  store.damage_row(due_row_key(100, prefix));
  const auto taken = keys.take(at(200), 10);
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, core::ErrorCode::corrupt);
}

}  // namespace
}  // namespace skerry::sync
