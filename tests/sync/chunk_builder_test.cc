#include "sync/chunk_builder.h"

#include <gtest/gtest.h>

#include "tests/sync/history.h"

namespace skerry::sync {
namespace {

const core::Bytes milk = History::member("cart", "milk");
const core::Bytes eggs = History::member("cart", "eggs");
const core::Bytes wine = History::member("bar", "wine");

std::vector<Dot> covered(const Chunk& chunk) {
  std::vector<Dot> dots;
  for (const CoveredEvent& event : chunk.covers) dots.push_back(event.dot);
  return dots;
}

std::vector<core::Bytes> carried(const Chunk& chunk) {
  std::vector<core::Bytes> addresses;
  for (const CarriedCell& cell : chunk.cells) addresses.push_back(cell.address);
  return addresses;
}

constexpr ChunkAims four_events{.events = 4, .bytes = chunk_bytes_aim, .bytes_max = message_bytes_max};

struct AChunk : testing::Test {
  std::optional<Chunk> next(const ChunkAims& aims = {}) {
    auto chunk = build_chunk(history.source(), walk, view, aims);
    EXPECT_TRUE(chunk.has_value());
    return std::move(*chunk);
  }
  History history;
  PeerView view;
  LogWalk walk;
};

TEST_F(AChunk, CoversWhatThePeerDoesNotHave) {
  const Dot first = history.write(1, milk);
  const Dot second = history.write(1, eggs);
  view.known = context_of({first});
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), std::vector{second});
  EXPECT_EQ(carried(*chunk), std::vector{eggs});
  EXPECT_EQ(chunk->base, context_of({first}));
  EXPECT_EQ(chunk->seen, context_of({first, second}));
  EXPECT_FALSE(next());
}

TEST_F(AChunk, OfARemovalCarriesNoCell) {
  history.write(1, milk);
  view.known = history.context();
  const CausalContext before = history.context();
  const Dot removal = history.remove_under(1, History::whole("cart"));
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), std::vector{removal});
  EXPECT_TRUE(chunk->cells.empty());
  EXPECT_EQ(chunk->covers[0].range, before);
}

TEST_F(AChunk, LeavesToAnotherWhatItsOriginBringsItself) {
  const Dot theirs = history.write(2, wine);
  const Dot ours = history.write(1, milk);
  view.live_sessions = {theirs.replica};
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), std::vector{ours});
  EXPECT_EQ(chunk->base, context_of({theirs}));  // a delay, never a filter
}

TEST_F(AChunk, CoversAllThatItsCellsShow) {
  const Dot ours = history.write(1, milk);
  const Dot theirs = history.write(2, milk);
  history.write(2, wine);
  view.live_sessions = {theirs.replica};
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), (std::vector{ours, theirs}));
  EXPECT_TRUE(chunk->base.empty());
  EXPECT_EQ(chunk->seen, history.context());
  EXPECT_EQ(walk.cursor(), 3u);  // it ends before the wine, which shows nowhere
}

TEST_F(AChunk, StandsOnTheRestOfABatchThatItCoversInPart) {
  const Dot ours = history.write(1, milk);
  history.begin_batch(2, 3);
  const Dot before = history.write(2, eggs);
  const Dot theirs = history.write(2, milk);
  const Dot after = history.write(2, wine);
  view.live_sessions = {theirs.replica};
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), (std::vector{ours, theirs}));
  EXPECT_EQ(chunk->base, context_of({before, after}));
}

TEST_F(AChunk, CarriesRemovalsOfWhatItCarriesAndCoversWhatTheyHold) {
  const Dot ours = history.write(1, milk);
  const Dot theirs = history.write(2, eggs);
  const Dot elsewhere = history.write(2, wine);
  const Dot removal = history.remove_under(2, History::whole("cart"));
  view.live_sessions = {theirs.replica};
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), (std::vector{ours, theirs, removal}));
  EXPECT_EQ(carried(*chunk), std::vector{milk});
  EXPECT_TRUE(chunk->cells[0].cell.empty());
  EXPECT_EQ(chunk->base, context_of({elsewhere}));
}

TEST_F(AChunk, CarriesRemovalsOfTheWholeSpaceToo) {
  const Dot ours = history.write(1, milk);
  const Dot theirs = history.write(2, wine);
  const Dot inner = history.remove_under(2, History::whole("bar"));
  const Dot removal = history.remove_under(2, History::whole_space());
  const Dot later = history.write(2, eggs);
  view.live_sessions = {theirs.replica};
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), (std::vector{ours, theirs, inner, removal}));
  EXPECT_FALSE(chunk->base.contains(later));
}

TEST_F(AChunk, LeavesOutWhatThePeerIsKnownToHave) {
  const Dot ours = history.write(1, milk);
  const Dot theirs = history.write(2, milk);
  view.known = context_of({theirs});
  const auto chunk = next();
  ASSERT_TRUE(chunk);
  EXPECT_EQ(covered(*chunk), std::vector{ours});
}

TEST_F(AChunk, TooLongForOneIsSentFromThePast) {
  std::vector<Dot> dots;
  for (int i = 0; i < 10; ++i) {
    dots.push_back(history.write(1, milk));
    history.commit();
  }
  CausalContext before;
  for (int i = 0; i < 3; ++i) {
    const auto chunk = next(four_events);
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->base, before);
    const std::size_t last = std::min<std::size_t>(4 * (i + 1), 10) - 1;
    ASSERT_EQ(chunk->cells.size(), 1u);
    EXPECT_TRUE(chunk->cells[0].cell.contains(dots[last]));
    EXPECT_EQ(covered(*chunk).back(), dots[last]);
    before = chunk->seen;
  }
  EXPECT_EQ(before, history.context());
  EXPECT_FALSE(next());
}

TEST_F(AChunk, WaitsForTheDiskBeforeItReadsThePast) {
  history.store().set_mode(MemoryStore::Mode::by_hand);
  for (int i = 0; i < 10; ++i) history.write(1, milk);
  history.commit();
  EXPECT_FALSE(next(four_events));
  EXPECT_EQ(walk.cursor(), 1u);
  history.store().sync();
  EXPECT_TRUE(next(four_events));
}

TEST_F(AChunk, FailsWhenItsCellsCannotBeRead) {
  history.write(1, milk);
  ChunkSource source = history.source();
  source.read_cell = [](core::BytesView) -> core::Result<Cell> { return core::fail(core::ErrorCode::io, "no disk"); };
  const auto chunk = build_chunk(source, walk, view, {});
  ASSERT_FALSE(chunk.has_value());
  EXPECT_EQ(chunk.error().code, core::ErrorCode::io);
}

TEST_F(AChunk, SaysWhenOneStepIsMoreThanAMessageMayBe) {
  history.begin_batch(1, 3);
  for (const core::Bytes& address : {milk, eggs, wine}) history.write(1, address);
  history.commit();
  const auto chunk = build_chunk(history.source(), walk, view, {.events = 1, .bytes = 1, .bytes_max = 300});
  ASSERT_FALSE(chunk.has_value());
  EXPECT_EQ(chunk.error().code, core::ErrorCode::too_large);
  EXPECT_EQ(walk.cursor(), 1u);
}

TEST_F(AChunk, ThatWouldBeTooLargeIsMadeOfOneStepOnly) {
  for (const core::Bytes& address : {milk, eggs, wine}) {
    history.write(1, address);
    history.commit();
  }
  const auto chunk = build_chunk(history.source(), walk, view, {.events = 9, .bytes = 9999, .bytes_max = 400});
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ((*chunk)->covers.size(), 1u);
}

}  // namespace
}  // namespace skerry::sync
