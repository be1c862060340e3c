#include "sync/segment.h"

#include <gtest/gtest.h>

#include <tuple>

#include "core/random.h"
#include "crdt/payload.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

const core::ReplicaId ours = replica_named('a');
const core::ReplicaId theirs = replica_named('b');
const Bytes cart = core::encode({Space{1}, "cart", Kind::set, "milk"});
const Bytes whole_cart = core::encode({Space{1}, "cart", Kind::row, {}});
const Bytes whole_space("\0\1", 2);

crdt::Cell cell_with(const Dot& dot, BytesView value = "v") {
  crdt::Cell cell;
  cell.insert(dot, crdt::register_payload({dot.sequence << 16}, std::nullopt, {}, value));
  return cell;
}

SegmentEntry entry_of(EventType type, const Dot& dot, BytesView address) {
  SegmentEntry entry;
  entry.type = type;
  entry.dot = dot;
  entry.batch = {dot.sequence, 1};
  entry.address = address;
  return entry;
}

struct ASegment : testing::Test {
  // All entries, or why not.
  core::Result<std::vector<SegmentEntry>> read(BytesView bytes) {
    auto reader = SegmentReader::open(bytes, replicas);
    if (!reader) return core::failure(reader);
    std::vector<SegmentEntry> entries;
    while (true) {
      auto entry = reader->next();
      if (!entry) return core::failure(entry);
      if (!*entry) return entries;
      if ((*entry)->image) {
        const auto cell = reader->cell(*(*entry)->image);
        if (!cell) return core::failure(cell);
      }
      entries.push_back(std::move(**entry));
    }
  }
  crdt::Cell image(BytesView bytes, const SegmentEntry& entry) {
    return SegmentReader::open(bytes, replicas)->cell(*entry.image).value();
  }
  // Three events of one batch, an unused run, a peer's event, and an image alone.
  Bytes one_of_each() {
    SegmentEntry added = entry_of(EventType::cell, {ours, 7}, cart);
    SegmentEntry removed = entry_of(EventType::range, {ours, 8}, whole_cart);
    removed.range.add(ours, {1, 7});
    removed.range.add({theirs, 3});
    SegmentEntry emptied = entry_of(EventType::range, {ours, 9}, whole_space);
    added.batch = removed.batch = emptied.batch = {7, 3};
    SegmentEntry unused = entry_of(EventType::void_, {ours, 20}, whole_space);
    unused.first = 10;
    const crdt::Cell cell = cell_with({theirs, 4});
    const crdt::Cell empty;
    writer.add(added, &empty);
    writer.add(removed, nullptr);
    writer.add(emptied, nullptr);
    writer.add(unused, nullptr);
    writer.add(entry_of(EventType::cell, {theirs, 4}, cart), &cell);
    SegmentEntry image_alone;
    image_alone.address = cart;
    writer.add(image_alone, &cell);
    return writer.take({5});
  }

  ReplicaTable replicas;
  SegmentWriter writer{replicas};
};

TEST_F(ASegment, ReadsBackWhatWasWritten) {
  const Bytes bytes = one_of_each();
  const auto reader = SegmentReader::open(bytes, replicas);
  EXPECT_EQ(reader->stamp().value, 5u);
  EXPECT_EQ(reader->count(), 6u);
  const auto entries = read(bytes);
  ASSERT_TRUE(entries.has_value());
  ASSERT_EQ(entries->size(), 6u);
  const auto& [added, removed, emptied, unused, joined, alone] =
      std::tie((*entries)[0], (*entries)[1], (*entries)[2], (*entries)[3], (*entries)[4], (*entries)[5]);

  EXPECT_EQ(added.type, EventType::cell);
  EXPECT_EQ(added.dot, (Dot{ours, 7}));
  EXPECT_EQ(added.batch, (EventBatch{7, 3}));
  EXPECT_EQ(added.address, cart);
  EXPECT_TRUE(image(bytes, added).empty());

  EXPECT_EQ(removed.type, EventType::range);
  EXPECT_EQ(removed.batch, (EventBatch{7, 3}));
  EXPECT_EQ(removed.address, whole_cart);
  EXPECT_EQ(removed.range.complete_to(ours), 7u);
  EXPECT_TRUE(removed.range.contains({theirs, 3}));
  EXPECT_EQ(removed.range.interval_count(), 2u);
  EXPECT_FALSE(removed.image);

  EXPECT_EQ(emptied.address, whole_space);
  EXPECT_EQ(emptied.batch, (EventBatch{7, 3}));
  EXPECT_TRUE(emptied.range.empty());

  EXPECT_EQ(unused.type, EventType::void_);
  EXPECT_EQ(unused.first, 10u);
  EXPECT_EQ(unused.dot, (Dot{ours, 20}));
  EXPECT_EQ(unused.batch, (EventBatch{20, 1}));

  EXPECT_EQ(joined.dot, (Dot{theirs, 4}));
  EXPECT_EQ(joined.batch, (EventBatch{4, 1}));
  EXPECT_EQ(image(bytes, joined), cell_with({theirs, 4}));

  EXPECT_EQ(alone.type, std::nullopt);
  EXPECT_EQ(alone.address, cart);
  EXPECT_EQ(image(bytes, alone), cell_with({theirs, 4}));
}

// On disk: when these bytes change, the format byte must.
TEST_F(ASegment, HasItsGoldenBytes) {
  crdt::Cell cell;
  cell.insert({ours, 2}, crdt::presence_payload({3}));
  writer.add(entry_of(EventType::cell, {ours, 2}, cart), &cell);
  const Bytes bytes = writer.take({0x0102});
  std::string hex;
  for (const char byte : bytes) {
    for (const int nibble : {(byte >> 4) & 15, byte & 15}) hex.push_back("0123456789abcdef"[nibble]);
  }
  EXPECT_EQ(hex,
            "01"
            "0000000000000102"
            "00000001"  // format, stamp, count
            "0d"
            "00"
            "02"  // a cell with an image, alone; replica 0, sequence 2
            "0d"
            "0001"
            "63617274"
            "0000"
            "04"
            "6d696c6b"  // space 1, "cart", set, "milk"
            "0d"
            "01"
            "00"
            "02"
            "09"
            "01"
            "0000000000000003");  // an image with one entry: presence, stamp 3
}

TEST_F(ASegment, BeginsAnewWithEachTake) {
  one_of_each();
  EXPECT_EQ(writer.count(), 0u);
  writer.add(entry_of(EventType::cell, {ours, 30}, cart), nullptr);
  EXPECT_EQ(writer.count(), 1u);
  const Bytes bytes = writer.take({6});
  const auto entries = read(bytes);
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().dot, (Dot{ours, 30}));
  EXPECT_FALSE(entries->front().image);
}

TEST_F(ASegment, LosesTheImagesThatAreDroppedAndNoOther) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    core::Random random(seed);
    std::vector<SegmentWriter::Written> written;
    std::vector<Bytes> values;  // of the images; empty where there is none
    const std::size_t count = 1 + random.below(12);
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(random.chance(0.8) ? Bytes(1 + random.below(200), static_cast<char>('a' + i)) : Bytes());
      const Dot dot{ours, i + 1};
      const crdt::Cell cell = cell_with(dot, values[i]);
      written.push_back(writer.add(entry_of(EventType::cell, dot, cart), values[i].empty() ? nullptr : &cell));
    }
    for (std::size_t drops = random.below(count + 1); drops > 0; --drops) {
      const std::size_t i = random.below(count);
      writer.drop_image(written[i]);
      writer.drop_image(written[i]);  // it may have none any more
      values[i].clear();
    }
    const Bytes bytes = writer.take({});
    const auto entries = read(bytes);
    ASSERT_TRUE(entries.has_value()) << "seed " << seed;
    ASSERT_EQ(entries->size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ((*entries)[i].dot.sequence, i + 1);
      ASSERT_EQ((*entries)[i].image.has_value(), !values[i].empty()) << "seed " << seed << ", entry " << i;
      if (!values[i].empty()) {
        EXPECT_EQ(image(bytes, (*entries)[i]), cell_with({ours, i + 1}, values[i]));
      }
    }
  }
}

// --- a stranger's bytes, or a damaged disk's

struct ADamagedSegment : ASegment {
  ErrorCode refusal(BytesView bytes) {
    const auto entries = read(bytes);
    EXPECT_FALSE(entries.has_value());
    return entries ? ErrorCode::refused : entries.error().code;
  }
  // One entry, written as it is told, however wrong.
  ErrorCode refusal_of(const SegmentEntry& entry, bool with_image = false) {
    const crdt::Cell cell = cell_with({ours, 1});
    writer.add(entry, with_image ? &cell : nullptr);
    return refusal(writer.take({}));
  }
};

TEST_F(ADamagedSegment, IsRefusedWhereverItIsCut) {
  const Bytes bytes = one_of_each();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(refusal(BytesView(bytes).substr(0, size)), ErrorCode::corrupt) << size;
  }
  EXPECT_EQ(refusal(bytes + '\0'), ErrorCode::corrupt);
}

TEST_F(ADamagedSegment, OfANewerFormatIsUnsupported) {
  Bytes bytes = one_of_each();
  bytes[0] = 2;
  EXPECT_EQ(refusal(bytes), ErrorCode::unsupported);
  bytes[0] = 0;
  EXPECT_EQ(refusal(bytes), ErrorCode::corrupt);
}

TEST_F(ADamagedSegment, NamesOnlyReplicasThatAreKnown) {
  const Bytes bytes = one_of_each();
  ReplicaTable fewer;
  fewer.index_of(ours);
  auto reader = SegmentReader::open(bytes, fewer);
  core::Result<std::optional<SegmentEntry>> entry = reader->next();
  while (entry && *entry) entry = reader->next();
  EXPECT_EQ(entry.error().code, ErrorCode::corrupt);
}

TEST_F(ADamagedSegment, HasAnAddressThatItsTypeCannotHave) {
  EXPECT_EQ(refusal_of(entry_of(EventType::cell, {ours, 1}, whole_cart)), ErrorCode::corrupt);
  EXPECT_EQ(refusal_of(entry_of(EventType::cell, {ours, 1}, whole_space)), ErrorCode::corrupt);
  EXPECT_EQ(refusal_of(entry_of(EventType::range, {ours, 1}, cart)), ErrorCode::corrupt);
  EXPECT_EQ(refusal_of(entry_of(EventType::void_, {ours, 1}, cart)), ErrorCode::corrupt);
  EXPECT_EQ(refusal_of(entry_of(EventType::cell, {ours, 1}, "no address")), ErrorCode::corrupt);
}

TEST_F(ADamagedSegment, HasAnEventWithoutASequenceOrARunThatEndsBeforeItBegins) {
  EXPECT_EQ(refusal_of(entry_of(EventType::cell, {ours, 0}, cart)), ErrorCode::corrupt);
  SegmentEntry unused = entry_of(EventType::void_, {ours, 5}, whole_space);
  unused.first = 6;
  EXPECT_EQ(refusal_of(unused), ErrorCode::corrupt);
  unused.first = 0;
  EXPECT_EQ(refusal_of(unused), ErrorCode::corrupt);
}

TEST_F(ADamagedSegment, HasAnImageWhereThereCanBeNoneOrNoneWhereThereMustBe) {
  EXPECT_EQ(refusal_of(entry_of(EventType::range, {ours, 1}, whole_cart), true), ErrorCode::corrupt);
  SegmentEntry image_alone;
  image_alone.address = cart;
  EXPECT_EQ(refusal_of(image_alone), ErrorCode::corrupt);
}

// Checksums are the store's; here a changed byte must neither crash nor be taken for another number of entries.
TEST_F(ADamagedSegment, ChangedAnywhereIsRefusedOrASegmentOfAsManyEntries) {
  const Bytes bytes = one_of_each();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
      Bytes changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      const auto entries = read(changed);
      if (entries) {
        EXPECT_EQ(entries->size(), SegmentReader::open(changed, replicas)->count());
      }
    }
  }
}

}  // namespace
}  // namespace skerry::sync
