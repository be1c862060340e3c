#include "sync/chunk_receiver.h"

#include <gtest/gtest.h>

#include "sync/limits.h"
#include "tests/sync/history.h"

namespace skerry::sync {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant start{1s};
constexpr core::Instant deadline = start + 50ms;
const Dot dot{replica_number(1), 1};
const Dot missing{replica_number(2), 1};

struct AReceiver : testing::Test {
  core::Result<void> add(std::uint64_t number, const std::vector<Dot>& base, std::size_t bytes = 100) {
    Chunk chunk;
    chunk.number = number;
    chunk.base = context_of(base);
    chunk.cells.push_back({core::Bytes(bytes, 'x'), {}});
    return receiver.add(std::move(chunk), deadline);
  }
  ChunkReceiver receiver;
};

TEST_F(AReceiver, GivesChunksInOrder) {
  ASSERT_TRUE(add(1, {}));
  ASSERT_TRUE(add(2, {}));
  EXPECT_EQ(receiver.take({})->number, 1u);
  EXPECT_EQ(receiver.take({})->number, 2u);
  EXPECT_FALSE(receiver.take({}));
}

TEST_F(AReceiver, RefusesNumbersOutOfOrder) {
  EXPECT_FALSE(add(2, {}));
  ASSERT_TRUE(add(1, {}));
  EXPECT_FALSE(add(1, {}));
  EXPECT_FALSE(add(3, {}));
}

TEST_F(AReceiver, HoldsAChunkAndAllBehindItUntilItsBaseIsThere) {
  ASSERT_TRUE(add(1, {missing}));
  ASSERT_TRUE(add(2, {}));
  EXPECT_FALSE(receiver.take(context_of({dot})));
  EXPECT_EQ(receiver.held(), 2u);
  EXPECT_FALSE(receiver.give_up(start));
  EXPECT_EQ(receiver.take(context_of({dot, missing}))->number, 1u);
  EXPECT_EQ(receiver.take({})->number, 2u);
}

TEST_F(AReceiver, MayBeToldToHoldOn) {
  ASSERT_TRUE(add(1, {missing}));
  receiver.hold_until(deadline + 1s);
  receiver.hold_until(deadline);
  EXPECT_EQ(receiver.deadline(), deadline + 1s);
  EXPECT_FALSE(receiver.give_up(deadline));
  EXPECT_EQ(receiver.give_up(deadline + 1s), 1u);
  // What comes behind what was refused would be refused at once.
  ASSERT_TRUE(add(2, {missing}));
  receiver.hold_until(deadline + 3s);
  EXPECT_FALSE(receiver.give_up(deadline));
  EXPECT_EQ(receiver.held(), 1u);
}

TEST_F(AReceiver, RefusesAllOfItWhenTheTimeIsUp) {
  EXPECT_EQ(receiver.deadline(), core::never);
  ASSERT_TRUE(add(1, {missing}));
  ASSERT_TRUE(add(2, {}));
  EXPECT_EQ(receiver.deadline(), deadline);
  EXPECT_EQ(receiver.give_up(deadline), 2u);
  EXPECT_EQ(receiver.held(), 0u);
  EXPECT_FALSE(receiver.take(context_of({missing})));
}

TEST_F(AReceiver, AfterARefusalWaitsForNothingUntilAChunkFits) {
  ASSERT_TRUE(add(1, {missing}));
  ASSERT_TRUE(receiver.give_up(deadline));
  ASSERT_TRUE(add(2, {missing}));  // was on its way
  EXPECT_EQ(receiver.give_up(start), 2u);
  ASSERT_TRUE(add(3, {}));
  EXPECT_TRUE(receiver.take({}));
  ASSERT_TRUE(add(4, {missing}));
  EXPECT_FALSE(receiver.give_up(start));
}

TEST_F(AReceiver, HoldsABoundedNumberOfChunks) {
  for (std::uint64_t number = 1; number <= held_chunks_max; ++number) ASSERT_TRUE(add(number, {missing}));
  EXPECT_FALSE(receiver.give_up(start));
  ASSERT_TRUE(add(held_chunks_max + 1, {missing}));
  EXPECT_EQ(receiver.give_up(start), held_chunks_max + 1);
}

TEST_F(AReceiver, CountsContextsWhichTakeNothingInFramesWhenTheyStayTheSame) {
  Chunk chunk;
  chunk.base = context_of({missing});
  for (core::Sequence i = 1; i <= context_intervals_max; ++i) chunk.seen.add({replica_number(3), 2 * i});
  const std::size_t chunks = held_bytes_max / (context_intervals_max * sizeof(crdt::Interval));
  for (std::uint64_t number = 1; number <= chunks; ++number) {
    EXPECT_FALSE(receiver.give_up(start)) << number;
    chunk.number = number;
    ASSERT_TRUE(receiver.add(chunk, deadline));
  }
  EXPECT_TRUE(receiver.give_up(start));
}

TEST_F(AReceiver, HoldsABoundedNumberOfBytesButAlwaysOneChunk) {
  ASSERT_TRUE(add(1, {missing}, 2 * held_bytes_max));
  EXPECT_FALSE(receiver.give_up(start));
  ASSERT_TRUE(add(2, {}, 1));
  EXPECT_EQ(receiver.give_up(start), 2u);
}

}  // namespace
}  // namespace skerry::sync
