#include "sync/staging.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "core/random.h"
#include "crdt/payload.h"
#include "sync/cell_rows.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

const core::ReplicaId ours = replica_named('a');
const core::ReplicaId theirs = replica_named('b');

Bytes address(BytesView member) {
  return core::encode({Space{1}, "cart", Kind::set, member});
}
const Bytes milk = address("milk");
const Bytes eggs = address("eggs");

crdt::Cell cell_with(const Dot& dot) {
  crdt::Cell cell;
  cell.insert(dot, crdt::presence_payload({dot.sequence << 16}));
  return cell;
}

// What a segment says: per entry its type (none: an image alone), dot and address, and the cell of the image if any.
struct Read {
  std::optional<EventType> type;
  Dot dot;
  Bytes address;
  std::optional<crdt::Cell> image;
};

struct AStaging : testing::Test {
  // A write of ours: the cell becomes that of its dot.
  Lsn write(core::Sequence sequence, BytesView at, Slot& slot) {
    slot.cell = cell_with({ours, sequence});
    return staging.add(EventType::cell, {ours, sequence}, &slot, [&](Bytes& to) { to.append(at); });
  }
  // An event of a peer's chunk; the cell has been joined already.
  Lsn record(core::Sequence sequence, BytesView at, Slot& slot) {
    LogEntry entry;
    entry.dot = {theirs, sequence};
    entry.batch = {sequence, 1};
    entry.address = at;
    return staging.add(Space{1}, entry, &slot, log);
  }
  void join(core::Sequence sequence, BytesView at, Slot& slot) {
    slot.cell = cell_with({theirs, sequence});
    staging.joined(&slot, at);
  }
  std::vector<Read> read(const Segment& segment) {
    std::vector<Read> entries;
    auto reader = SegmentReader::open(segment.bytes, replicas);
    EXPECT_EQ(reader->count(), segment.last - segment.first + 1);
    for (auto entry = reader->next(); entry && *entry; entry = reader->next()) {
      Read read{(*entry)->type, (*entry)->dot, Bytes((*entry)->address), std::nullopt};
      if ((*entry)->image) read.image = reader->cell(*(*entry)->image).value();
      entries.push_back(std::move(read));
    }
    EXPECT_EQ(entries.size(), segment.last - segment.first + 1);
    return entries;
  }
  std::vector<Read> take() { return read(staging.take({}).value()); }

  ReplicaTable replicas;
  Staging staging{replicas, 10};
  EventLog log{1};
  Slot milk_slot, eggs_slot;
};

TEST_F(AStaging, NumbersEventsFromWhereTheLogEnds) {
  EXPECT_EQ(staging.staged_to(), 10u);
  EXPECT_EQ(write(1, milk, milk_slot), 11u);
  EXPECT_EQ(write(2, eggs, eggs_slot), 12u);
  staging.close_batch(log);
  EXPECT_EQ(staging.staged_to(), 12u);
  const auto segment = staging.take({7});
  EXPECT_EQ(segment->first, 11u);
  EXPECT_EQ(segment->last, 12u);
  EXPECT_EQ(SegmentReader::open(segment->bytes, replicas)->stamp().value, 7u);
  EXPECT_EQ(write(3, milk, milk_slot), 13u);
}

TEST_F(AStaging, ABatchGoesIntoTheLogAsOneWhenItIsClosed) {
  write(1, milk, milk_slot);
  crdt::CausalContext seen;
  seen.add({ours, 1});
  staging.add_range({ours, 2}, core::encode({Space{1}, "cart", Kind::row, {}}), seen);
  EXPECT_EQ(log.end(), log.first());
  staging.close_batch(log);
  staging.close_batch(log);  // nothing more
  ASSERT_EQ(log.end() - log.first(), 2u);
  EXPECT_EQ(log.batch_at(1), (EventBatch{1, 2}));
  EXPECT_EQ(log.batch_at(2), (EventBatch{1, 2}));
  EXPECT_EQ(log.lsn_at(1), 11u);
  EXPECT_EQ(log.lsn_at(2), 12u);
  EXPECT_EQ(log.range_at(2), seen);
}

TEST_F(AStaging, OnlyTheLastEventOfAnAddressCarriesTheCell) {
  write(1, milk, milk_slot);
  write(2, eggs, eggs_slot);
  write(3, milk, milk_slot);  // of the same batch
  staging.close_batch(log);
  write(4, milk, milk_slot);  // of a later one
  staging.close_batch(log);
  const auto entries = take();
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].image, std::nullopt);
  EXPECT_EQ(entries[1].image, cell_with({ours, 2}));
  EXPECT_EQ(entries[2].image, std::nullopt);
  EXPECT_EQ(entries[3].image, cell_with({ours, 4}));
}

TEST_F(AStaging, EachSegmentCarriesTheCellAnew) {
  write(1, milk, milk_slot);
  staging.close_batch(log);
  EXPECT_EQ(take().at(0).image, cell_with({ours, 1}));
  write(2, milk, milk_slot);
  staging.close_batch(log);
  EXPECT_EQ(take().at(0).image, cell_with({ours, 2}));
}

TEST_F(AStaging, AnEventOfAPeerBringsTheCellThatWasJoinedForIt) {
  join(5, milk, milk_slot);
  EXPECT_EQ(record(5, milk, milk_slot), 11u);
  const auto entries = take();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].dot, (Dot{theirs, 5}));
  EXPECT_EQ(entries[0].image, cell_with({theirs, 5}));
  EXPECT_EQ(log.dot_at(1), (Dot{theirs, 5}));
}

TEST_F(AStaging, OfAPeersEventsTheLastOneOfAnAddressCarriesTheCell) {
  join(6, milk, milk_slot);
  record(5, milk, milk_slot);
  record(6, milk, milk_slot);
  const auto entries = take();
  EXPECT_EQ(entries.at(0).image, std::nullopt);
  EXPECT_EQ(entries.at(1).image, cell_with({theirs, 6}));
}

TEST_F(AStaging, ACellThatWasJoinedWithoutAnEventOfItsOwnGoesAlong) {
  write(1, milk, milk_slot);
  staging.close_batch(log);
  join(5, milk, milk_slot);
  record(6, eggs, eggs_slot);  // the event is at another address
  const auto entries = take();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].image, std::nullopt);
  EXPECT_EQ(entries[2].type, std::nullopt);
  EXPECT_EQ(entries[2].address, milk);
  EXPECT_EQ(entries[2].image, cell_with({theirs, 5}));
}

TEST_F(AStaging, AnImageAloneIsNoEvent) {
  join(5, milk, milk_slot);
  record(6, eggs, eggs_slot);
  const auto segment = staging.take({});
  EXPECT_EQ(segment->last, 12u);  // it takes a number of the log all the same
  EXPECT_EQ(log.end() - log.first(), 1u);
}

TEST_F(AStaging, AnUnusedRunHasTheAddressOfItsSpace) {
  LogEntry unused;
  unused.type = EventType::void_;
  unused.dot = {ours, 9};
  unused.first = 3;
  unused.batch = {9, 1};
  staging.add(Space{1}, unused, nullptr, log);
  const auto entries = take();
  EXPECT_EQ(entries.at(0).type, EventType::void_);
  EXPECT_EQ(entries.at(0).address, (Bytes{"\0\1", 2}));
  EXPECT_EQ(log.interval_at(1), (crdt::Interval{3, 9}));
}

TEST_F(AStaging, FactsWaitForAnEvent) {
  staging.fact("blocks", "100");
  EXPECT_EQ(staging.take({}), std::nullopt);
  write(1, milk, milk_slot);
  staging.close_batch(log);
  const auto segment = staging.take({});
  ASSERT_EQ(segment->facts.size(), 2u);
  EXPECT_EQ(segment->facts[0].key, "blocks");
  EXPECT_EQ(segment->facts[0].value, "100");
  EXPECT_EQ(staging.take({}), std::nullopt);
}

TEST_F(AStaging, TheNumbersOfReplicasBecomeDurableWithTheFirstSegmentThatUsesThem) {
  replicas.index_of(ours);
  staging.replicas_known(1);
  write(1, milk, milk_slot);
  staging.close_batch(log);
  EXPECT_TRUE(staging.take({})->facts.empty());
  record(5, milk, milk_slot);
  const auto segment = staging.take({});
  ASSERT_EQ(segment->facts.size(), 1u);
  EXPECT_EQ(segment->facts[0].key, replica_fact_key(1));
  EXPECT_EQ(segment->facts[0].value, replica_fact(theirs));
  record(6, milk, milk_slot);
  EXPECT_TRUE(staging.take({})->facts.empty());
}

// Whatever happens in whatever order: replaying the images of each segment in its order gives the cells as they are.
TEST_F(AStaging, ImagesOfASegmentAreTheCellsAtItsEnd) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    core::Random random(seed);
    std::map<Bytes, crdt::Cell> replayed;
    std::array<Slot, 3> slots;
    const std::array<Bytes, 3> at = {milk, eggs, address("wine")};
    core::Sequence sequence = 0;
    for (int step = 0; step < 30; ++step) {
      const std::size_t i = random.below(3);
      switch (random.below(4)) {
        case 0: {
          join(++sequence, at[i], slots[i]);
          const std::size_t to = random.chance(0.7) ? i : 0;
          record(sequence, at[to], slots[to]);
          break;
        }
        case 1:
          for (std::size_t writes = 1 + random.below(3); writes > 0; --writes) {
            const std::size_t to = random.below(3);
            write(++sequence, at[to], slots[to]);
          }
          staging.close_batch(log);
          break;
        default:
          if (const auto segment = staging.take({})) {
            for (const Read& entry : read(*segment)) {
              if (entry.image) replayed[entry.address] = *entry.image;
            }
            for (std::size_t each = 0; each < 3; ++each) {
              ASSERT_EQ(replayed[at[each]], slots[each].cell) << "seed " << seed << ", step " << step;
            }
          }
          break;
      }
    }
    staging.take({});
  }
}

}  // namespace
}  // namespace skerry::sync
