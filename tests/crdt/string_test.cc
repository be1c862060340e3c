// Strings, fields and scores: named cases.  What they promise in every short history is tests/crdt/histories_test.cc.
#include "crdt/string.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

using core::ErrorCode;

const WallTime now = at_seconds(1000);

Event event(std::uint8_t replica, Sequence sequence, std::int64_t seconds = 1000) {
  return {{replica_number(replica), sequence}, {static_cast<std::uint64_t>(seconds) * 1000 << 16}};
}

std::string shown(const Cell& cell) {
  Bytes scratch;
  return std::string(read_string(cell, now, scratch).value_or("nothing"));
}

Cell holding(BytesView value) {
  Cell cell;
  set_register(cell, event(1, 1), value, std::nullopt);
  return cell;
}

// --- the outcomes of notes on other stores that we copy (docs/semantics.md)

TEST_F(TwoRegions, O1TheLaterOfTwoSetsWins) {
  ASSERT_TRUE(east("k", 1000)->set("a", {}));
  ASSERT_TRUE(west("k", 1001)->set("b", {}));
  sync();
  EXPECT_EQ(east("k").string(), "b");
}

TEST_F(TwoRegions, O1WithEqualClocksTheGreaterReplicaWins) {
  ASSERT_TRUE(west("k")->set("b", {}));
  ASSERT_TRUE(east("k")->set("a", {}));
  sync();
  EXPECT_EQ(west("k").string(), "b");
}

TEST_F(TwoRegions, O2IncrementsAddUp) {
  EXPECT_EQ(east("c")->increment(7), 7);
  EXPECT_EQ(west("c")->increment(3), 3);
  sync();
  EXPECT_EQ(east("c").string(), "10");
}

TEST_F(TwoRegions, O7TheLaterScoreWins) {
  ASSERT_TRUE(east("z", 1000)->sorted_set_add("x", 1.1));
  ASSERT_TRUE(west("z", 1001)->sorted_set_add("x", 2.1));
  sync();
  EXPECT_EQ(east("z").score("x"), 2.1);
}

TEST_F(TwoRegions, O8ScoreIncrementsAddUp) {
  EXPECT_EQ(east("z")->sorted_set_increment("x", 1), 1);
  EXPECT_EQ(west("z")->sorted_set_increment("x", 1), 1);
  sync();
  EXPECT_EQ(west("z").score("x"), 2);
}

TEST_F(TwoRegions, O9OnlyTheUnseenIncrementSurvivesARemoval) {
  ASSERT_TRUE(east("z")->sorted_set_add("x", 4.1));
  sync();
  EXPECT_EQ(east("z")->sorted_set_remove("x"), true);
  ASSERT_TRUE(west("z")->sorted_set_increment("x", 2));
  sync();
  EXPECT_EQ(east("z").score("x"), 2);
}

TEST_F(TwoRegions, O16ASetAbsorbsWhatItSawAndUnseenIncrementsAdd) {
  ASSERT_TRUE(east("k")->increment(10));
  sync();
  EXPECT_EQ(east("k")->increment(1), 11);
  ASSERT_TRUE(west("k")->set("5", {}));
  sync();
  EXPECT_EQ(east("k").string(), "6");
  EXPECT_EQ(west("k").string(), "6");
}

TEST_F(TwoRegions, O17TheUnseenIncrementSurvivesADel) {
  ASSERT_TRUE(east("k")->increment(10));
  sync();
  EXPECT_EQ(east("k")->increment(1), 11);
  EXPECT_EQ(west("k")->remove(), true);
  sync();
  EXPECT_EQ(west("k").string(), "1");
}

TEST_F(TwoRegions, AnIncrementIsNotCountedAgainByItsOwnerAfterASetSawIt) {
  ASSERT_TRUE(east("k")->increment(10));
  sync();
  ASSERT_TRUE(west("k")->set("100", {}));
  sync();
  EXPECT_EQ(east("k")->increment(1), 101);
  sync();
  EXPECT_EQ(west("k").string(), "101");
}

// --- the winner and the clocks

TEST(WinningRegister, PrefersClocksThatAreNotFarAhead) {
  Cell cell;
  cell.insert(event(1, 1).dot, register_payload(event(1, 1, 1000).stamp, std::nullopt, {}, "right"));
  cell.insert(event(2, 1).dot, register_payload(event(2, 1, 1060).stamp, std::nullopt, {}, "just in bounds"));
  cell.insert(event(3, 1).dot, register_payload(event(3, 1, 1090).stamp, std::nullopt, {}, "ahead"));
  EXPECT_EQ(shown(cell), "just in bounds");
  EXPECT_EQ(winner_changes_at(cell, now), at_seconds(1030));
  EXPECT_EQ(register_value(winning_register(cell, at_seconds(1030))->payload), "ahead");
  EXPECT_EQ(winner_changes_at(cell, at_seconds(1030)), std::nullopt);
}

TEST(WinningRegister, IsTheLatestIfAllClocksAreFarAhead) {
  Cell cell;
  cell.insert(event(1, 1).dot, register_payload(event(1, 1, 5000).stamp, std::nullopt, {}, "later"));
  cell.insert(event(2, 1).dot, register_payload(event(2, 1, 4000).stamp, std::nullopt, {}, "sooner"));
  EXPECT_EQ(shown(cell), "later");
  EXPECT_EQ(winner_changes_at(cell, now), at_seconds(3940));
  EXPECT_EQ(register_value(winning_register(cell, at_seconds(3940))->payload), "sooner");
  EXPECT_EQ(winner_changes_at(cell, at_seconds(3940)), at_seconds(4940));
}

TEST(WinningRegister, DoesNotChangeWhenItIsAlone) {
  Cell cell;
  EXPECT_EQ(winning_register(cell, now), nullptr);
  cell.insert(event(1, 1).dot, register_payload(event(1, 1, 5000).stamp, std::nullopt, {}, "x"));
  EXPECT_EQ(winner_changes_at(cell, now), std::nullopt);
}

// --- numbers in a string

TEST(Increment, FailsOnWhatIsNoIntegerAndLeavesTheCell) {
  for (const char* value : {"abc", "", "1.5", "3.0", " 1", "01"}) {
    Cell cell = holding(value);
    const Cell before = cell;
    const auto result = increment(cell, event(1, 2), 1, now);
    ASSERT_FALSE(result) << value;
    EXPECT_EQ(result.error().code, ErrorCode::not_a_number);
    EXPECT_EQ(cell, before);
  }
}

TEST(Increment, OverflowsAtSixtyFourBits) {
  Cell cell = holding("9223372036854775806");
  EXPECT_EQ(increment(cell, event(1, 2), 1, now), std::numeric_limits<std::int64_t>::max());
  const Cell before = cell;
  EXPECT_EQ(increment(cell, event(1, 3), 1, now).error().code, ErrorCode::overflow);
  EXPECT_EQ(cell, before);
  EXPECT_EQ(increment(cell, event(1, 3), std::numeric_limits<std::int64_t>::min(), now), -1);
}

TEST(Increment, ATotalBeyondSixtyFourBitsIsShownInFull) {
  Cell cell = holding("9223372036854775000");
  cell.insert(event(1, 2).dot, tally_payload({}, {.birth = 2, .count = 1, .sum = 807}, {}));
  cell.insert(event(2, 1).dot, tally_payload({}, {.birth = 1, .count = 1, .sum = 1000}, {}));
  EXPECT_EQ(shown(cell), "9223372036854776807");
  EXPECT_EQ(increment(cell, event(1, 3), -1000, now).error().code, ErrorCode::overflow);
}

TEST(Tallies, WaitUnseenBehindATextUntilANumberComes) {
  Cell cell = holding("hello");
  cell.insert(event(2, 1).dot, tally_payload({}, {.birth = 1, .count = 1, .sum = 3}, {}));
  EXPECT_EQ(shown(cell), "hello");
  EXPECT_EQ(increment(cell, event(1, 2), 1, now).error().code, ErrorCode::not_a_number);
  EXPECT_EQ(increment_float(cell, event(1, 2), 1, now).error().code, ErrorCode::not_a_number);
  Cell number = holding("5");
  number.insert(cell.entries()[1].dot, cell.entries()[1].payload);
  EXPECT_EQ(shown(number), "8");
}

TEST(Tallies, ThatSumToNothingStillMakeTheKeyExist) {
  Cell cell;
  ASSERT_TRUE(increment(cell, event(1, 1), 5, now));
  ASSERT_TRUE(increment(cell, event(1, 2), -5, now));
  EXPECT_TRUE(present(cell));
  EXPECT_EQ(shown(cell), "0");
  EXPECT_EQ(cell.size(), 1u);
}

TEST(Tallies, OfAStrangerMayOverflowWithoutHarm) {
  const Sum most = (Sum{1} << 126) - 1 + (Sum{1} << 126);
  Cell cell;
  cell.insert(event(1, 1).dot, tally_payload({}, {.birth = 1, .count = 1, .sum = most}, {}));
  cell.insert(event(2, 1).dot, tally_payload({}, {.birth = 1, .count = 1, .sum = most}, {}));
  EXPECT_EQ(shown(cell), "-2");
}

TEST(IncrementFloat, AnswersAsRedisDoes) {
  Cell cell = holding("10.50");
  EXPECT_EQ(increment_float(cell, event(1, 2), 0.1L, now), "10.6");
  EXPECT_EQ(increment_float(cell, event(1, 3), -5, now), "5.6");
  EXPECT_EQ(shown(cell), "5.6");
  Cell thousands = holding("5.0e3");
  EXPECT_EQ(increment_float(thousands, event(1, 2), 2.0e2L, now), "5200");
  Cell tenths;
  for (Sequence i = 1; i < 10; ++i) ASSERT_TRUE(increment_float(tenths, event(1, i), 0.1L, now));
  EXPECT_EQ(increment_float(tenths, event(1, 10), 0.1L, now), "1");
}

TEST(IncrementFloat, KeepsItsDecimalsHoweverOften) {
  Cell cell;
  for (Sequence i = 1; i <= 100'000; ++i) {
    const auto sum = increment_float(cell, event(1, i), 12.34L, now);
    ASSERT_TRUE(i % 999 != 0 || sum == print_long_double_within(12.34L * static_cast<long double>(i), 1e-6L)) << *sum;
  }
  Cell after_ten_million;
  const Tally tally{.birth = 1, .count = 10'000'000, .sum = 0, .fraction = 123'400'000.56};
  after_ten_million.insert(event(1, 1).dot, tally_payload({}, tally, {}));
  EXPECT_EQ(shown(after_ten_million), "123400000.56");
  EXPECT_EQ(increment_float(after_ten_million, event(1, 2), 0.01L, now), "123400000.57");
}

TEST(IncrementFloat, KeepsItsDecimalsWhenMuchWasAbsorbed) {
  Cell cell;
  ASSERT_TRUE(increment_float(cell, event(1, 1), 1e8L, now));
  const Cell seen = cell;
  ASSERT_TRUE(increment_float(cell, event(1, 2), 0.1L, now));
  Cell removed = seen;
  remove_string(removed, event(2, 1));
  cell.insert(removed.entries()[0].dot, removed.entries()[0].payload);
  EXPECT_EQ(shown(cell), "0.1");
}

TEST(IncrementFloat, MixesWithIntegers) {
  Cell cell;
  EXPECT_EQ(increment(cell, event(1, 1), 3, now), 3);
  EXPECT_EQ(increment_float(cell, event(1, 2), 0.5L, now), "3.5");
  EXPECT_EQ(increment(cell, event(1, 3), 1, now).error().code, ErrorCode::not_a_number);
  EXPECT_EQ(increment_float(cell, event(1, 3), 0.5L, now), "4");
  EXPECT_EQ(increment(cell, event(1, 4), 1, now), 5);
  EXPECT_EQ(shown(cell), "5");
}

TEST(IncrementFloat, RefusesWhatIsInfinite) {
  const long double infinite = std::numeric_limits<long double>::infinity();
  Cell cell = holding("1");
  const Cell before = cell;
  EXPECT_EQ(increment_float(cell, event(1, 2), infinite, now).error().code, ErrorCode::overflow);
  EXPECT_EQ(increment_float(cell, event(1, 2), std::nanl(""), now).error().code, ErrorCode::overflow);
  EXPECT_EQ(increment_float(cell, event(1, 2), 1e400L, now).error().code, ErrorCode::overflow);
  EXPECT_EQ(cell, before);
  Cell nothing = holding("text");
  EXPECT_EQ(increment_float(nothing, event(1, 2), 1, now).error().code, ErrorCode::not_a_number);
}

// --- removal

TEST(RemoveString, LeavesResetsOnlyWhereThereWereTallies) {
  Cell plain = holding("x");
  remove_string(plain, event(1, 2));
  EXPECT_TRUE(plain.empty());

  Cell counter;
  ASSERT_TRUE(increment(counter, event(1, 1), 5, now));
  EXPECT_TRUE(has_tallies(counter));
  EXPECT_TRUE(leaves_resets(counter));
  remove_string(counter, event(2, 1));
  EXPECT_TRUE(only_resets(counter));
  EXPECT_FALSE(removable(counter));
  EXPECT_FALSE(present(counter));
  EXPECT_EQ(shown(counter), "nothing");
}

TEST(LeavesResets, IsTrueWhereARangeRemovalWouldForget) {
  Cell plain = holding("x");
  EXPECT_FALSE(leaves_resets(plain));
  plain.insert(event(2, 1).dot, resets_payload({}, {{replica_number(1), {.birth = 1, .count = 1}}}));
  EXPECT_FALSE(leaves_resets(plain)) << "what is only resets stays by itself";
  Cell carrying;
  ASSERT_TRUE(increment(carrying, event(1, 1), 5, now));
  EXPECT_TRUE(leaves_resets(carrying));
  set_register(carrying, event(1, 2), "x", std::nullopt);
  EXPECT_FALSE(has_tallies(carrying));
  EXPECT_TRUE(leaves_resets(carrying));
  Cell other;
  other.insert(event(1, 1).dot, presence_payload({}));
  EXPECT_FALSE(leaves_resets(other));
  other.supersede_all(event(1, 2).dot, expiry_payload({}, std::nullopt, {}));
  EXPECT_FALSE(leaves_resets(other));
}

TEST(RemoveString, DropsResetsOfABirthOlderThanALiveTally) {
  Cell cell;
  ASSERT_TRUE(increment(cell, event(1, 1), 5, now));
  remove_string(cell, event(2, 1));
  ASSERT_TRUE(increment(cell, event(1, 2), 7, now));
  EXPECT_EQ(cell.size(), 2u);
  remove_string(cell, event(2, 2));
  ASSERT_EQ(cell.size(), 1u);
  const auto payload = parse_payload(cell.entries()[0].payload);
  ASSERT_TRUE(payload);
  const Resets expected = {{replica_number(1), {.birth = 2, .count = 1, .sum = 7}}};
  EXPECT_EQ(payload->resets, expected);
}

TEST(SetRegister, CarriesTheResetsItFindsAndWhatItSaw) {
  Cell cell;
  ASSERT_TRUE(increment(cell, event(1, 1), 5, now));
  set_register(cell, event(2, 1), "10", std::nullopt);
  EXPECT_TRUE(leaves_resets(cell));
  set_register(cell, event(2, 2), "20", at_seconds(7));
  ASSERT_EQ(cell.size(), 1u);
  const auto payload = parse_payload(cell.entries()[0].payload);
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->deadline, at_seconds(7));
  const Resets expected = {{replica_number(1), {.birth = 1, .count = 1, .sum = 5}}};
  EXPECT_EQ(payload->resets, expected);
}

TEST(SetRegister, ReusesTheMemoryOfAPlainRegister) {
  Cell cell = holding(std::string(100, 'a'));
  const char* memory = cell.entries()[0].payload.data();
  set_register(cell, event(1, 2), std::string(90, 'b'), std::nullopt);
  EXPECT_EQ(cell.entries()[0].payload.data(), memory);
  const BytesView own = register_value(cell.entries()[0].payload);
  set_register(cell, event(1, 3), own.substr(0, 50), std::nullopt);
  EXPECT_EQ(shown(cell), std::string(50, 'b'));
}

// --- scores

TEST(Score, IsABaseAndWhatWasAdded) {
  Cell cell;
  EXPECT_EQ(read_score(cell, now), std::nullopt);
  set_score(cell, event(1, 1), 10.5);
  EXPECT_EQ(increment_score(cell, event(1, 2), 0.1, now), 10.6);
  EXPECT_EQ(read_score(cell, now), 10.6);
  set_score(cell, event(1, 3), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(increment_score(cell, event(1, 4), 1, now), -std::numeric_limits<double>::infinity());
}

TEST(Score, AddsAsRedisDoes) {
  Cell cell;
  EXPECT_EQ(increment_score(cell, event(1, 1), 0.1, now), 0.1);
  EXPECT_EQ(increment_score(cell, event(1, 2), 0.2, now), 0.1 + 0.2);
}

TEST(Score, IsAlwaysANumber) {
  constexpr double most = std::numeric_limits<double>::max();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Cell cell;
  set_score(cell, event(1, 1), -infinity);
  cell.insert(event(1, 2).dot, tally_payload({}, {.birth = 2, .count = 1, .sum = 0, .fraction = most}, {}));
  cell.insert(event(2, 1).dot, tally_payload({}, {.birth = 1, .count = 1, .sum = 0, .fraction = most}, {}));
  EXPECT_EQ(read_score(cell, now), -infinity);

  // What was absorbed may be as far away as what is there.
  Cell apart;
  const Resets resets = {{replica_number(1), {.birth = 1, .count = 1, .sum = 0, .fraction = -most}},
                         {replica_number(2), {.birth = 1, .count = 1, .sum = 0, .fraction = most}}};
  apart.insert(event(1, 2).dot, tally_payload({}, {.birth = 1, .count = 2, .sum = 0, .fraction = most}, {}));
  apart.insert(event(2, 2).dot, tally_payload({}, {.birth = 1, .count = 2, .sum = 0, .fraction = -most}, {}));
  apart.insert(event(3, 1).dot, resets_payload({}, resets));
  ASSERT_TRUE(read_score(apart, now).has_value());
  EXPECT_FALSE(std::isnan(*read_score(apart, now)));
}

TEST(Score, RefusesAnIncrementThatIsNoFiniteNumber) {
  Cell cell;
  set_score(cell, event(1, 1), 1);
  const Cell before = cell;
  EXPECT_EQ(increment_score(cell, event(1, 2), std::nan(""), now).error().code, ErrorCode::overflow);
  EXPECT_EQ(increment_score(cell, event(1, 2), INFINITY, now).error().code, ErrorCode::overflow);
  EXPECT_EQ(cell, before);
  ASSERT_TRUE(increment_score(cell, event(1, 2), 1.7e308, now));
  EXPECT_EQ(increment_score(cell, event(1, 3), 1.7e308, now).error().code, ErrorCode::overflow);
}

}  // namespace
}  // namespace skerry::crdt
