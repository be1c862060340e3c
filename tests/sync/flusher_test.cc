#include "sync/flusher.h"

#include <gtest/gtest.h>

#include <map>

#include "crdt/payload.h"
#include "sync/cell_rows.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using Rows = std::map<Bytes, Bytes>;

constexpr Space space{1};
const core::ReplicaId ours = replica_named('a');

struct AFlusher : testing::Test {
  AFlusher() { append_to(100); }

  // --- changes, as the rest of the replica makes them
  void set(CachedKey& key, BytesView value) {
    flusher.changing(key);
    key.string.cell.clear();
    if (!value.empty()) {
      ++sequence;
      key.string.cell.insert({ours, sequence}, crdt::register_payload({sequence}, std::nullopt, {}, value));
    }
    key.string_dirty = true;
    if (key.number == 0) key.number = ++numbered;
    table.dirtied(key);
  }
  CachedMember& add_member(CachedKey& key, BytesView name) {
    CachedMember& member = table.add(key, Kind::set, name);
    change(member, true);
    if (key.number == 0) key.number = ++numbered;
    return member;
  }
  void change(CachedMember& member, bool there) {
    flusher.changing(member);
    flusher.changing(*member.key);
    KindCounts& counts = member.key->make_members().of(Kind::set);
    counts.remove(member.traits);
    member.slot.cell.clear();
    ++sequence;
    if (there) member.slot.cell.insert({ours, sequence}, crdt::presence_payload({sequence}));
    member.traits = traits_of(member.slot.cell);
    counts.add(member.traits);
    table.dirtied(member);
    table.dirtied(*member.key);
  }
  void set_due(CachedKey& key, std::uint64_t due) {
    flusher.changing(key);
    key.make_expires().due = due;
    table.dirtied(key);
  }

  // --- the flush
  void append_to(Lsn last) {
    store.append({store.appended_to() + 1, last, "bytes", {}});
    store.sync();
  }
  // With nothing to sweep.
  bool step() {
    const bool complete = flusher.step();
    if (flusher.sweeping()) flusher.swept();
    return complete;
  }
  // Steps until the store has the flush.
  int hand_over() {
    int steps = 0;
    for (; !store.flushing() && steps < 1'000; ++steps) EXPECT_FALSE(step());
    EXPECT_TRUE(store.flushing());
    return steps;
  }
  void complete() {
    store.complete_flush();
    EXPECT_TRUE(flusher.step());
    EXPECT_FALSE(flusher.under_way());
  }
  void flush() {
    flusher.begin(100, {});
    hand_over();
    complete();
  }

  Rows rows() {
    Rows all;
    EXPECT_TRUE(store.scan({}, {}, [&](BytesView key, BytesView value) { return all.emplace(key, value).second; }));
    return all;
  }
  std::optional<std::string> stored_value(BytesView name) {
    const auto row = store.read(core::encode({space, name, Kind::string, {}})).value();
    if (!row) return std::nullopt;
    return std::string(crdt::register_value(read_cell_row(*row, replicas)->entries()[0].payload));
  }
  bool has(const Bytes& key) { return rows().contains(key); }

  MemoryStore store{MemoryStore::Mode::by_hand};
  CellTable table{1, true};
  ReplicaTable replicas;
  Flusher flusher{store, table, replicas};
  CachedKey& k = table.add(space, "k");
  core::Sequence sequence = 0;
  std::uint64_t numbered = 0;
};

TEST_F(AFlusher, WritesACellItsKeyAndItsPlaceInTheOrderOfScan) {
  set(k, "v");
  k.version = 7;
  flush();
  EXPECT_EQ(rows().size(), 3u);
  EXPECT_EQ(stored_value("k"), "v");
  EXPECT_TRUE(has(core::encode({space, "k", Kind::row, {}})));
  EXPECT_EQ(rows().at(number_row_key(space, 1)), number_row("k"));
  EXPECT_EQ(store.flushed_to(), 100u);
  EXPECT_FALSE(table.is_dirty(k));
  EXPECT_TRUE(k.stored);
}

TEST_F(AFlusher, TellsWhatItsRowsTakeUntilTheyAreStored) {
  set(k, Bytes(1'000, 'v'));
  EXPECT_EQ(flusher.bytes(), 0u);
  flusher.begin(100, {});
  hand_over();
  EXPECT_GT(flusher.bytes(), 1'000u);
  EXPECT_LT(flusher.bytes(), 2'000u);
  complete();
  EXPECT_EQ(flusher.bytes(), 0u);
}

TEST_F(AFlusher, WritesOnlyWhatHasChanged) {
  set(k, "v");
  CachedMember& member = add_member(k, "m");
  flush();
  const Bytes member_row = core::encode({space, "k", Kind::set, "m"});
  const Rows before = rows();
  change(member, false);
  flusher.begin(100, {});
  hand_over();
  store.write_flush();
  Rows expected = before;
  expected.erase(member_row);
  expected[core::encode({space, "k", Kind::row, {}})] = rows().at(core::encode({space, "k", Kind::row, {}}));
  EXPECT_EQ(rows(), expected);
  complete();
}

TEST_F(AFlusher, RemovesTheRowsOfAKeyThatHasVanished) {
  set(k, "v");
  CachedMember& member = add_member(k, "m");
  set_due(k, 500);
  flush();
  EXPECT_EQ(rows().size(), 5u);
  set(k, "");
  change(member, false);
  flush();
  EXPECT_TRUE(rows().empty());
  EXPECT_FALSE(k.stored);
  EXPECT_EQ(k.number, 0u) << "should it come back, SCAN meets it at a new place";
}

TEST_F(AFlusher, WritesNothingOfAKeyThatCameAndWentBetweenTwoFlushes) {
  set(k, "v");
  set(k, "");
  flush();
  EXPECT_TRUE(rows().empty());
}

TEST_F(AFlusher, MovesAKeyInTheIndexOfDueTimes) {
  set(k, "v");
  set_due(k, 500);
  flush();
  EXPECT_TRUE(has(due_row_key(500, k.prefix())));
  set_due(k, 700);
  flush();
  EXPECT_FALSE(has(due_row_key(500, k.prefix())));
  EXPECT_TRUE(has(due_row_key(700, k.prefix())));
  set_due(k, 0);
  flush();
  EXPECT_EQ(rows().size(), 3u);
}

// --- as of one lsn

TEST_F(AFlusher, WritesWhatThereWasWhenItBegan) {
  set(k, "before");
  flusher.begin(100, {});
  set(k, "after");
  CachedKey& later = table.add(space, "later");
  set(later, "v");
  hand_over();
  complete();
  EXPECT_EQ(stored_value("k"), "before");
  EXPECT_EQ(stored_value("later"), std::nullopt);
  EXPECT_TRUE(table.is_dirty(k));
  flush();
  EXPECT_EQ(stored_value("k"), "after");
  EXPECT_EQ(stored_value("later"), "v");
}

TEST_F(AFlusher, WritesAMemberThatIsChangedMeanwhileAsItWas) {
  CachedMember& member = add_member(k, "m");
  const crdt::Cell before = member.slot.cell;
  flusher.begin(100, {});
  change(member, false);
  hand_over();
  complete();
  const auto row = store.read(core::encode({space, "k", Kind::set, "m"})).value();
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(read_cell_row(*row, replicas).value(), before);
}

TEST_F(AFlusher, MixesNothingWhereverAChangeComesBetweenItsSteps) {
  for (int moment = 0; moment < 6; ++moment) {
    set(k, "before");
    const auto steps_on = [&](int steps) {
      for (int i = 0; i < steps && !store.flushing(); ++i) step();
    };
    flusher.begin(100, {});
    steps_on(moment);
    set(k, "after");
    hand_over();
    complete();
    EXPECT_EQ(stored_value("k"), "before") << "changed after step " << moment;
    flush();
    EXPECT_EQ(stored_value("k"), "after");
  }
}

TEST_F(AFlusher, WaitsUntilItsLsnIsDurable) {
  set(k, "v");
  store.append({101, 110, "bytes", {}});
  flusher.begin(110, {});
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(step());
  EXPECT_FALSE(store.flushing());
  EXPECT_TRUE(flusher.waits());
  store.sync();
  EXPECT_FALSE(flusher.waits());
  hand_over();
  EXPECT_TRUE(flusher.waits()) << "now for the disk";
  EXPECT_TRUE(table.is_dirty(k));
  complete();
  EXPECT_EQ(store.flushed_to(), 110u);
}

// A key's due time changes by time alone: then a flush is of the same lsn as the one before.
TEST_F(AFlusher, IsNotCompleteBeforeTheStoreSaysSoAlsoWithoutANewEvent) {
  set(k, "v");
  flush();
  set_due(k, 500);
  flusher.begin(100, {});
  hand_over();
  EXPECT_TRUE(flusher.waits());
  EXPECT_FALSE(flusher.step());
  EXPECT_TRUE(table.is_dirty(k)) << "evicted now, it would be read as it was";
  complete();
  EXPECT_FALSE(table.is_dirty(k));
}

TEST_F(AFlusher, TakesWhatIsSweptAlongUnlessADirtyItemHasTheSameRow) {
  set(k, "v");
  flush();
  set(k, "w");
  flusher.begin(100, {});
  while (!flusher.sweeping()) flusher.step();
  flusher.put_swept(core::encode({space, "k", Kind::string, {}}), std::nullopt);
  flusher.put_swept(core::encode({space, "another", Kind::set, "m"}), Bytes("row"));
  flusher.put_swept(number_row_key(space, 1), std::nullopt);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(flusher.step()) << "it waits for the owner";
  EXPECT_FALSE(store.flushing());
  flusher.swept();
  hand_over();
  complete();
  EXPECT_EQ(stored_value("k"), "w");
  EXPECT_EQ(rows().at(core::encode({space, "another", Kind::set, "m"})), "row");
  EXPECT_FALSE(has(number_row_key(space, 1))) << "this one had not changed";
}

TEST_F(AFlusher, WritesFactsWithItsRows) {
  set(k, "v");
  replicas.index_of(ours);
  flusher.begin(100, {{"fact", "value"}});
  hand_over();
  complete();
  EXPECT_EQ(store.row_fact("fact").value(), "value");
  EXPECT_EQ(store.row_fact(replica_fact_key(0)).value(), replica_fact(ours));
}

TEST_F(AFlusher, WritesNumbersOfReplicasThatAreStoredNoMore) {
  set(k, "v");
  replicas.index_of(ours);
  flusher.replicas_known(1);
  flush();
  EXPECT_EQ(store.row_fact(replica_fact_key(0)).value(), std::nullopt);
}

TEST_F(AFlusher, DoesNotHoldTheLoopHoweverMuchThereIs) {
  constexpr int keys = 5'000;
  for (int i = 0; i < keys; ++i) set(table.add(space, std::to_string(i * 7919 % keys)), std::to_string(i));
  flusher.begin(100, {});
  const int steps = hand_over();
  EXPECT_GE(steps, 10) << "15,000 rows";
  complete();
  EXPECT_EQ(rows().size(), 3u * keys);
  for (int i = 0; i < keys; ++i) ASSERT_EQ(stored_value(std::to_string(i * 7919 % keys)), std::to_string(i));
}

TEST_F(AFlusher, SortsItsRowsWithoutOneTwice) {
  for (int i = 0; i < 3'000; ++i) {
    CachedKey& key = table.add(space, std::to_string(i * 7919 % 3'000));
    set(key, "v");
    if (i % 3 == 0) add_member(key, "m");
  }
  flusher.begin(100, {});
  hand_over();
  Bytes before;
  store.write_flush();  // REQUIRES rows sorted by key, no key twice
  for (const auto& [key, value] : rows()) EXPECT_LT(std::exchange(before, key), key);
  EXPECT_EQ(rows().size(), 3u * 3'000 + 1'000);
}

}  // namespace
}  // namespace skerry::sync
