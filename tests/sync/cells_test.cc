// What is found in the cache, in the rows of the store, and in both.
#include "sync/cells.h"

#include <gtest/gtest.h>

#include <map>

#include "crdt/payload.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;
using Names = std::vector<std::string>;

crdt::Cell member_cell(core::Sequence sequence) {
  crdt::Cell cell;
  cell.insert({replica_named('a'), sequence}, crdt::presence_payload({sequence}));
  return cell;
}
crdt::Cell string_cell(BytesView value) {
  crdt::Cell cell;
  cell.insert({replica_named('a'), 1}, crdt::register_payload({1}, std::nullopt, {}, value));
  return cell;
}

// A keyspace flushed these rows, and was then started again: nothing is cached.
struct SomeRows : testing::Test {
  SomeRows() {
    host.set("string", "v");
    for (const char* member : {"a", "b", "d"}) {
      host.on("set", [&](KeyAccess& key) { EXPECT_TRUE(key.write().set_add(member).has_value()); });
    }
    host.on("set", [&](KeyAccess& key) { EXPECT_TRUE(key.write().expire(host.now().wall + std::chrono::hours(1))); });
    {
      Transaction elsewhere = host.begin(1);
      EXPECT_TRUE(elsewhere.key("set").value().write().set_add("another space").has_value());
    }
    host.flush();
    replicas.index_of(replica_named('a'));
  }
  static constexpr Space space{0};
  CachedKey& key(BytesView name) { return *cells.key(space, name).value(); }
  // A change that is not in the store.
  void change(CachedKey& of, BytesView member, crdt::Cell cell) {
    CachedMember& found = *cells.member_to_change(of, Kind::set, member).value();
    of.make_members().of(Kind::set).remove(found.traits);
    found.slot.cell = std::move(cell);
    found.traits = traits_of(found.slot.cell);
    of.members->of(Kind::set).add(found.traits);
  }
  Names members(CachedKey& of, std::size_t count = SIZE_MAX) {
    Names names;
    const auto walked = cells.walk_members(of, Kind::set, [&](BytesView name, const crdt::Cell& cell) {
      EXPECT_FALSE(cell.empty());
      names.emplace_back(name);
      return names.size() < count;
    });
    EXPECT_TRUE(walked.has_value());
    return names;
  }
  Bytes member_address(BytesView name) { return core::encode({space, "set", Kind::set, name}); }

  Host host;
  ReplicaTable replicas;
  CellTable table{7, false};
  Flusher flusher{host.store(), table, replicas};
  Cells cells{host.store(), replicas, table, flusher};
};

TEST_F(SomeRows, GiveAKeyWithItsOwnCellsAndCounts) {
  EXPECT_EQ(crdt::register_value(key("string").string.cell.entries()[0].payload), "v");
  EXPECT_TRUE(key("string").present());
  EXPECT_TRUE(key("string").stored);
  CachedKey& set = key("set");
  EXPECT_TRUE(set.string.cell.empty());
  EXPECT_FALSE(set.expiry().empty());
  EXPECT_NE(set.due(), 0u);
  EXPECT_EQ(set.members->of(Kind::set), (KindCounts{.cells = 3, .present = 3, .tallied = 0, .leftover = 0}));
  EXPECT_FALSE(set.members->complete);
  EXPECT_NE(set.number, 0u);
  EXPECT_EQ(&key("set"), &set) << "it stays where it is";
}

TEST_F(SomeRows, GiveAKeyThatDoesNotExistAsAnEmptyOne) {
  CachedKey& nowhere = key("nowhere");
  EXPECT_TRUE(nowhere.vanished());
  EXPECT_FALSE(nowhere.stored);
  EXPECT_EQ(cells.member(nowhere, Kind::set, "m").value(), nullptr);
}

TEST_F(SomeRows, GiveAMemberWhereThereIsOne) {
  CachedKey& set = key("set");
  const CachedMember* member = cells.member(set, Kind::set, "a").value();
  ASSERT_NE(member, nullptr);
  EXPECT_TRUE(member->traits.present);
  EXPECT_EQ(cells.member(set, Kind::set, "a").value(), member);
  EXPECT_EQ(cells.member(set, Kind::set, "c").value(), nullptr);
  EXPECT_EQ(cells.member(set, Kind::hash, "a").value(), nullptr);
  EXPECT_EQ(cells.member(key("string"), Kind::set, "a").value(), nullptr);
}

TEST_F(SomeRows, GiveAnEmptyMemberToWhoWantsToChangeIt) {
  CachedKey& set = key("set");
  EXPECT_FALSE(cells.member_to_change(set, Kind::set, "a").value()->slot.cell.empty());
  CachedMember* made = cells.member_to_change(set, Kind::set, "c").value();
  EXPECT_TRUE(made->slot.cell.empty());
  EXPECT_EQ(cells.member(set, Kind::set, "c").value(), made);
}

TEST_F(SomeRows, GiveThePlaceOfACell) {
  const auto string = cells.place({space, "string", Kind::string, {}}, true).value();
  EXPECT_EQ(&string->slot(), &key("string").string);
  const auto expiry = cells.place({space, "set", Kind::expiry, {}}, true).value();
  EXPECT_EQ(&expiry->slot(), &key("set").expires->slot);
  const auto member = cells.place({space, "set", Kind::set, "a"}, true).value();
  EXPECT_EQ(&member->slot(), &cells.member(key("set"), Kind::set, "a").value()->slot);
  EXPECT_EQ(cells.place({space, "set", Kind::set, "c"}, true).value(), std::nullopt);
  EXPECT_TRUE(cells.place({space, "set", Kind::set, "c"}, false).value()->slot().cell.empty());
}

// --- walks: what is cached comes before what is stored, in one order

TEST_F(SomeRows, AreWalkedTogetherWithWhatIsCached) {
  CachedKey& set = key("set");
  EXPECT_EQ(members(set), (Names{"a", "b", "d"}));
  change(set, "c", member_cell(10));
  change(set, "b", {});  // removed, and its row is there still
  change(set, "e", member_cell(11));
  EXPECT_EQ(members(set), (Names{"a", "c", "d", "e"}));
  EXPECT_EQ(members(set, 2), (Names{"a", "c"}));
  EXPECT_EQ(members(set, 3), (Names{"a", "c", "d"}));
}

TEST_F(SomeRows, AreNotCachedByAWalk) {
  CachedKey& set = key("set");
  const std::size_t bytes = cells.table().bytes();
  members(set);
  EXPECT_EQ(cells.table().bytes(), bytes);
}

TEST_F(SomeRows, AreWalkedInTheCacheAloneOnceAllMembersAreLoaded) {
  CachedKey& set = key("set");
  change(set, "b", {});
  ASSERT_TRUE(cells.load_members(set).has_value());
  EXPECT_TRUE(set.members->complete);
  host.store().damage_row(member_address("a"));  // nobody reads it
  EXPECT_EQ(members(set), (Names{"a", "d"}));
  EXPECT_EQ(cells.member(set, Kind::set, "x").value(), nullptr);
  EXPECT_NE(cells.member(set, Kind::set, "d").value(), nullptr);
}

TEST_F(SomeRows, OfASpaceAreWalkedInTheOrderOfAddresses) {
  change(key("set"), "b", {});
  change(key("apple"), "new", member_cell(10));
  key("string").string.cell = string_cell("changed");
  std::map<Bytes, crdt::Cell> seen;
  Bytes before;
  const auto walk_from = [&](const Bytes& from) {
    seen.clear();
    before.clear();
    const auto walked = cells.walk_space(space, from, [&](BytesView address, const crdt::Cell& cell) {
      EXPECT_LT(before, address);
      before = address;
      seen.emplace(address, cell);
      return true;
    });
    EXPECT_TRUE(walked.has_value());
  };
  walk_from({});
  EXPECT_EQ(seen.size(), 5u) << "apple's and set's members, set's expiry, the string; no rows of keys";
  EXPECT_EQ(seen.begin()->first, core::encode({space, "apple", Kind::set, "new"}));
  EXPECT_EQ(seen.rbegin()->second, string_cell("changed"));
  walk_from(member_address("b"));
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen.begin()->first, member_address("d"));
}

TEST_F(SomeRows, AreListedByNumber) {
  const auto all = cells.numbered(space, 0, 10).value();
  EXPECT_EQ(all.names, (std::vector<Bytes>{"string", "set"}));
  const auto first = cells.numbered(space, 0, 1).value();
  EXPECT_EQ(first.names, std::vector<Bytes>{"string"});
  const auto second = cells.numbered(space, first.last, 10).value();
  EXPECT_EQ(second.names, std::vector<Bytes>{"set"});
  const auto none = cells.numbered(space, second.last, 10).value();
  EXPECT_TRUE(none.names.empty());
  EXPECT_EQ(none.last, second.last);
  EXPECT_TRUE(cells.numbered(space, UINT64_MAX, 10).value().names.empty());
}

// --- a damaged disk

TEST_F(SomeRows, ThatAreDamagedAreErrorsAndAreNotCached) {
  host.store().damage_row(member_address("b"));
  host.store().damage_row(core::encode({space, "string", Kind::row, {}}));
  EXPECT_EQ(cells.key(space, "string").error().code, ErrorCode::corrupt);
  EXPECT_EQ(cells.key(space, "string").error().code, ErrorCode::corrupt) << "the next one is told as well";
  EXPECT_EQ(cells.table().find(space, "string"), nullptr);

  CachedKey& set = key("set");
  EXPECT_NE(cells.member(set, Kind::set, "a").value(), nullptr);
  EXPECT_EQ(cells.member(set, Kind::set, "b").error().code, ErrorCode::corrupt);
  EXPECT_EQ(cells.member_to_change(set, Kind::set, "b").error().code, ErrorCode::corrupt);
  EXPECT_EQ(cells.load_members(set).error().code, ErrorCode::corrupt);
  EXPECT_FALSE(set.members->complete);
  const auto keep_on = [](BytesView, const crdt::Cell&) { return true; };
  EXPECT_EQ(cells.walk_members(set, Kind::set, keep_on).error().code, ErrorCode::corrupt);
  EXPECT_EQ(cells.walk_space(space, {}, keep_on).error().code, ErrorCode::corrupt);
}

TEST_F(SomeRows, OfReplicasThatNobodyKnowsAreErrors) {
  const ReplicaTable nobody;
  CellTable empty(7, false);
  Cells strangers(host.store(), nobody, empty, flusher);
  EXPECT_EQ(strangers.key(space, "string").error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace skerry::sync
