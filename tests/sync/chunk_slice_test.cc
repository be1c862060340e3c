#include "sync/chunk_slice.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "tests/sync/history.h"

namespace skerry::sync {
namespace {

using Positions = std::vector<Position>;

const core::Bytes milk = History::member("cart", "milk");
const core::Bytes eggs = History::member("cart", "eggs");
const core::Bytes wine = History::member("bar", "wine");

crdt::Cell cell_of(const Dot& dot) {
  crdt::Cell cell;
  cell.insert(dot, crdt::presence_payload({dot.sequence << 16}));
  return cell;
}

ChunkAims events(std::size_t count) {
  ChunkAims aims;
  aims.events = count;
  return aims;
}

struct ASlice : testing::Test {
  ChunkSlice now(const ChunkAims& aims = {}) {
    auto slice = slice_now(history.source(), walk, view, aims);
    EXPECT_TRUE(slice && *slice);
    return std::move(**slice);
  }
  ChunkSlice past(const ChunkAims& aims) {
    auto slice = slice_past(history.source(), walk, view, aims);
    EXPECT_TRUE(slice.has_value()) << (slice ? "" : slice.error().detail);
    EXPECT_TRUE(slice && *slice);
    return std::move(**slice);
  }
  History history;
  PeerView view;
  LogWalk walk;
};

TEST_F(ASlice, OfNowHoldsEachCellOnceAsItIs) {
  history.write(1, milk);
  const Dot last_eggs = history.write(1, eggs);
  const Dot last_milk = history.write(1, milk);
  const ChunkSlice slice = now();
  EXPECT_EQ(slice.end, 4u);
  EXPECT_EQ(slice.own, (Positions{1, 2, 3}));
  EXPECT_EQ(slice.carried, (Positions{1, 2}));
  EXPECT_EQ(slice.cells, (std::vector{cell_of(last_milk), cell_of(last_eggs)}));
}

TEST_F(ASlice, OfNowIsNothingIfItDoesNotFit) {
  for (int i = 0; i < 3; ++i) history.write(1, milk);
  EXPECT_FALSE(slice_now(history.source(), walk, view, events(2))->has_value());
  EXPECT_FALSE(slice_now(history.source(), walk, view, {.events = 3, .bytes = 100, .bytes_max = message_bytes_max})
                   ->has_value());
  EXPECT_TRUE(slice_now(history.source(), walk, view, events(3))->has_value());
}

TEST_F(ASlice, OfThePastHoldsTheCellsAsTheyWere) {
  const Dot first = history.write(1, milk);
  history.commit();
  history.write(1, milk);
  history.commit();
  const ChunkSlice slice = past(events(1));
  EXPECT_EQ(slice.end, 2u);
  EXPECT_EQ(slice.cells, std::vector{cell_of(first)});
}

TEST_F(ASlice, OfThePastEndsWhereThatCellIsKnown) {
  // The image of milk is that of the segment's end, so there is no instant in between.
  history.write(1, milk);
  history.write(1, eggs);
  const Dot last_milk = history.write(1, milk);
  history.commit();
  const ChunkSlice slice = past(events(1));
  EXPECT_EQ(slice.end, 4u);
  EXPECT_EQ(slice.cells[0], cell_of(last_milk));
}

TEST_F(ASlice, OfThePastMayEndWithinASegment) {
  const Dot first = history.write(1, milk);
  history.write(1, eggs);
  history.commit();
  const ChunkSlice slice = past(events(1));
  EXPECT_EQ(slice.end, 2u);
  EXPECT_EQ(slice.cells, std::vector{cell_of(first)});
}

TEST_F(ASlice, OfThePastDoesNotEndBeforeARemovalInItsSegment) {
  history.write(1, milk);
  history.write(1, wine);
  history.remove_under(1, History::whole("cart"));
  history.commit();
  const ChunkSlice slice = past(events(1));
  EXPECT_EQ(slice.end, 4u);
  EXPECT_TRUE(slice.cells[0].empty());
}

TEST_F(ASlice, OfThePastDoesNotSplitABatch) {
  history.begin_batch(1, 3);
  history.write(1, milk);
  history.write(1, eggs);
  history.write(1, wine);
  history.commit();
  EXPECT_EQ(past(events(1)).end, 4u);
}

TEST_F(ASlice, OfThePastShowsWhatLaterRemovalsDid) {
  history.write(1, milk);
  const Dot kept = history.write(1, wine);
  history.commit();
  history.remove_under(1, History::whole("cart"));
  history.commit();
  const ChunkSlice slice = past(events(3));
  EXPECT_TRUE(slice.cells[0].empty());
  EXPECT_EQ(slice.cells[1], cell_of(kept));
  history.remove_under(2, History::whole_space());
  history.commit();
  EXPECT_TRUE(past(events(4)).cells[1].empty());
}

TEST_F(ASlice, OfThePastTakesTheImageThatAnotherReplicasEventLeft) {
  history.write(1, milk);
  history.commit();
  const Dot theirs = history.write(2, milk);
  history.commit();
  history.write(1, eggs);
  history.commit();
  view.live_sessions = {theirs.replica};
  const ChunkSlice slice = past(events(2));
  EXPECT_EQ(slice.own, (Positions{1, 3}));
  EXPECT_EQ(slice.cells[0], cell_of(theirs));
}

TEST_F(ASlice, OfThePastIsNothingBeforeItIsDurable) {
  history.store().set_mode(MemoryStore::Mode::by_hand);
  history.write(1, milk);
  history.commit();
  EXPECT_FALSE(slice_past(history.source(), walk, view, {})->has_value());
  history.store().sync();
  EXPECT_TRUE(slice_past(history.source(), walk, view, {})->has_value());
}

TEST_F(ASlice, OfThePastIsOfOneSpace) {
  const Dot first = history.write(1, milk);
  history.unused_elsewhere({first.replica, 5}, 2);
  ASSERT_EQ(history.unused(1, 4).sequence, 5u);
  EXPECT_EQ(past({}).end, 2u);  // ours is not durable yet
  history.commit();
  EXPECT_EQ(past({}).end, 3u);
}

TEST_F(ASlice, OfThePastBeginsInTheMiddleOfASegment) {
  const Dot first = history.write(1, milk);
  const Dot second = history.write(1, eggs);
  history.commit();
  view.known = context_of({first});
  walk.settle(history.log(), view);
  const ChunkSlice slice = past({});
  EXPECT_EQ(slice.own, (Positions{2}));
  EXPECT_EQ(slice.cells, std::vector{cell_of(second)});
}

// Whatever the history and wherever a slice ends: its cells are those a replica had when its log ended there.
TEST(ASliceOfThePast, HoldsTheCellsOfItsEndInAnyHistory) {
  const std::vector<core::Bytes> addresses = {milk, eggs, wine, History::member("bar", "beer")};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    core::Random random(seed);
    History history;
    std::vector<std::map<core::Bytes, crdt::Cell>> states(2);  // when the log ended at this position
    for (int i = 0; i < 40; ++i) {
      const auto replica = static_cast<std::uint8_t>(1 + random.below(3));
      const std::uint64_t choice = random.below(12);
      if (choice == 0) {
        history.remove_under(replica, History::whole(random.chance(0.5) ? "cart" : "bar"));
      } else if (choice == 1) {
        history.remove_under(replica, History::whole_space());
      } else if (choice == 2) {
        history.unused(replica, 1 + random.below(5));
      } else {
        history.write(replica, addresses[random.below(addresses.size())]);
      }
      auto& state = states.emplace_back();
      for (const core::Bytes& address : addresses) state[address] = history.cell(address);
      if (random.chance(0.4)) history.commit();
    }
    history.commit();

    PeerView view;
    if (random.chance(0.5)) view.live_sessions = {replica_number(2)};
    LogWalk walk;
    while (walk.cursor() < history.log().end()) {
      if (!LogWalk::wants(history.log(), walk.cursor(), view)) {
        walk.advance(history.log(), walk.cursor() + 1);
        continue;
      }
      const auto slice = slice_past(history.source(), walk, view, events(1 + random.below(8)));
      ASSERT_TRUE(slice && *slice) << (slice ? "nothing" : slice.error().detail);
      for (std::size_t i = 0; i < (*slice)->carried.size(); ++i) {
        const core::Bytes address(history.log().address_at((*slice)->carried[i]));
        ASSERT_EQ((*slice)->cells[i], states[(*slice)->end][address]) << "up to " << (*slice)->end;
      }
      walk.advance(history.log(), (*slice)->end);
    }
  }
}

}  // namespace
}  // namespace skerry::sync
