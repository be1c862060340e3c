#include "sync/chunk_apply.h"

#include <gtest/gtest.h>

#include "sync/chunk_builder.h"
#include "sync/limits.h"
#include "tests/sync/history.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

const core::Bytes milk = History::member("cart", "milk");
const core::Bytes eggs = History::member("cart", "eggs");
const core::Bytes wine = History::member("bar", "wine");

struct AChunkToApply : testing::Test {
  Chunk next() {
    auto chunk = build_chunk(history.source(), walk, view, {});
    EXPECT_TRUE(chunk && *chunk);
    return std::move(**chunk);
  }
  std::uint64_t apply(const Chunk& chunk) {
    EXPECT_TRUE(check_chunk(chunk, History::space));
    EXPECT_TRUE(state().context.covers(chunk.base));
    EXPECT_TRUE(check_chunk(chunk, state().context));
    auto events = apply_chunk(*host, state(), chunk, host.now());
    EXPECT_TRUE(events.has_value());
    return events.value_or(0);
  }
  SpaceState& state() { return host.state(History::space.number); }
  crdt::Cell cell(const core::Bytes& address) { return host->cell(state(), address).value(); }

  History history;
  PeerView view;
  LogWalk walk;
  Host host;
};

TEST_F(AChunkToApply, BringsCellsContextAndLog) {
  const Dot first = history.write(1, milk);
  const Dot second = history.write(2, eggs);
  const Dot last = history.unused(1, 10);
  EXPECT_EQ(apply(next()), 3u);
  EXPECT_TRUE(cell(milk).contains(first));
  EXPECT_TRUE(cell(eggs).contains(second));
  EXPECT_EQ(state().context, history.context());
  ASSERT_EQ(state().log.end(), 4u);
  for (Position position = 1; position < 4; ++position) {
    EXPECT_EQ(state().log.dot_at(position), history.log().dot_at(position));
    EXPECT_EQ(state().log.address_at(position), history.log().address_at(position));
    EXPECT_EQ(state().log.batch_at(position), history.log().batch_at(position));
  }
  EXPECT_EQ(state().log.interval_at(3), (crdt::Interval{last.sequence - 9, last.sequence}));
}

TEST_F(AChunkToApply, ChangesNothingTheSecondTime) {
  history.write(1, milk);
  history.remove_under(1, History::whole("cart"));
  const Dot again = history.write(1, milk);
  const Chunk chunk = next();
  EXPECT_EQ(apply(chunk), 3u);
  EXPECT_EQ(apply(chunk), 0u);
  EXPECT_EQ(cell(milk).size(), 1u);
  EXPECT_TRUE(cell(milk).contains(again));
  EXPECT_EQ(state().log.end(), 4u);
}

TEST_F(AChunkToApply, KeepsWhatItsSenderHasNotSeen) {
  history.write(1, milk);
  Chunk chunk = next();
  History other;
  const Dot theirs = other.write(7, milk);
  LogWalk other_walk;
  apply(**build_chunk(other.source(), other_walk, view, {}));
  apply(chunk);
  EXPECT_EQ(cell(milk).size(), 2u);
  EXPECT_TRUE(cell(milk).contains(theirs));
}

TEST_F(AChunkToApply, RemovesByARangesOwnContext) {
  const Dot before = history.write(1, milk);
  apply(next());
  history.remove_under(2, History::whole("cart"));
  const Dot after = history.write(1, eggs);
  apply(next());
  EXPECT_FALSE(cell(milk).contains(before));
  EXPECT_TRUE(cell(eggs).contains(after));
  history.remove_under(2, History::whole_space());
  apply(next());
  EXPECT_TRUE(cell(eggs).empty());
}

// --- what no honest peer sends

struct AFalseChunk : AChunkToApply {
  AFalseChunk() {
    history.write(1, milk);
    history.write(1, eggs);
    history.remove_under(1, History::whole("bar"));
    history.unused(1, 4);
    chunk = next();
    EXPECT_TRUE(check_chunk(chunk, History::space));
  }
  void expect(ErrorCode code, const core::Result<void>& checked) {
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, code) << checked.error().detail;
  }
  void expect(ErrorCode code) { expect(code, check_chunk(chunk, History::space)); }
  Chunk chunk;
};

TEST_F(AFalseChunk, CoversNothing) {
  chunk.covers.clear();
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, CoversMoreThanItCarries) {
  chunk.cells.pop_back();
  expect(ErrorCode::refused);
}
TEST_F(AFalseChunk, CarriesWhatItDoesNotCover) {
  chunk.cells.push_back({wine, {}});
  expect(ErrorCode::refused);
}
TEST_F(AFalseChunk, CarriesACellTwice) {
  chunk.cells.push_back(chunk.cells[0]);
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, CoversMoreThanItHasSeen) {
  chunk.seen.remove(chunk.covers[1].dot);
  expect(ErrorCode::refused);
}
TEST_F(AFalseChunk, StandsOnMoreThanItHasSeen) {
  chunk.base.add({replica_number(9), 1});
  expect(ErrorCode::refused);
}
TEST_F(AFalseChunk, RemovesMoreThanItHasSeen) {
  chunk.covers[2].range.add({replica_number(9), 1});
  expect(ErrorCode::refused);
}
TEST_F(AFalseChunk, HasAnEventWithoutASequence) {
  chunk.covers[0].dot.sequence = 0;
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, HasAnEventOutsideItsBatch) {
  chunk.covers[0].batch = {2, 1};
  expect(ErrorCode::malformed);
  chunk.covers[0].batch = {1, 0};
  expect(ErrorCode::malformed);
  chunk.covers[0].batch = {1, batch_events_max + 1};
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, HasARunThatEndsBeforeItBegins) {
  chunk.covers[3].first = chunk.covers[3].dot.sequence + 1;
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, HasAnAddressThatItsTypeCannotHave) {
  for (const core::Bytes& address : {core::Bytes(), History::whole("cart"), History::whole_space()}) {
    chunk.covers[0].address = address;
    expect(ErrorCode::malformed);
  }
  chunk.covers[0].address = milk;
  chunk.covers[2].address = milk;
  expect(ErrorCode::malformed);
  chunk.covers[2].address = History::whole("bar");
  chunk.covers[3].address = milk;
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, IsForAnotherSpace) {
  expect(ErrorCode::malformed, check_chunk(chunk, core::Space{2}));
  chunk.cells[0].address = core::encode({core::Space{2}, "cart", core::Kind::set, "milk"});
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, CarriesAPayloadThatNobodyAccountsFor) {
  const Dot stray{replica_number(9), 1};
  chunk.cells[0].cell.insert(stray, crdt::presence_payload({}));
  ASSERT_TRUE(check_chunk(chunk, History::space));
  expect(ErrorCode::refused, check_chunk(chunk, CausalContext()));
  chunk.seen.add(stray);
  expect(ErrorCode::refused, check_chunk(chunk, CausalContext()));
  EXPECT_TRUE(check_chunk(chunk, context_of({stray})));
}
TEST_F(AFalseChunk, CallsUnusedWhatIsKnown) {
  EXPECT_TRUE(check_chunk(chunk, CausalContext()));
  EXPECT_TRUE(check_chunk(chunk, chunk.seen));
  const Dot last = chunk.covers[3].dot;
  expect(ErrorCode::refused, check_chunk(chunk, context_of({{last.replica, last.sequence - 1}})));
  expect(ErrorCode::refused, check_chunk(chunk, context_of({last})));
}
TEST_F(AFalseChunk, ShowsAnEventAtAnAddressThatIsNotItsOwn) {
  const Dot of_eggs = chunk.covers[1].dot;
  ASSERT_EQ(chunk.cells[0].address, milk);
  chunk.cells[0].cell.insert(of_eggs, crdt::presence_payload({}));
  ASSERT_TRUE(check_chunk(chunk, History::space));
  expect(ErrorCode::refused, check_chunk(chunk, CausalContext()));
}
TEST_F(AFalseChunk, ShowsAnEventThatItCallsUnused) {
  const Dot unused{chunk.covers[3].dot.replica, chunk.covers[3].first};
  chunk.cells[0].cell.insert(unused, crdt::presence_payload({}));
  ASSERT_TRUE(check_chunk(chunk, History::space));
  expect(ErrorCode::refused, check_chunk(chunk, CausalContext()));
}
TEST_F(AFalseChunk, CoversAnEventTwice) {
  chunk.covers.push_back(chunk.covers[0]);
  expect(ErrorCode::malformed);
  chunk.covers.back().address = eggs;
  expect(ErrorCode::malformed);
  chunk.covers.pop_back();
  chunk.covers[3].first = chunk.covers[1].dot.sequence;
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, ShowsWhatItRemoves) {
  chunk.covers[2].address = History::whole("cart");
  ASSERT_TRUE(check_chunk(chunk, History::space));
  expect(ErrorCode::refused, check_chunk(chunk, CausalContext()));
}
TEST_F(AFalseChunk, CoversAPartOfABatch) {
  const Dot last = chunk.covers[1].dot;
  chunk.covers[1].batch = {last.sequence - 1, 2};
  EXPECT_TRUE(check_chunk(chunk, CausalContext()));
  chunk.covers[1].batch = {last.sequence, 100};
  ASSERT_TRUE(check_chunk(chunk, History::space));
  expect(ErrorCode::refused, check_chunk(chunk, CausalContext()));
}
TEST_F(AFalseChunk, HasABatchBeyondTheLastSequenceThereIs) {
  const Dot last{chunk.covers[1].dot.replica, UINT64_MAX - 1};
  chunk.covers[1].dot = last;
  chunk.seen.add(last);
  chunk.covers[1].batch = {last.sequence, 1};
  EXPECT_TRUE(check_chunk(chunk, History::space));
  chunk.covers[1].batch = {last.sequence, 2};
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, HasABatchOfUnusedSequences) {
  chunk.covers[3].batch = {chunk.covers[3].first, 4};
  expect(ErrorCode::malformed);
}
TEST_F(AFalseChunk, RemovesWhatNobodyAccountsFor) {
  const Dot stray{replica_number(9), 1};
  chunk.seen.add(stray);
  chunk.covers[2].range.add(stray);
  ASSERT_TRUE(check_chunk(chunk, History::space));
  expect(ErrorCode::refused, check_chunk(chunk, CausalContext()));
  EXPECT_TRUE(check_chunk(chunk, context_of({stray})));
}
// Else our next State would be more than any peer accepts, or than our own encoder can write.
TEST_F(AFalseChunk, MakesOurContextTooLarge) {
  const auto cover = [&](std::uint32_t replica, core::Sequence sequence) {
    CoveredEvent& event = chunk.covers.emplace_back();
    event.type = EventType::void_;
    event.dot.replica.bytes = {1, static_cast<std::uint8_t>(replica >> 8), static_cast<std::uint8_t>(replica)};
    event.first = event.dot.sequence = sequence;
    event.batch = {sequence, 1};
    chunk.seen.add(event.dot);
  };
  const std::size_t honest = chunk.covers.size();
  for (std::uint32_t replica = 1; replica < context_replicas_kept_max; ++replica) cover(replica, 1);
  ASSERT_TRUE(check_chunk(chunk, History::space));
  EXPECT_TRUE(check_chunk(chunk, CausalContext()));
  EXPECT_TRUE(check_chunk(chunk, chunk.seen));
  expect(ErrorCode::too_large, check_chunk(chunk, context_of({{replica_number(9), 1}})));

  chunk.covers.resize(honest);
  for (core::Sequence i = 1; i < context_intervals_kept_max; ++i) cover(1, 2 * i);
  ASSERT_TRUE(check_chunk(chunk, History::space));
  EXPECT_TRUE(check_chunk(chunk, CausalContext()));
  expect(ErrorCode::too_large, check_chunk(chunk, context_of({{replica_number(9), 1}})));
}

TEST(KnowsMoreOf, LooksAtTheOneReplicaOnly) {
  const ReplicaId self = replica_number(1);
  const ReplicaId other = replica_number(2);
  CausalContext ours;
  ours.add(self, {1, 10});
  CausalContext theirs;
  theirs.add(other, {1, 99});
  EXPECT_FALSE(knows_more_of(self, theirs, ours));
  theirs.add(self, {3, 10});
  EXPECT_FALSE(knows_more_of(self, theirs, ours));
  theirs.add(self, {11, 11});
  EXPECT_TRUE(knows_more_of(self, theirs, ours));
}

}  // namespace
}  // namespace skerry::sync
