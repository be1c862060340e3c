// Sets: named cases.
#include "crdt/set.h"

#include <gtest/gtest.h>

#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

class TwoRegionsHoldingA : public TwoRegions {
 protected:
  void SetUp() override {
    ASSERT_TRUE(east("s")->set_add("a"));
    sync();
  }
};

TEST_F(TwoRegionsHoldingA, O3DifferentMembersDoNotMeet) {
  EXPECT_EQ(east("s")->set_remove("a"), true);
  EXPECT_EQ(west("s")->set_add("c"), true);
  sync();
  EXPECT_FALSE(east("s").contains("a"));
  EXPECT_TRUE(east("s").contains("c"));
}

TEST_F(TwoRegionsHoldingA, O4AnAddWinsOverARemovalThatDidNotSeeIt) {
  EXPECT_EQ(east("s")->set_remove("a"), true);
  EXPECT_EQ(west("s")->set_add("a"), false);
  sync();
  EXPECT_TRUE(east("s").contains("a"));
  EXPECT_TRUE(west("s").contains("a"));
}

TEST_F(TwoRegionsHoldingA, ARemovalOfWhatIsNotThereIsNoEvent) {
  const auto before = events();
  EXPECT_EQ(east("s")->set_remove("b"), false);
  EXPECT_EQ(east("other")->set_remove("a"), false);
  EXPECT_EQ(events(), before);
}

TEST_F(TwoRegionsHoldingA, AnAddOfWhatIsThereIsOne) {
  const auto before = events();
  EXPECT_EQ(east("s")->set_add("a"), false);
  EXPECT_EQ(events(), before + 1);
}

TEST(Member, IsOneDotHoweverOftenItWasAdded) {
  Cell cell;
  add_member(cell, {{replica_number(1), 1}, {}});
  add_member(cell, {{replica_number(1), 2}, {}});
  EXPECT_TRUE(is_member(cell));
  EXPECT_EQ(cell.size(), 1u);
}

}  // namespace
}  // namespace skerry::crdt
