#include "sync/chunk_sender.h"

#include <gtest/gtest.h>

#include "tests/sync/history.h"

namespace skerry::sync {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant start{1s};
const core::Bytes milk = History::member("cart", "milk");
const core::Bytes wine = History::member("bar", "wine");

struct ASender : testing::Test {
  std::optional<Chunk> next(core::Instant now = start, const ChunkAims& aims = {}) {
    auto chunk = sender.next(history.source(), aims, now);
    EXPECT_TRUE(chunk.has_value());
    if (*chunk) sender.sent(1'000, now);
    return std::move(*chunk);
  }
  History history;
  ChunkSender sender;
  core::Random random{1};
};

TEST_F(ASender, NumbersItsChunks) {
  history.write(1, milk);
  EXPECT_EQ(next()->number, 1u);
  history.write(1, milk);
  EXPECT_EQ(next()->number, 2u);
  EXPECT_FALSE(next());
  EXPECT_EQ(sender.bytes_in_flight(), 2'000u);
}

TEST_F(ASender, BelievesThePeersWordAndNotItsOwnSending) {
  const Dot dot = history.write(1, milk);
  ASSERT_TRUE(next());
  EXPECT_FALSE(sender.known().contains(dot));
  EXPECT_EQ(sender.settled(), 1u);
  sender.peer_knows(context_of({dot}));
  EXPECT_FALSE(next());
  EXPECT_EQ(sender.settled(), 2u);
}

TEST_F(ASender, KeepsNoMoreThanAPeersLastWordOfWhatItTakesBack) {
  const Dot dot = history.write(1, milk);
  for (std::uint8_t peer = 2; peer < 6; ++peer) {
    CausalContext said = context_of({dot});
    for (core::Sequence i = 1; i < context_intervals_max; ++i) said.add({replica_number(peer), 2 * i});
    sender.peer_knows(said);
    EXPECT_LE(sender.known().interval_count(), context_intervals_max);
    EXPECT_TRUE(sender.known().covers(said));
  }
}

TEST_F(ASender, StopsWhenTooMuchIsOnItsWay) {
  history.write(1, milk);
  ASSERT_TRUE(sender.next(history.source(), {}, start).value());
  sender.sent(link_bytes_in_flight_max, start);
  history.write(1, milk);
  EXPECT_FALSE(next());
  ASSERT_TRUE(sender.acknowledged(1, start));
  EXPECT_EQ(sender.bytes_in_flight(), 0u);
  EXPECT_TRUE(next());
}

// A turn of the loop makes a chunk, and a receiver whose disk is full holds them for as long as that lasts: more than
// it holds would be refused, all of them, again and again.
TEST_F(ASender, HasNoMoreOnTheirWayThanAReceiverHolds) {
  for (std::size_t i = 0; i < held_chunks_max; ++i) {
    history.write(1, milk);
    ASSERT_TRUE(sender.next(history.source(), {}, start).value());
    sender.sent(1, start);
  }
  history.write(1, milk);
  EXPECT_FALSE(next());
  ASSERT_TRUE(sender.acknowledged(1, start));
  EXPECT_TRUE(next());
}

// A thin road takes a trickle as quickly as a wide one.
TEST_F(ASender, LearnsNothingOfTheRoadFromWhatDoesNotFillIt) {
  for (std::uint64_t number = 1; number <= 1'000; ++number) {
    history.write(1, milk);
    ASSERT_TRUE(next());
    ASSERT_TRUE(sender.acknowledged(number, start));
  }
  EXPECT_EQ(sender.window_bytes(), window_bytes_min);
}

TEST_F(ASender, AcceptsNoAnswerToWhatItDidNotSend) {
  history.write(1, milk);
  ASSERT_TRUE(next());
  EXPECT_FALSE(sender.acknowledged(2, start));
  EXPECT_FALSE(sender.refused(2, start, random));
  EXPECT_FALSE(sender.refused(0, start, random));
}

TEST_F(ASender, PassesOverNothingAfterARefusalUntilAChunkIsThere) {
  const Dot theirs = history.write(2, wine);
  history.write(1, milk);
  sender.peer_meets({theirs.replica});
  EXPECT_EQ(next()->covers.size(), 1u);
  ASSERT_TRUE(sender.refused(1, start, random));
  EXPECT_EQ(sender.bytes_in_flight(), 0u);
  EXPECT_EQ(next()->covers.size(), 2u);
  ASSERT_TRUE(sender.acknowledged(2, start));
  EXPECT_EQ(sender.refused_in_a_row(), 0u);
  sender.peer_knows(history.context());
  history.write(2, wine);
  EXPECT_FALSE(next());
}

TEST_F(ASender, IgnoresRefusalsOfAnEarlierWalk) {
  history.write(1, milk);
  ASSERT_TRUE(next());
  history.write(1, milk);
  ASSERT_TRUE(next());
  ASSERT_TRUE(sender.refused(1, start, random));
  EXPECT_EQ(next()->number, 3u);
  ASSERT_TRUE(sender.refused(2, start, random));
  EXPECT_EQ(sender.refused_in_a_row(), 1u);
  EXPECT_FALSE(next());  // the third is on its way still
}

TEST_F(ASender, TriesMoreAndMoreSlowlyWhenRefusedAgainAndAgain) {
  history.write(1, milk);
  core::Instant now = start;
  core::Duration before{};
  for (std::uint64_t number = 1; number <= 5; ++number) {
    ASSERT_TRUE(next(now)) << number;
    ASSERT_TRUE(sender.refused(number, now, random));
    if (number == 1) continue;
    EXPECT_FALSE(next(now));
    ASSERT_NE(sender.retry_at(), core::never);
    const core::Duration wait = sender.retry_at() - now;
    EXPECT_GT(wait, before);
    before = wait;
    now = sender.retry_at();
  }
  EXPECT_EQ(sender.refusals(), 5u);
}

TEST_F(ASender, BringsWhatALostSessionWouldHaveBrought) {
  const Dot theirs = history.write(2, wine);
  sender.peer_meets({theirs.replica});
  EXPECT_FALSE(next());
  sender.peer_meets({});
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->covers[0].dot, theirs);
}

TEST_F(ASender, GoesOnWithoutBeingAskedWhileThereIsMore) {
  for (int i = 0; i < 9; ++i) {
    history.write(1, milk);
    history.commit();
  }
  ChunkAims aims;
  aims.events = 4;
  ASSERT_TRUE(next(start, aims));
  EXPECT_TRUE(sender.eager());
  ASSERT_TRUE(next(start, aims));
  ASSERT_TRUE(next(start, aims));
  EXPECT_FALSE(sender.eager());
  EXPECT_EQ(sender.events_sent(), 9u);
}

}  // namespace
}  // namespace skerry::sync
