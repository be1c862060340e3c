// The histories of jepsen-io/jepsen's own test of set-full (jepsen/test/jepsen/checker_test.clj, `set-full-test`) with
// the results that are written there, and some for what it leaves out.
#include "simulations/maelstrom/set_full.h"

#include <gtest/gtest.h>

#include "tests/simulations/maelstrom/written_history.h"

namespace skerry::simulations::maelstrom {
namespace {

const Entry a = add(0, Type::invoke, 0);
const Entry a_ok = add(0, Type::ok, 0);
const Entry r = read(1);
const Entry r_with = read(1, {0});
const Entry r_without = read(1, {});

SetFull check(std::vector<Entry> entries) {
  return check_set_full(written(std::move(entries)));
}

Quantiles all(std::int64_t milliseconds) {
  Quantiles quantiles;
  for (std::int64_t& each : quantiles.milliseconds) each = milliseconds;
  return quantiles;
}

const SetFull nothing_known{.attempt_count = 1, .never_read = {0}};

TEST(SetFull, AnElementThatIsNeverReadIsNeitherStableNorLost) {
  EXPECT_EQ(check({a, a_ok}), nothing_known);
  EXPECT_EQ(check({a, r, r_without}), nothing_known) << "nor known";
}

TEST(SetFull, AReadWithItMakesItStable) {
  const SetFull stable{.valid = Valid::yes, .attempt_count = 1, .stable_count = 1, .stable_latencies = all(0)};
  EXPECT_EQ(check({r, a, r_with, a_ok}), stable) << "began before";
  EXPECT_EQ(check({r, a, a_ok, r_with}), stable) << "around it";
  EXPECT_EQ(check({a, r, r_with, a_ok}), stable) << "within it";
  EXPECT_EQ(check({a, r, a_ok, r_with}), stable) << "ended after it";
  EXPECT_EQ(check({a, a_ok, r, r_with}), stable) << "after it";
}

TEST(SetFull, AReadWithoutItAfterItWasKnownMakesItLost) {
  EXPECT_EQ(check({a, a_ok, r, r_without}),
            (SetFull{.valid = Valid::no, .attempt_count = 1, .lost = {0}, .lost_latencies = all(0)}));
}

TEST(SetFull, AConcurrentReadMayMissIt) {
  EXPECT_EQ(check({r, a, r_without, a_ok}), nothing_known);
  EXPECT_EQ(check({r, a, a_ok, r_without}), nothing_known);
  EXPECT_EQ(check({a, r, r_without, a_ok}), nothing_known);
  EXPECT_EQ(check({a, r, a_ok, r_without}), nothing_known);
}

TEST(SetFull, WrittenPresentMissing) {
  const SetFull result =
      check({add(0, Type::invoke, 0), add(1, Type::invoke, 1), read(2), read(2, {1}), add(0, Type::ok, 0),
             add(1, Type::ok, 1), read(2), read(2, {0, 1}), read(2), read(2, {0}), read(2), read(2, {})});
  EXPECT_EQ(
      result,
      (SetFull{.valid = Valid::no, .attempt_count = 2, .lost = {0, 1}, .lost_latencies = Quantiles{{3, 4, 4, 4, 4}}}));
}

TEST(SetFull, WrittenFlutteringStableAndLost) {
  // 1 is known at 4, where a read holds it; it is missing in the read that begins at 6, and there again in that of 7.
  const SetFull result = check({add(0, Type::invoke, 0), add(0, Type::ok, 0), add(1, Type::invoke, 1), read(2),
                                read(2, {1}), add(1, Type::ok, 1), read(2), read(3), read(3, {1}), read(2, {0})});
  EXPECT_EQ(result, (SetFull{.valid = Valid::no,
                             .attempt_count = 2,
                             .stable_count = 1,
                             .lost = {0},
                             .stale = {1},
                             .worst_stale = {{1, 2}},
                             .stable_latencies = all(2),
                             .lost_latencies = all(5)}));
}

TEST(SetFull, StaleIsNotLost) {
  const SetFull result = check({a, a_ok, r, r_without, r, r_with});
  EXPECT_EQ(result.valid, Valid::yes);
  EXPECT_EQ(result.stale, std::vector<std::int64_t>{0});
}

TEST(SetFull, IsStableANanosecondAfterTheLastReadThatMissedItBegan) {
  History history = written({a, a_ok, r, r_without, r, r_with});
  history[1].time += Duration(1);
  EXPECT_EQ(check_set_full(history).stable_latencies, all(1));
  history[1].time += Duration(1);
  EXPECT_EQ(check_set_full(history).stable_latencies, all(0)) << "whole milliseconds";
}

TEST(SetFull, WhatMayHaveBeenDoneNeedNotBeThere) {
  EXPECT_EQ(check({a, add(0, Type::info, 0), r, r_without}).valid, Valid::unknown);
  EXPECT_EQ(check({a, add(0, Type::info, 0), r, r_with, r, r_without}).valid, Valid::no) << "it was there";
}

TEST(SetFull, AnElementTwiceInOneReadIsDuplicated) {
  const SetFull result = check({a, a_ok, r, read(1, {0, 0, 0})});
  EXPECT_EQ(result.valid, Valid::no);
  EXPECT_EQ(result.duplicated, (std::map<std::int64_t, std::uint64_t>{{0, 3}}));
  EXPECT_EQ(verdict_of(result).problem, "a read holds the element 0 3 times");
}

TEST(SetFull, AddsOfBroadcastAreCalledBroadcast) {
  EXPECT_EQ(check({entry(0, Type::invoke, Function::broadcast, std::int64_t{0}),
                   entry(0, Type::ok, Function::broadcast, std::int64_t{0}), r, r_without})
                .valid,
            Valid::no);
}

TEST(SetFull, ShowsEightOfTheWorst) {
  std::vector<Entry> entries;
  Elements all_of_them;
  for (std::int64_t element = 0; element < 10; ++element) {
    entries.push_back(add(0, Type::invoke, element));
    entries.push_back(add(0, Type::ok, element));
    all_of_them.push_back(element);
  }
  for (const Entry& one : {r, r_without, r, read(1, all_of_them)}) entries.push_back(one);
  const SetFull result = check(entries);
  EXPECT_EQ(result.stale.size(), 10u);
  EXPECT_EQ(result.worst_stale.size(), 8u);
  EXPECT_EQ(result.worst_stale.front(), (SetFull::Stale{0, 19}));
}

TEST(SetFull, SaysItInJepsensWords) {
  const Verdict verdict = verdict_of(check({a, a_ok, r, r_without}));
  EXPECT_EQ(verdict.problem, "1 of 1 elements are lost: 0");
  EXPECT_EQ(verdict.json,
            "{\"valid?\":false,\"attempt-count\":1,\"stable-count\":0,\"lost-count\":1,\"lost\":[0],"
            "\"never-read-count\":0,\"never-read\":[],\"stale-count\":0,\"stale\":[],\"worst-stale\":[],"
            "\"lost-latencies\":{\"0\":0,\"0.5\":0,\"0.95\":0,\"0.99\":0,\"1\":0},\"duplicated-count\":0,"
            "\"duplicated\":{}}");
  EXPECT_NE(verdict_of(nothing_known).json.find("\"valid?\":\"unknown\""), std::string::npos);
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
