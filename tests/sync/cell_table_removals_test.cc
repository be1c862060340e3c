#include <gtest/gtest.h>

#include "crdt/payload.h"
#include "sync/cell_table.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

class CellTableRemovals : public testing::Test {
 protected:
  CellTableRemovals() {
    removals_.epoch = 1;
    removals_.version = 9;
  }
  CachedMember& add(const std::string& name) {
    CachedMember& member = table_.add(key_, Kind::set, name);
    member.slot.cell.insert({replica_named('a'), next_++}, crdt::presence_payload({}));
    member.traits = traits_of(member.slot.cell);
    key_.members->of(Kind::set).add(member.traits);
    table_.resized(member);
    return member;
  }
  std::vector<std::string> cached() const {
    std::vector<std::string> names;
    for (const CachedMember* member = key_.members->newest; member != nullptr; member = member->next_of_key)
      names.emplace_back(member->name());
    return names;
  }

  SpaceRemovals removals_;  // the first one
  CellTable table_{1, true};
  CachedKey& key_ = table_.add(Space{0}, "k");
  core::Sequence next_ = 1;
};

TEST_F(CellTableRemovals, MembersGoWithoutBeingTouched) {
  CachedMember& member = add("m");
  add("n");
  table_.remove_members(key_);
  EXPECT_TRUE(key_.members->none());
  EXPECT_TRUE(key_.members->complete);
  EXPECT_EQ(cached(), std::vector<std::string>{});
  EXPECT_FALSE(member.slot.cell.empty());
  EXPECT_EQ(table_.find(key_, Kind::set, "m"), &member);
  table_.settle(member);
  EXPECT_TRUE(member.slot.cell.empty());
  EXPECT_EQ(cached(), std::vector<std::string>{"m"});
}

TEST_F(CellTableRemovals, OneThatSurvivesIsKeptAsItIs) {
  add("m");
  CachedMember& member = add("n");
  add("o");
  table_.remove_members(key_);
  table_.keep(member);
  EXPECT_EQ(cached(), std::vector<std::string>{"n"});
  EXPECT_FALSE(member.slot.cell.empty());
  add("p");
  table_.remove_members(key_);
  EXPECT_EQ(cached(), std::vector<std::string>{});
  table_.trim(0);
  EXPECT_EQ(table_.find(Space{0}, "k"), nullptr) << "what is gone does not hold the key in memory";
  EXPECT_EQ(table_.bytes(), 0u);
}

TEST_F(CellTableRemovals, AMemberOfTheFlushUnderWayIsWrittenAsItWasWhenThatBegan) {
  CachedMember& before = add("before");
  table_.remove_members(key_);
  CachedMember& alive = add("alive");
  table_.dirtied(key_);
  table_.dirtied(before);
  table_.dirtied(alive);
  table_.freeze();
  table_.remove_members(key_);
  table_.remove_members(key_);
  EXPECT_TRUE(table_.removed_when_frozen(before));
  EXPECT_FALSE(table_.removed_when_frozen(alive));
}

TEST_F(CellTableRemovals, AKeyOfAnOlderEpochOfItsSpaceIsEmptied) {
  add("m");
  key_.version = 3;
  key_.number = 5;
  key_.counted = key_.listed = true;
  table_.set_removals(Space{0}, removals_);
  ASSERT_LT(key_.epoch, table_.epoch(Space{0}));
  EXPECT_EQ(table_.epoch(Space{1}), 0u);
  table_.settle(key_);
  EXPECT_EQ(key_.epoch, 1u);
  EXPECT_TRUE(key_.vanished());
  EXPECT_EQ(key_.version, 9u);
  EXPECT_EQ(key_.number, 0u);
  EXPECT_FALSE(key_.counted || key_.listed);
  EXPECT_EQ(table_.add(Space{0}, "new").epoch, 1u);
}

TEST_F(CellTableRemovals, OneThatWasNeverThereKeepsItsVersion) {
  table_.set_removals(Space{0}, removals_);
  table_.settle(key_);
  EXPECT_EQ(key_.version, 0u);
}

TEST_F(CellTableRemovals, AKeyOfTheFlushUnderWayShowsWhatWasRemovedUntilThatBegan) {
  key_.string.cell.insert({replica_named('a'), 1}, crdt::presence_payload({}));
  table_.dirtied(key_);
  table_.freeze();
  table_.set_removals(Space{0}, removals_);
  table_.settle_frozen(key_);
  EXPECT_FALSE(key_.vanished());
}

TEST_F(CellTableRemovals, ALargeRankingIsFreedInSlices) {
  add("m");
  key_.members->ranking = std::make_unique<Ranking>();
  for (int i = 0; i < 10'000; ++i) key_.members->ranking->insert(i, std::to_string(i));
  table_.resized(key_);
  const std::size_t before = table_.bytes();
  table_.remove_members(key_);
  EXPECT_EQ(table_.bytes(), before) << "memory is counted for as long as it is there";
  table_.trim(SIZE_MAX);
  EXPECT_LT(table_.bytes(), before);
  EXPECT_GT(table_.bytes(), before / 2);
  for (int i = 0; i < 10; ++i) table_.trim(SIZE_MAX);
  EXPECT_LT(table_.bytes(), std::size_t{10'000});
}

TEST_F(CellTableRemovals, CountsKeysWhoseRowsMayShowWhatIsGone) {
  crdt::CausalContext range;
  range.add({replica_named('a'), 1});
  table_.set_pending(key_, range);
  table_.set_pending(key_, range);
  EXPECT_EQ(table_.pending_keys(), 1u);
  table_.set_pending(key_, {});
  EXPECT_EQ(table_.pending_keys(), 0u);
  EXPECT_FALSE(key_.pending());
}

}  // namespace
}  // namespace skerry::sync
