#include "sync/upkeep.h"

#include <gtest/gtest.h>

#include "crdt/expiry.h"
#include "crdt/payload.h"
#include "crdt/string.h"
#include "sync/cell_rows.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

const core::ReplicaId ours = replica_named('a');

// Cells that change as a replica changes them: the word before, the change, the word after.
struct AnUpkeep : testing::Test {
  const core::WallTime now = core::from_unix_milliseconds(1'000'000);

  crdt::Event next() {
    ++lsn;
    return {{ours, lsn}, {lsn << 16}};
  }
  template <class F>
  void change(CachedKey& key, Kind kind, F&& f) {
    const auto ranked = upkeep.changing(key, nullptr, now);
    f(kind == Kind::string ? key.string.cell : key.make_expires().slot.cell, next());
    upkeep.changed(state, key, kind, nullptr, ranked, lsn, now);
  }
  template <class F>
  void change(CachedKey& key, Kind kind, BytesView name, F&& f) {
    CachedMember* member = table.find(key, kind, name);
    if (member == nullptr) member = &table.add(key, kind, name);
    const auto ranked = upkeep.changing(key, member, now);
    f(member->slot.cell, next());
    upkeep.changed(state, key, kind, member, ranked, lsn, now);
  }
  void set(CachedKey& key, std::optional<core::WallTime> deadline = std::nullopt) {
    change(key, Kind::string, [&](auto& cell, const auto& event) { crdt::set_register(cell, event, "v", deadline); });
  }
  void empty(CachedKey& key) {
    change(key, Kind::string, [](auto& cell, const auto&) { cell.clear(); });
  }
  void increment(CachedKey& key) {
    change(key, Kind::string, [&](auto& cell, const auto& event) { EXPECT_TRUE(increment_by_one(cell, event)); });
  }
  bool increment_by_one(crdt::Cell& cell, const crdt::Event& event) {
    return crdt::increment(cell, event, 1, now).has_value();
  }
  void add(CachedKey& key, BytesView member) {
    change(key, Kind::set, member, [](auto& cell, const auto& event) { crdt::add_member(cell, event); });
  }
  void score(CachedKey& key, BytesView member, double score) {
    change(key, Kind::sorted_set, member, [&](auto& cell, const auto& event) { crdt::set_score(cell, event, score); });
  }

  MemoryStore store{MemoryStore::Mode::automatic};
  CellTable table{1, true};
  ReplicaTable replicas;
  Flusher flusher{store, table, replicas};
  DueKeys due_keys{store};
  Upkeep upkeep{ours, table, flusher, due_keys};
  SpaceState state{Space{1}, 1};
  CachedKey& k = table.add(Space{1}, "k");
  CachedKey& l = table.add(Space{1}, "l");
  Lsn lsn = 0;
};

TEST_F(AnUpkeep, CountsTheKeysThatReadersSee) {
  set(k);
  EXPECT_EQ(state.keys, 1u);
  EXPECT_EQ(state.keys_version, 1u);
  set(k);
  EXPECT_EQ(state.keys, 1u);
  EXPECT_EQ(state.keys_version, 1u) << "no key came or went";
  add(l, "m");
  EXPECT_EQ(state.keys, 2u);
  empty(k);
  EXPECT_EQ(state.keys, 1u);
  EXPECT_EQ(state.keys_version, lsn);
}

TEST_F(AnUpkeep, CountsMembersByKind) {
  add(k, "m");
  add(k, "n");
  add(k, "n");
  score(k, "m", 1);
  EXPECT_EQ(k.members->of(Kind::set), (KindCounts{.cells = 2, .present = 2, .tallied = 0, .leftover = 0}));
  EXPECT_EQ(k.members->of(Kind::sorted_set), (KindCounts{.cells = 1, .present = 1, .tallied = 0, .leftover = 0}));
  change(k, Kind::set, "m", [](auto& cell, const auto&) { cell.clear(); });
  EXPECT_EQ(k.members->of(Kind::set), (KindCounts{.cells = 1, .present = 1, .tallied = 0, .leftover = 0}));
}

TEST_F(AnUpkeep, CountsWhatARemovalMustResetAndWhatIsLeftOfThat) {
  increment(k);
  EXPECT_EQ(state.tallied, 1u);
  EXPECT_EQ(state.leftover, 0u);
  change(k, Kind::string, [](auto& cell, const auto& event) { crdt::remove_string(cell, event); });
  EXPECT_EQ(state.tallied, 0u);
  EXPECT_EQ(state.leftover, 1u);
  EXPECT_EQ(state.keys, 0u);
  change(l, Kind::hash, "f", [&](auto& cell, const auto& event) { EXPECT_TRUE(increment_by_one(cell, event)); });
  EXPECT_EQ(state.tallied, 1u);
  change(l, Kind::hash, "f", [](auto& cell, const auto&) { cell.clear(); });
  EXPECT_EQ(state.tallied, 0u);
}

TEST_F(AnUpkeep, GivesEachKeyItsVersionAndItsPlaceInTheOrderOfScan) {
  set(k);
  set(l);
  set(k);
  EXPECT_EQ(k.version, 3u);
  EXPECT_EQ(l.version, 2u);
  EXPECT_EQ(k.number, 1u);
  EXPECT_EQ(l.number, 2u);
  ASSERT_EQ(state.new_keys.size(), 2u);
  EXPECT_EQ(state.new_keys[0].key, &k);
  EXPECT_EQ(state.new_keys[1].number, 2u);
}

TEST_F(AnUpkeep, MakesDirtyWhatChangesAndItsKey) {
  add(k, "m");
  table.add(k, Kind::set, "untouched");
  EXPECT_TRUE(table.is_dirty(k));
  EXPECT_TRUE(table.is_dirty(*table.find(k, Kind::set, "m")));
  EXPECT_FALSE(table.is_dirty(*table.find(k, Kind::set, "untouched")));
  EXPECT_FALSE(table.is_dirty(l));
  EXPECT_FALSE(k.string_dirty);
  set(k);
  EXPECT_TRUE(k.string_dirty);
  EXPECT_FALSE(k.expiry_dirty);
}

TEST_F(AnUpkeep, WeighsWhatHasGrown) {
  set(k);
  const std::size_t before = table.bytes();
  change(k, Kind::string,
         [](auto& cell, const auto& event) { crdt::set_register(cell, event, Bytes(10'000, 'v'), std::nullopt); });
  EXPECT_GE(table.bytes(), before + 9'900);
}

// Whoever changes something that the flush under way has still to write, writes it first.
TEST_F(AnUpkeep, LetsTheFlushKeepWhatThereWas) {
  add(k, "m");
  set(k);
  store.append({1, lsn, "bytes", {}});
  flusher.begin(lsn, {});
  add(k, "m");
  empty(k);
  add(k, "after");
  while (!flusher.step()) {
    if (flusher.sweeping()) flusher.swept();
  }
  const auto string = store.read(core::encode({Space{1}, "k", Kind::string, {}})).value();
  ASSERT_TRUE(string.has_value());
  const auto member = store.read(core::encode({Space{1}, "k", Kind::set, "m"})).value();
  EXPECT_EQ(read_cell_row(*member, replicas)->entries()[0].dot.sequence, 1u);
  EXPECT_FALSE(store.read(core::encode({Space{1}, "k", Kind::set, "after"})).value());
}

TEST_F(AnUpkeep, KeepsARankingInOrder) {
  score(k, "a", 1);
  k.members->ranking = std::make_unique<Ranking>();
  k.members->ranking->insert(1, "a");
  score(k, "b", 0);
  score(k, "a", 2);
  score(k, "a", 2);
  const auto ranked = [&] {
    std::string text;
    for (const Ranking::Place& place : *k.members->ranking)
      text += place.member + std::to_string(static_cast<int>(place.score));
    return text;
  };
  EXPECT_EQ(ranked(), "b0a2");
  change(k, Kind::sorted_set, "b", [](auto& cell, const auto&) { cell.clear(); });
  EXPECT_EQ(ranked(), "a2");
  add(k, "b");  // of another kind
  EXPECT_EQ(ranked(), "a2");
}

TEST_F(AnUpkeep, TellsARankingWhenTimeAloneWillChangeIt) {
  score(k, "a", 1);
  k.members->ranking = std::make_unique<Ranking>();
  k.members->ranking->insert(1, "a");
  change(k, Kind::sorted_set, "a", [&](auto& cell, const auto&) {
    const auto far_ahead = static_cast<std::uint64_t>(core::unix_milliseconds(now) + 100'000) << 16;
    cell.insert({replica_named('b'), 1}, crdt::register_payload({far_ahead}, std::nullopt, {}, crdt::score_bytes(2)));
  });
  EXPECT_FALSE(k.members->ranking->stale(now));
  EXPECT_TRUE(k.members->ranking->stale(now + std::chrono::milliseconds(100'000)));
}

TEST_F(AnUpkeep, SaysWhenAKeyIsToBeLookedAtForExpiry) {
  const auto due_at = [&](core::WallTime time) { return due_keys.take(time, 10).value().size(); };
  set(k, now + std::chrono::milliseconds(50));
  EXPECT_EQ(k.due(), 1'000'050u);
  EXPECT_EQ(due_at(now), 0u);
  EXPECT_EQ(due_at(now + std::chrono::milliseconds(50)), 1u);
  set(k);
  EXPECT_EQ(k.due(), 0u);
  change(k, Kind::expiry, [&](auto& cell, const auto& event) {
    crdt::set_deadline(cell, event, now + std::chrono::milliseconds(70), k.string.cell);
  });
  EXPECT_EQ(k.due(), 1'000'070u);
  EXPECT_TRUE(k.expiry_dirty);
  empty(k);
  EXPECT_EQ(k.due(), 1u) << "a deadline of ours without a key goes on sight";
}

TEST_F(AnUpkeep, IsToldWhenAKeyIsToBeLookedAtAgain) {
  set(k);
  upkeep.due_changed(k, 0);
  EXPECT_EQ(k.expires, nullptr) << "as it was";
  upkeep.due_changed(k, 1'000'500);
  EXPECT_EQ(k.due(), 1'000'500u);
  EXPECT_EQ(due_keys.take(core::from_unix_milliseconds(1'000'500), 10).value().size(), 1u);
}

}  // namespace
}  // namespace skerry::sync
