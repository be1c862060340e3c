// Commands on one key: named cases.
#include "crdt/key_writer.h"

#include <gtest/gtest.h>

#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

using core::ErrorCode;

const WallTime in_10 = at_seconds(1010);

TEST_F(TwoRegions, O5DifferentFieldsDoNotMeet) {
  ASSERT_TRUE(east("h")->hash_set("f1", "1"));
  ASSERT_TRUE(west("h")->hash_set("f2", "2"));
  sync();
  EXPECT_EQ(east("h").field("f1"), "1");
  EXPECT_EQ(east("h").field("f2"), "2");
}

TEST_F(TwoRegions, O6ARemovedFieldThatIsWrittenElsewhereStays) {
  ASSERT_TRUE(east("h")->hash_set("f", "old"));
  sync();
  EXPECT_EQ(east("h")->hash_remove("f"), true);
  ASSERT_TRUE(west("h")->hash_set("f", "v"));
  sync();
  EXPECT_EQ(east("h").field("f"), "v");
}

TEST_F(TwoRegions, AFieldCountsAsAStringDoes) {
  EXPECT_EQ(east("h")->hash_increment("n", 5), 5);
  EXPECT_EQ(east("h")->hash_increment_float("n", 0.5L), "5.5");
  ASSERT_TRUE(east("h")->hash_set("n", "x"));
  EXPECT_EQ(east("h")->hash_increment("n", 5).error().code, ErrorCode::not_a_number);
  EXPECT_EQ(east("h").field("n"), "x");
}

TEST_F(TwoRegions, OtherKindsAreRefusedAndNothingHappens) {
  ASSERT_TRUE(east("k")->set_add("m"));
  const auto before = events();
  EXPECT_EQ(east("k")->increment(1).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(east("k")->increment_float(1).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(east("k")->hash_set("f", "v").error().code, ErrorCode::wrong_type);
  EXPECT_EQ(east("k")->hash_remove("f").error().code, ErrorCode::wrong_type);
  EXPECT_EQ(east("k")->sorted_set_add("f", 1).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(east("k")->sorted_set_remove("m").error().code, ErrorCode::wrong_type);
  EXPECT_EQ(events(), before);
}

TEST_F(TwoRegions, SetReplacesAKeyOfAnyKind) {
  ASSERT_TRUE(east("k")->hash_set("f", "v"));
  EXPECT_EQ(east("k")->hash_increment("n", 1), 1);
  sync();
  EXPECT_EQ(west("k")->hash_increment("n", 1), 2);
  ASSERT_TRUE(east("k")->set("string", {}));
  EXPECT_EQ(east("k").kind(), Kind::string);
  sync();
  EXPECT_EQ(east("k").string(), "string");
  EXPECT_EQ(east("k").field("f"), std::nullopt);
  EXPECT_EQ(east("k").field("n"), "1") << "hidden behind the string, the increment that the SET had not seen";
}

TEST_F(TwoRegions, TwoKindsUnderOneNameAreShownInAFixedOrder) {
  ASSERT_TRUE(east("k")->set_add("m"));
  ASSERT_TRUE(west("k")->set("v", {}));
  sync();
  EXPECT_EQ(east("k").kind(), Kind::string);
  EXPECT_EQ(east("k")->remove(), true);
  EXPECT_EQ(east("k").kind(), std::nullopt);
  sync();
  EXPECT_FALSE(west("k").contains("m")) << "hidden kinds go too";
}

TEST_F(TwoRegions, RemovingAKeyIsOneEventAndLeavesNothing) {
  for (const char* field : {"a", "b", "c"}) ASSERT_TRUE(east("h")->hash_set(field, "v"));
  EXPECT_EQ(east("h")->expire(in_10), true);
  const auto before = events();
  EXPECT_EQ(east("h")->remove(), true);
  EXPECT_EQ(events(), before + 1);
  EXPECT_TRUE(east_.cells().empty());
  sync();
  EXPECT_TRUE(west_.cells().empty());
  EXPECT_EQ(east("h")->remove(), false);
  EXPECT_EQ(events(), before + 1);
}

TEST_F(TwoRegions, RemovingAKeyAbsorbsTheIncrementsItSawAndNoOther) {
  EXPECT_EQ(west("h")->hash_increment("n", 10), 10);
  sync();
  EXPECT_EQ(west("h")->hash_increment("n", 1), 11);
  EXPECT_EQ(east("h")->remove(), true);
  EXPECT_EQ(east("h").kind(), std::nullopt);
  sync();
  EXPECT_EQ(east("h").field("n"), "1");
}

// A register that has absorbed increments carries their resets; when a range takes the register, they must stay.
TEST_F(TwoRegions, RemovingAKeyKeepsWhatItsRegistersHadAbsorbed) {
  EXPECT_EQ(west("h")->hash_increment("n", 10), 10);
  sync();
  ASSERT_TRUE(east("h")->hash_set("n", "5"));
  EXPECT_EQ(east("h")->remove(), true);
  EXPECT_EQ(west("h")->hash_increment("n", 1), 11);
  sync();
  EXPECT_EQ(east("h").field("n"), "1");
}

TEST_F(TwoRegions, OnlyResetsLeftIsNothingToRemove) {
  EXPECT_EQ(east("c")->increment(1), 1);
  EXPECT_EQ(east("c")->remove(), true);
  const auto before = events();
  EXPECT_EQ(east("c")->remove(), false);
  EXPECT_EQ(events(), before);
  EXPECT_EQ(east("c")->increment(1), 1);
}

TEST_F(TwoRegions, TheLastMemberTakesTheDeadlineWithIt) {
  ASSERT_TRUE(east("s")->set_add("a"));
  ASSERT_TRUE(east("s")->set_add("b"));
  EXPECT_EQ(east("s")->expire(in_10), true);
  EXPECT_EQ(east("s")->set_remove("a"), true);
  EXPECT_EQ(east("s").deadline(), in_10);
  EXPECT_EQ(east("s")->set_remove("b"), true);
  EXPECT_TRUE(east_.cells().empty());
}

TEST_F(TwoRegions, AMemberAddedUnderADeadlineKeepsItWhenTheKeyIsRemovedElsewhere) {
  ASSERT_TRUE(east("s")->set_add("a"));
  EXPECT_EQ(east("s")->expire(in_10), true);
  sync();
  EXPECT_EQ(east("s")->remove(), true);
  ASSERT_TRUE(west("s")->set_add("b"));
  sync();
  EXPECT_TRUE(east("s").contains("b"));
  EXPECT_EQ(east("s").deadline(), in_10);
}

TEST_F(TwoRegions, PersistAndAWriteLeaveNoDeadlineBehind) {
  ASSERT_TRUE(east("s")->set_add("a"));
  EXPECT_EQ(east("s")->expire(in_10), true);
  EXPECT_EQ(east("s")->expire(std::nullopt), true);
  const auto before = events();
  ASSERT_TRUE(east("s")->set_add("b"));
  EXPECT_EQ(events(), before + 1) << "there is no deadline to keep";
  EXPECT_EQ(east("s")->expire(in_10), true);
  EXPECT_EQ(east("s").deadline(), in_10);
}

TEST_F(TwoRegions, ADeadlineNeedsAKey) {
  EXPECT_EQ(east("k")->expire(in_10), false);
  EXPECT_EQ(east("k")->remove(), false);
  EXPECT_EQ(events(), 0u);
}

TEST_F(TwoRegions, AnExpiredHashIsRemovedBeforeItIsWritten) {
  ASSERT_TRUE(east("h")->hash_set("old", "v"));
  EXPECT_EQ(east("h")->hash_increment("n", 5), 5);
  EXPECT_EQ(east("h")->expire(in_10), true);
  EXPECT_EQ(east("h", 1020)->hash_remove("old"), false) << "readers do not see it";
  EXPECT_EQ(east("h", 1020)->hash_increment("n", 1), 1);
  EXPECT_EQ(east("h", 1020).field("old"), std::nullopt);
  EXPECT_EQ(east("h", 1020).field("n"), "1");
  EXPECT_EQ(east("h", 1020).deadline(), std::nullopt);
  sync();
}

TEST_F(TwoRegions, AnExpiredKeyOfOneKindMayBecomeAnother) {
  ASSERT_TRUE(east("k")->set("v", in_10));
  EXPECT_EQ(east("k")->set_add("m").error().code, ErrorCode::wrong_type);
  EXPECT_EQ(east("k", 1010)->set_add("m"), true);
  EXPECT_EQ(east("k", 1010).kind(), Kind::set);
  EXPECT_EQ(east("k", 1010).string(), std::nullopt);
}

}  // namespace
}  // namespace skerry::crdt
