// Deadlines: named cases.
#include "crdt/expiry.h"

#include <gtest/gtest.h>

#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

const WallTime in_10 = at_seconds(1010);
const WallTime in_50 = at_seconds(1050);

class TwoRegionsHoldingK : public TwoRegions {
 protected:
  void SetUp() override {
    ASSERT_TRUE(east("k")->set("1", {}));
    sync();
  }
};

TEST_F(TwoRegionsHoldingK, O12TheLongerOfTwoDeadlinesWins) {
  EXPECT_EQ(east("k")->expire(in_10), true);
  EXPECT_EQ(west("k")->expire(in_50), true);
  sync();
  EXPECT_EQ(east("k").deadline(), in_50);
}

TEST_F(TwoRegionsHoldingK, O13PersistIsTheLongest) {
  EXPECT_EQ(east("k")->expire(in_50), true);
  EXPECT_EQ(west("k")->expire(std::nullopt), true);
  sync();
  EXPECT_EQ(east("k").deadline(), std::nullopt);
  EXPECT_EQ(east("k").kind(), Kind::string);
}

TEST_F(TwoRegionsHoldingK, ALaterExpireMayShorten) {
  ASSERT_TRUE(east("k")->set("1", in_50));
  EXPECT_EQ(east("k")->expire(in_10), true);
  sync();
  EXPECT_EQ(west("k").deadline(), in_10);
}

TEST_F(TwoRegionsHoldingK, APlainSetEndsWithoutADeadlineWhateverIncrementsUnderOne) {
  EXPECT_EQ(east("k")->expire(in_50), true);
  sync();
  ASSERT_TRUE(east("k")->set("7", {}));
  EXPECT_EQ(west("k")->increment(1), 2);
  sync();
  EXPECT_EQ(east("k").string(), "8");
  EXPECT_EQ(east("k").deadline(), std::nullopt);
}

TEST_F(TwoRegionsHoldingK, AnIncrementUnderADeadlineKeepsItWhenTheKeyIsRemovedElsewhere) {
  ASSERT_TRUE(east("k")->set("1", in_50));
  sync();
  EXPECT_EQ(east("k")->remove(), true);
  EXPECT_EQ(west("k")->increment(1), 2);
  sync();
  EXPECT_EQ(east("k").string(), "1");
  EXPECT_EQ(east("k").deadline(), in_50);
}

TEST_F(TwoRegionsHoldingK, ADeadlineWithoutAKeyIsNotInherited) {
  EXPECT_EQ(east("k")->expire(in_50), true);
  EXPECT_EQ(west("k")->remove(), true);
  sync();
  EXPECT_EQ(east("k").kind(), std::nullopt);
  EXPECT_EQ(east("k")->increment(1), 1);
  EXPECT_EQ(east("k").deadline(), std::nullopt);
  sync();
  EXPECT_EQ(west("k").deadline(), std::nullopt);
}

TEST_F(TwoRegionsHoldingK, AnExpiredKeyIsRemovedByTheNextWrite) {
  EXPECT_EQ(east("k")->expire(in_10), true);
  EXPECT_EQ(east("k", 1009).kind(), Kind::string);
  EXPECT_EQ(east("k", 1010).kind(), std::nullopt);
  EXPECT_EQ(east("k", 1010)->increment(1), 1);
  EXPECT_EQ(east("k", 1011).string(), "1");
  EXPECT_EQ(east("k", 1011).deadline(), std::nullopt);
  sync();
}

TEST_F(TwoRegionsHoldingK, SetMayKeepTheDeadline) {
  EXPECT_EQ(east("k")->expire(in_10), true);
  ASSERT_TRUE(east("k")->set("2", KeepDeadline{}));
  EXPECT_EQ(east("k").deadline(), in_10);
  EXPECT_TRUE(east_.cell("k", Kind::expiry).empty());
  ASSERT_TRUE(east("k")->set("3", {}));
  EXPECT_EQ(east("k").deadline(), std::nullopt);
}

TEST_F(TwoRegionsHoldingK, TheWriterOfTheWinningDeadlineIsKnown) {
  const auto writer = [this] {
    return deadline_writer(east_.cell("k", Kind::string), east_.cell("k", Kind::expiry), at_seconds(1000));
  };
  EXPECT_EQ(writer(), std::nullopt);
  ASSERT_TRUE(east("k")->set("1", in_50));
  EXPECT_EQ(writer(), replica_number(1));
  sync();
  EXPECT_EQ(east("k")->expire(in_10), true);
  EXPECT_EQ(west("k")->expire(in_50), true);
  sync();
  EXPECT_EQ(writer(), replica_number(2));
}

TEST(EffectiveDeadline, OfAHashIsTheGreatestThatWasWritten) {
  Cell expiry;
  expiry.insert({replica_number(1), 1}, expiry_payload({}, in_10, {}));
  EXPECT_EQ(effective_deadline({}, expiry, at_seconds(1000)), in_10);
  expiry.insert({replica_number(2), 1}, expiry_payload({}, in_50, {}));
  EXPECT_EQ(effective_deadline({}, expiry, at_seconds(1000)), in_50);
  EXPECT_EQ(effective_deadline({}, {}, at_seconds(1000)), std::nullopt);
}

}  // namespace
}  // namespace skerry::crdt
