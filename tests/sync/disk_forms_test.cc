// The bytes on disk.  They are a promise: tests/fuzz/corpus/disk_fuzz holds one of each form, and a version that reads
// or writes them otherwise needs another format byte.  After a change that is meant:
//     SKERRY_WRITE_GOLDEN=1 build/dev/tests/skerry_sync_test --gtest_filter='DiskForms.*'
#include "tests/sync/disk_forms.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "crdt/payload.h"

namespace skerry::sync {
namespace {

using core::Bytes;
using core::BytesView;

constexpr core::Space space{3};

ReplicaTable replicas = disk_replicas();

crdt::Dot dot(ReplicaTable::Index replica, core::Sequence sequence) {
  return {*replicas.at(replica), sequence};
}

crdt::CausalContext context() {
  crdt::CausalContext context;
  context.add(dot(0, 1).replica, {1, 7});
  context.add(dot(1, 3));
  context.add(dot(1, 1).replica, {9, 1000});
  return context;
}

crdt::Cell cell() {
  crdt::Cell cell;
  cell.insert(dot(0, 7), crdt::register_payload({1}, core::from_unix_milliseconds(1000), {}, "value"));
  cell.insert(dot(2, 4), crdt::tally_payload({4}, {5, 2, -9, 0}, {}));
  return cell;
}

// One entry of each type, two in one batch, and an image without an event.
Bytes segment() {
  const Bytes milk = core::encode({space, "cart", core::Kind::set, "milk"});
  const Bytes cart = core::encode({space, "cart", core::Kind::row, {}});
  const Bytes whole("\0\3", 2);
  ReadSegment segment{{5}, {}, {}};
  const auto add = [&](std::optional<EventType> type, const crdt::Dot& dot, EventBatch batch, BytesView address) {
    SegmentEntry entry;
    entry.type = type;
    entry.dot = dot;
    entry.batch = batch;
    entry.address = address;
    if (!type || type == EventType::cell) entry.image = BytesView();
    segment.images.push_back(cell());
    segment.entries.push_back(std::move(entry));
  };
  add(EventType::cell, dot(0, 7), {7, 2}, milk);
  add(EventType::range, dot(0, 8), {7, 2}, cart);
  segment.entries.back().range = context();
  add(EventType::range, dot(1, 9), {9, 1}, whole);
  add(EventType::void_, dot(0, 20), {20, 1}, whole);
  segment.entries.back().first = 9;
  add(EventType::cell, dot(2, 4), {3, 5}, milk);
  add({}, {}, {}, milk);
  return write_segment(segment, replicas);
}

Bytes row_of_a_key() {
  KeyRow row;
  row.version = 300;
  row.number = 5;
  row.due = 1'700'000'000'000;
  row.counts[0] = {1, 1, 1, 0};
  row.counts[2] = {900, 800, 2, 100};
  row.epoch = 2;
  row.pending = context();
  return key_row(row, replicas);
}

Bytes fact_of_a_space() {
  SpaceFact fact;
  fact.keys = 1000;
  fact.tallied = 3;
  fact.leftover = 2;
  fact.numbered = 1200;
  fact.removals.epoch = 4;
  fact.removals.unresolved = 3;
  fact.removals.version = 290;
  fact.removals.numbered = 1100;
  fact.removals.context = context();
  return space_fact(fact, replicas);
}

Bytes with_key(const Bytes& key, const Bytes& row) {
  Bytes bytes;
  core::put_u8(bytes, static_cast<std::uint8_t>(key.size()));
  return bytes.append(key).append(row);
}

// Written as it was, and accepted.
void expect(const std::string& name, DiskForm form, const Bytes& bytes) {
  EXPECT_TRUE(read_disk_form(form, bytes)) << name;
  const std::string path = std::string(SKERRY_SOURCE_DIR) + "/tests/fuzz/corpus/disk_fuzz/" + name;
  const Bytes input = Bytes(1, static_cast<char>(form)) + bytes;
  if (std::getenv("SKERRY_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << input;
  std::ifstream file(path, std::ios::binary);
  const Bytes golden((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(input, golden) << name;
}

TEST(DiskForms, HaveTheirGoldenBytes) {
  expect("segment", DiskForm::segment, segment());
  Bytes bytes;
  put_context(bytes, context(), [](const core::ReplicaId& id) { return replicas.index_of(id); });
  expect("context", DiskForm::context, bytes);
  expect("cell_row", DiskForm::cell_row, cell_row(cell(), replicas));
  expect("key_row", DiskForm::key_row, row_of_a_key());
  expect("number_row", DiskForm::number_row, with_key(number_row_key(space, 5), number_row("cart")));
  Bytes prefix;
  core::put_key_prefix(prefix, space, "cart");
  expect("due_row", DiskForm::due_row, with_key(due_row_key(1'700'000'000'000, prefix), due_row()));
  expect("pending_row", DiskForm::pending_row, with_key(pending_row_key(prefix), pending_row()));
  expect("replica_fact", DiskForm::replica_fact, replica_fact_key(1) + replica_fact(*replicas.at(1)));
  expect("space_fact_key", DiskForm::space_fact_key, space_fact_key(space_facts, space));
  expect("block_fact", DiskForm::block_fact, block_fact(65'536));
  expect("space_fact", DiskForm::space_fact, fact_of_a_space());
}

// No form is taken for another's beginning, or its own: what is cut off is not accepted.
TEST(DiskForms, AreNotAcceptedWhenTheyAreCutOff) {
  const auto cut = [](DiskForm form, const Bytes& bytes) {
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(read_disk_form(form, BytesView(bytes).substr(0, size))) << static_cast<int>(form) << ": " << size;
  };
  cut(DiskForm::segment, segment());
  cut(DiskForm::cell_row, cell_row(cell(), replicas));
  cut(DiskForm::block_fact, block_fact(65'536));
  cut(DiskForm::space_fact, fact_of_a_space());
  cut(DiskForm::key_row, row_of_a_key());
}

}  // namespace
}  // namespace skerry::sync
