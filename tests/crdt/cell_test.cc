// The laws of the one join, and that each local half equals a join with the delta it stands for.
#include "crdt/cell.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

// A replica's view of one cell: what is live is part of what was seen, and a dot has one payload everywhere.
struct View {
  Cell cell;
  CausalContext seen;
  bool operator==(const View&) const = default;
};

Dot dot_number(std::size_t i) {
  return {replica_number(static_cast<std::uint8_t>(i % 3)), i / 3 + 1};
}

View view_from(std::uint16_t live, std::uint16_t seen) {
  View view;
  for (std::size_t i = 0; i < 12; ++i) {
    if (((live | seen) >> i & 1) == 0) continue;
    view.seen.add(dot_number(i));
    if ((live >> i & 1) != 0) view.cell.insert(dot_number(i), "payload " + std::to_string(i));
  }
  return view;
}

View joined(const View& left, const View& right) {
  View view{join(left.cell, left.seen, right.cell, right.seen), left.seen};
  view.seen.add(right.seen);
  return view;
}

RC_GTEST_PROP(Join, IsCommutative, (std::uint16_t a, std::uint16_t b, std::uint16_t c, std::uint16_t d)) {
  const View one = view_from(a, b);
  const View two = view_from(c, d);
  RC_ASSERT(joined(one, two) == joined(two, one));
}

RC_GTEST_PROP(Join, IsAssociative, (std::vector<std::uint16_t> bits)) {
  bits.resize(6);
  const View one = view_from(bits[0], bits[1]);
  const View two = view_from(bits[2], bits[3]);
  const View three = view_from(bits[4], bits[5]);
  RC_ASSERT(joined(joined(one, two), three) == joined(one, joined(two, three)));
}

RC_GTEST_PROP(Join, IsIdempotent, (std::uint16_t a, std::uint16_t b, std::uint16_t c, std::uint16_t d)) {
  const View one = view_from(a, b);
  const View both = joined(one, view_from(c, d));
  RC_ASSERT(joined(one, one) == one);
  RC_ASSERT(joined(both, one) == both);
}

RC_GTEST_PROP(Join, IsTheFormula, (std::uint16_t a, std::uint16_t b, std::uint16_t c, std::uint16_t d)) {
  const View one = view_from(a, b);
  const View two = view_from(c, d);
  const Cell cell = join(one.cell, one.seen, two.cell, two.seen);
  for (std::size_t i = 0; i < 12; ++i) {
    const Dot dot = dot_number(i);
    const bool here = one.cell.contains(dot);
    const bool there = two.cell.contains(dot);
    const bool kept = (here && there) || (here && !two.seen.contains(dot)) || (there && !one.seen.contains(dot));
    RC_ASSERT(cell.contains(dot) == kept);
  }
}

RC_GTEST_PROP(Join, StaysCommutativeWhenAPeerBreaksTheRuleOfOnePayload, (std::string one, std::string two)) {
  Cell left;
  Cell right;
  left.insert(dot_number(0), one);
  right.insert(dot_number(0), two);
  RC_ASSERT(join(left, {}, right, {}) == join(right, {}, left, {}));
}

// What a local write does to its cell equals joining the delta {dot} that has seen all that is there.
RC_GTEST_PROP(LocalHalf, SupersedeAllIsAJoin, (std::uint16_t live, std::uint16_t seen)) {
  const View before = view_from(live, seen);
  const Dot dot{replica_number(9), 1};
  Cell written = before.cell;
  written.supersede_all(dot, "new");
  Cell by_another_way = before.cell;
  by_another_way.supersede_all_by(dot, [](Bytes& to) { to.append("new"); });
  RC_ASSERT(by_another_way == written);
  Cell delta;
  delta.insert(dot, "new");
  CausalContext delta_seen = before.seen;
  delta_seen.add(dot);
  RC_ASSERT(written == join(before.cell, before.seen, delta, delta_seen));
}

RC_GTEST_PROP(LocalHalf, SupersedeIsAJoin, (std::uint16_t live, std::uint16_t seen, std::uint8_t which)) {
  const View before = view_from(live, seen);
  const Dot old = dot_number(which % 12);
  const Dot dot{replica_number(which % 5), 100};
  Cell written = before.cell;
  written.supersede(old, dot, "new");
  Cell delta;
  delta.insert(dot, "new");
  CausalContext delta_seen;
  delta_seen.add(old);
  delta_seen.add(dot);
  RC_ASSERT(written == join(before.cell, before.seen, delta, delta_seen));
}

RC_GTEST_PROP(LocalHalf, RemoveSeenIsAJoin, (std::uint16_t live, std::uint16_t seen, std::uint16_t range)) {
  const View before = view_from(live, seen);
  const CausalContext removed = view_from(0, range).seen;
  Cell written = before.cell;
  const bool changed = written.remove_seen(removed);
  RC_ASSERT(written == join(before.cell, before.seen, {}, removed));
  RC_ASSERT(changed == (written != before.cell));
}

RC_GTEST_PROP(LocalHalf, InsertKeepsTheOrderOfDots, (std::vector<std::uint8_t> numbers)) {
  Cell cell;
  for (const std::uint8_t number : numbers) cell.insert(dot_number(number), "x");
  for (std::size_t i = 1; i < cell.size(); ++i) RC_ASSERT(cell.entries()[i - 1].dot < cell.entries()[i].dot);
  for (const std::uint8_t number : numbers) RC_ASSERT(cell.contains(dot_number(number)));
}

TEST(LocalHalf, AWriteMayBeAViewOfWhatItSupersedes) {
  Cell cell;
  cell.insert(dot_number(0), "first and long enough to live on the heap");
  cell.insert(dot_number(1), "second and long enough to live on the heap");
  cell.supersede_all(dot_number(5), cell.entries()[1].payload);
  EXPECT_EQ(cell.entries()[0].payload, "second and long enough to live on the heap");
  cell.supersede(dot_number(5), dot_number(8), BytesView(cell.entries()[0].payload).substr(7));
  EXPECT_EQ(cell.entries()[0].payload, "and long enough to live on the heap");
  EXPECT_EQ(cell.size(), 1u);
}

TEST(LocalHalf, AWriteReusesTheMemoryThatIsThere) {
  Cell cell;
  cell.supersede_all(dot_number(0), std::string(100, 'a'));
  const char* memory = cell.entries()[0].payload.data();
  cell.supersede_all(dot_number(3), std::string(90, 'b'));
  EXPECT_EQ(cell.entries()[0].payload.data(), memory);
  cell.supersede_all_by(dot_number(6), [](Bytes& to) { to.append(80, 'c'); });
  EXPECT_EQ(cell.entries()[0].payload.data(), memory);
}

TEST(LocalHalf, ASmallValueDoesNotKeepTheMemoryOfALargeOne) {
  Cell cell;
  cell.supersede_all(dot_number(0), std::string(1 << 20, 'a'));
  EXPECT_GT(cell.heap_bytes(), std::size_t{1} << 20);
  cell.supersede_all(dot_number(3), "b");
  EXPECT_LT(cell.heap_bytes(), 1000u);
}

class CellBytes : public testing::Test {
 protected:
  static std::uint32_t index_of(const core::ReplicaId& id) { return 200u + id.bytes[15]; }
  static std::optional<Cell> read(BytesView bytes) {
    const core::ReplicaId known[] = {replica_number(0), replica_number(1), replica_number(2)};
    core::ByteReader reader(bytes);
    return get_cell(reader,
                    [&](std::uint32_t index) { return index >= 200 && index < 203 ? &known[index - 200] : nullptr; });
  }
  static Bytes written(const Cell& cell) {
    Bytes bytes;
    put_cell(bytes, cell, index_of);
    return bytes;
  }
};

TEST_F(CellBytes, ReadBackWhatWasWritten) {
  for (const std::uint16_t live : {0x000, 0x001, 0x00f, 0xfff, 0xa5a}) {
    const Cell cell = view_from(live, 0).cell;
    EXPECT_EQ(read(written(cell)), cell);
  }
}

TEST_F(CellBytes, AreRefusedWhenTheyAreNoCell) {
  const Bytes bytes = written(view_from(0x00f, 0).cell);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(read(BytesView(bytes).substr(0, size))) << size;
  using namespace std::string_literals;
  EXPECT_TRUE(read("\x01\xc8\x01\x01\x01x"s));                              // replica 200, sequence 1, "x"
  EXPECT_FALSE(read("\x01\xe0\x01\x01\x01x"s));                             // an unknown replica
  EXPECT_FALSE(read("\x01\xc8\x01\x00\x01x"s));                             // sequence 0
  EXPECT_FALSE(read("\x01\xc8\x01\x01\x00"s));                              // no payload
  EXPECT_FALSE(read("\x02\xc8\x01\x01\x01x\xc8\x01\x01\x01x"s));            // one dot twice
  EXPECT_FALSE(read("\x02\xc8\x01\x02\x01x\xc8\x01\x01\x01x"s));            // not in order
  EXPECT_FALSE(read("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\xc8\x01"s));  // a count without entries
}

}  // namespace
}  // namespace skerry::crdt
