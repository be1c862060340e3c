// The histories of jepsen-io/maelstrom's own test (test/maelstrom/workload/pn_counter_test.clj), with its results.
#include "simulations/maelstrom/counter.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "tests/simulations/maelstrom/written_history.h"

namespace skerry::simulations::maelstrom {
namespace {

TEST(Counter, OfNothingIsNothing) {
  const Counter result = check_counter({});
  EXPECT_EQ(result.valid, Valid::yes);
  EXPECT_TRUE(result.final_reads.empty());
  EXPECT_EQ(result.acceptable, (Intervals{{0, 0}}));
}

TEST(Counter, DefiniteAddsAreThere) {
  const Counter result = check_counter({add(0, Type::ok, 2), add(0, Type::ok, 3), last_read(0, 5), last_read(1, 4)});
  EXPECT_EQ(result.valid, Valid::no);
  EXPECT_EQ(result.errors, (std::vector<Entry>{last_read(1, 4)}));
  EXPECT_EQ(result.final_reads, (std::vector<std::int64_t>{5, 4}));
  EXPECT_EQ(result.acceptable, (Intervals{{5, 5}}));
}

TEST(Counter, IndefiniteOnesMayBe) {
  const Counter result = check_counter({add(0, Type::ok, 10), add(1, Type::info, 5), add(2, Type::info, -1),
                                        add(3, Type::info, -1), last_read(0, 11), last_read(0, 15)});
  EXPECT_EQ(result.valid, Valid::no);
  EXPECT_EQ(result.errors, (std::vector<Entry>{last_read(0, 11)}));
  EXPECT_EQ(result.acceptable, (Intervals{{8, 10}, {13, 15}}));
}

TEST(Counter, WhatFailedIsNotThereAndEarlierReadsDoNotCount) {
  Entry early = last_read(0, 77);
  early.last = false;
  const History history{add(0, Type::invoke, 4), add(0, Type::fail, 4), early};
  EXPECT_EQ(check_counter(history).valid, Valid::yes);
  History read_after = history;
  read_after.push_back(last_read(0, 4));
  EXPECT_EQ(check_counter(read_after).valid, Valid::no);
}

// Each of the sums, and no other, by trying all.
TEST(Counter, IntervalsAreTheSumsOfAllChoices) {
  core::Random random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::int64_t> deltas;
    for (std::uint64_t i = random.below(9); i > 0; --i)
      deltas.push_back(static_cast<std::int64_t>(random.below(41)) - 20);
    Intervals values{{7, 7}};
    for (const std::int64_t delta : deltas) values = with_or_without(values, delta);
    std::vector<bool> sums(500);
    for (std::size_t choice = 0; choice < std::size_t{1} << deltas.size(); ++choice) {
      std::int64_t sum = 7 + 250;
      for (std::size_t i = 0; i < deltas.size(); ++i) sum += (choice >> i & 1) != 0 ? deltas[i] : 0;
      sums[static_cast<std::size_t>(sum)] = true;
    }
    Intervals expected;
    for (std::int64_t sum = 0; sum < 500; ++sum) {
      if (!sums[static_cast<std::size_t>(sum)]) continue;
      if (expected.empty() || expected.back().upper + 1 < sum - 250) expected.push_back({sum - 250, sum - 250});
      expected.back().upper = sum - 250;
    }
    ASSERT_EQ(values, expected);
  }
}

TEST(Counter, SaysItInMaelstromsWords) {
  const Verdict verdict = verdict_of(check_counter({add(0, Type::ok, 2), add(1, Type::info, 5), last_read(0, 3)}));
  EXPECT_EQ(verdict.problem, "node 0 reads 3 in the end, and acceptable is [2 2], [7 7]");
  EXPECT_EQ(verdict.json,
            "{\"valid?\":false,\"errors\":[{\"node\":0,\"value\":3}],\"final-reads\":[3],"
            "\"acceptable\":[[2,2],[7,7]]}");
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
