#include "sync/cell_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crdt/payload.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using Names = std::vector<std::string>;

const core::ReplicaId ours = replica_named('a');

crdt::Cell cell_with(std::vector<Bytes> payloads) {
  crdt::Cell cell;
  core::Sequence sequence = 0;
  for (const Bytes& payload : payloads) cell.insert({ours, ++sequence}, payload);
  return cell;
}
const crdt::Resets one_reset = {{ours, {.birth = 1, .count = 1, .sum = 1}}};
const Bytes presence = crdt::presence_payload({1});
const Bytes plain_register = crdt::register_payload({1}, std::nullopt, {}, "v");
const Bytes register_with_resets = crdt::register_payload({1}, std::nullopt, one_reset, "v");
const Bytes tally = crdt::tally_payload({1}, {.birth = 1, .count = 1, .sum = 1}, {});
const Bytes absorbed_by_resets = crdt::resets_payload({1}, one_reset);

// --- what counts need to know of a cell

TEST(CellTraits, AreThoseOfItsPayloads) {
  EXPECT_EQ(traits_of({}), (CellTraits{}));
  EXPECT_EQ(traits_of(cell_with({presence})), (CellTraits{.any = true, .present = true}));
  EXPECT_EQ(traits_of(cell_with({plain_register})), (CellTraits{.any = true, .present = true}));
  EXPECT_EQ(traits_of(cell_with({register_with_resets})), (CellTraits{.any = true, .present = true, .tallied = true}));
  EXPECT_EQ(traits_of(cell_with({tally})), (CellTraits{.any = true, .present = true, .tallied = true}));
  EXPECT_EQ(traits_of(cell_with({absorbed_by_resets})), (CellTraits{.any = true, .leftover = true}));
  EXPECT_EQ(traits_of(cell_with({tally, absorbed_by_resets})),
            (CellTraits{.any = true, .tallied = true, .leftover = true}))
      << "a tally that was absorbed shows nothing";
}

TEST(KindCounts, AreSumsOfTraits) {
  KindCounts counts;
  counts.add(traits_of(cell_with({tally})));
  counts.add(traits_of(cell_with({absorbed_by_resets})));
  EXPECT_EQ(counts, (KindCounts{.cells = 2, .present = 1, .tallied = 1, .leftover = 1}));
  counts.remove(traits_of(cell_with({tally})));
  counts.remove(traits_of({}));
  EXPECT_EQ(counts, (KindCounts{.cells = 1, .present = 0, .tallied = 0, .leftover = 1}));
}

// --- the table

struct ACellTable : testing::Test {
  static constexpr Space space{1};
  CachedKey& add(BytesView name) {
    CachedKey& key = table.add(space, name);
    key.stored = true;
    return key;
  }
  Names names() {
    Names all;
    table.for_each_key([&](const CachedKey& key) { all.emplace_back(key.name()); });
    return all;
  }
  // Nobody looks at anything meanwhile.
  void trim_to(std::size_t bytes) {
    for (int i = 0; i < 100 && table.bytes() > bytes; ++i) table.trim(bytes);
  }
  void flush() {
    for (CacheItem* item : table.freeze()) item->encoded = true;
    table.flushed();
  }
  CellTable table{42, true};
};

TEST_F(ACellTable, FindsAKeyByItsSpaceAndName) {
  const std::string zero("a\0b", 3);
  CachedKey& plain = table.add(space, "k");
  CachedKey& escaped = table.add(space, zero);
  CachedKey& empty = table.add(space, "");
  CachedKey& elsewhere = table.add(Space{2}, "k");
  EXPECT_EQ(table.find(space, "k"), &plain);
  EXPECT_EQ(table.find(space, zero), &escaped);
  EXPECT_EQ(table.find(space, ""), &empty);
  EXPECT_EQ(table.find(Space{2}, "k"), &elsewhere);
  EXPECT_EQ(table.find(Space{2}, ""), nullptr);
  for (const CachedKey* key : {&plain, &escaped, &empty, &elsewhere}) {
    Bytes prefix;
    core::put_key_prefix(prefix, key->space, key->name());
    EXPECT_EQ(key->prefix(), prefix);
  }
  EXPECT_EQ(escaped.name(), zero);
  EXPECT_EQ(names(), (Names{"k", zero, "", "k"}));
}

TEST_F(ACellTable, FindsAMemberByItsKeyKindAndName) {
  CachedKey& key = table.add(space, "k");
  CachedKey& other = table.add(space, "l");
  CachedMember& field = table.add(key, Kind::hash, "m");
  CachedMember& member = table.add(key, Kind::set, "m");
  EXPECT_EQ(table.find(key, Kind::hash, "m"), &field);
  EXPECT_EQ(table.find(key, Kind::set, "m"), &member);
  EXPECT_EQ(table.find(key, Kind::sorted_set, "m"), nullptr);
  EXPECT_EQ(table.find(other, Kind::hash, "m"), nullptr);
  Bytes address;
  member.put_address(address);
  EXPECT_EQ(address, core::encode({space, "k", Kind::set, "m"}));
}

TEST_F(ACellTable, HoldsMoreKeysThanItBeganWith) {
  for (int i = 0; i < 5'000; ++i) table.add(space, std::to_string(i));
  for (int i = 0; i < 5'000; ++i) ASSERT_NE(table.find(space, std::to_string(i)), nullptr);
  EXPECT_EQ(names().size(), 5'000u);
}

// --- generations

TEST_F(ACellTable, AnItemIsDirtyUntilTheFlushOfItsGenerationIsComplete) {
  CachedKey& key = add("k");
  EXPECT_FALSE(table.is_dirty(key));
  EXPECT_FALSE(table.has_dirty());
  table.dirtied(key);
  table.dirtied(key);
  EXPECT_TRUE(table.is_dirty(key));
  const auto frozen = table.freeze();
  EXPECT_EQ(frozen, std::vector<CacheItem*>{&key});
  EXPECT_FALSE(table.has_dirty());
  EXPECT_TRUE(table.is_dirty(key));
  EXPECT_TRUE(table.waits_to_be_encoded(key));
  key.encoded = true;
  EXPECT_FALSE(table.waits_to_be_encoded(key));
  table.flushed();
  EXPECT_FALSE(table.is_dirty(key));
}

TEST_F(ACellTable, AnItemThatIsChangedDuringAFlushBelongsToTheNext) {
  CachedKey& key = add("k");
  table.dirtied(key);
  table.freeze();
  key.encoded = true;
  table.dirtied(key);
  EXPECT_FALSE(table.waits_to_be_encoded(key));
  table.flushed();
  EXPECT_TRUE(table.is_dirty(key));
  EXPECT_EQ(table.freeze(), std::vector<CacheItem*>{&key});
  EXPECT_TRUE(table.waits_to_be_encoded(key));
}

TEST(CellTableDeathTest, AnItemMustBeEncodedBeforeItIsChanged) {
  CellTable table{42, true};
  CachedKey& key = table.add(Space{1}, "k");
  table.dirtied(key);
  table.freeze();
  EXPECT_DEATH(table.dirtied(key), "");
  EXPECT_DEATH(table.freeze(), "");
}

// --- memory

TEST_F(ACellTable, WeighsItsItemsAndThoseThatAreDirty) {
  CachedKey& key = add("k");
  const std::size_t small = table.bytes();
  EXPECT_GT(small, sizeof(CachedKey));
  key.string.cell = cell_with({crdt::register_payload({1}, std::nullopt, {}, Bytes(10'000, 'v'))});
  table.resized(key);
  EXPECT_GT(table.bytes(), small + 10'000);
  EXPECT_EQ(table.dirty_bytes(), 0u);
  table.dirtied(key);
  EXPECT_EQ(table.dirty_bytes(), table.bytes());
  key.string.cell.clear();
  key.string.cell = {};
  table.resized(key);
  EXPECT_LT(table.dirty_bytes(), small + 1'000);
  CachedMember& member = table.add(key, Kind::set, "m");
  EXPECT_GT(table.bytes(), small + sizeof(CachedMember));
  EXPECT_LT(table.dirty_bytes(), table.bytes()) << "the member is clean";
  table.dirtied(member);
  flush();
  EXPECT_EQ(table.dirty_bytes(), 0u);
}

TEST_F(ACellTable, EvictsWhatIsCleanAndNeverWhatIsDirty) {
  for (const char* name : {"a", "b", "c"}) add(name);
  table.dirtied(*table.find(space, "b"));
  trim_to(0);
  EXPECT_EQ(names(), Names{"b"});
  table.freeze();
  trim_to(0);
  EXPECT_EQ(names(), Names{"b"}) << "its flush is under way";
  table.flushed();
  trim_to(0);
  EXPECT_EQ(names(), Names());
  EXPECT_EQ(table.bytes(), 0u);
}

TEST_F(ACellTable, EvictsOnlyAsMuchAsIsTooMuch) {
  for (int i = 0; i < 100; ++i) add(std::to_string(i));
  const std::size_t half = table.bytes() / 2;
  trim_to(half);
  EXPECT_LE(table.bytes(), half);
  EXPECT_GT(table.bytes(), half - half / 10);
  const std::size_t before = table.bytes();
  table.trim(before);
  EXPECT_EQ(table.bytes(), before);
}

TEST_F(ACellTable, GivesASecondChanceToWhatSomebodyLookedAt) {
  for (const char* name : {"a", "b", "c", "d"}) add(name);
  const std::size_t one = table.bytes() / 4;
  table.find(space, "a");
  table.find(space, "c");
  trim_to(2 * one);
  EXPECT_NE(table.find(space, "a"), nullptr);
  EXPECT_NE(table.find(space, "c"), nullptr);
  EXPECT_EQ(table.find(space, "b"), nullptr);
  EXPECT_EQ(table.find(space, "d"), nullptr);
}

TEST_F(ACellTable, LooksAtABoundedNumberOfItemsATime) {
  for (int i = 0; i < 10'000; ++i) add(std::to_string(i));
  table.trim(table.bytes());  // nothing is too much, and nothing has been added from here on
  table.trim(0);
  EXPECT_LT(names().size(), 10'000u);
  EXPECT_GT(names().size(), 9'900u);
}

TEST_F(ACellTable, KeepsAKeyForAsLongAsItsMembers) {
  CachedKey& key = add("k");
  CachedMember& member = table.add(key, Kind::set, "m");
  member.slot.cell = cell_with({presence});
  member.traits = traits_of(member.slot.cell);
  table.dirtied(member);
  trim_to(0);
  EXPECT_EQ(table.find(space, "k"), &key);
  EXPECT_TRUE(key.members->complete);
  flush();
  const std::size_t all = table.bytes();
  table.trim(all - 1);
  table.trim(all - 1);
  ASSERT_EQ(table.find(space, "k"), &key);
  EXPECT_EQ(table.find(key, Kind::set, "m"), nullptr);
  EXPECT_EQ(key.members->newest, nullptr);
  EXPECT_FALSE(key.members->complete) << "the store has one that is not here";
  trim_to(0);
  EXPECT_EQ(names(), Names());
}

TEST_F(ACellTable, IsCompleteUntilAKeyThatTheStoreHasIsEvicted) {
  table.add(space, "nowhere");
  trim_to(0);
  EXPECT_TRUE(table.complete());
  add("stored");
  trim_to(0);
  EXPECT_FALSE(table.complete());
}

TEST_F(ACellTable, ForgetsAKeyThatCouldNotBeLoaded) {
  CachedKey& key = table.add(space, "k");
  table.add(space, "l");
  table.discard(key);
  EXPECT_EQ(table.find(space, "k"), nullptr);
  EXPECT_EQ(names(), Names{"l"});
}

TEST_F(ACellTable, KeepsTheLinksOfAKeysMembers) {
  CachedKey& key = add("k");
  for (const char* name : {"a", "b", "c"}) table.add(key, Kind::set, name);
  const auto linked = [&] {
    Names all;
    for (const CachedMember* member = key.members->newest; member != nullptr; member = member->next_of_key) {
      all.emplace_back(member->name());
    }
    return all;
  };
  EXPECT_EQ(linked(), (Names{"c", "b", "a"}));
  table.dirtied(*table.find(key, Kind::set, "a"));
  table.dirtied(*table.find(key, Kind::set, "c"));
  trim_to(0);
  EXPECT_EQ(linked(), (Names{"c", "a"}));
}

}  // namespace
}  // namespace skerry::sync
