// What lies on disk, form by form, through the eyes of its decoders: for fuzzing them, and for the golden bytes that
// the fuzz target begins with.  An input is one byte, the form, and what lies there.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ensure.h"
#include "sync/cell_rows.h"
#include "sync/context_codec.h"
#include "sync/segment.h"

namespace skerry::sync {

enum class DiskForm : std::uint8_t {
  segment,
  context,
  cell_row,
  key_row,
  number_row,  // size of the key u8 · key · row, as the next
  due_row,
  pending_row,
  replica_fact,  // key · 16 bytes
  space_fact_key,
  block_fact,
  space_fact,
};

// The replicas whose numbers are known: 0, 1 and 2.
inline ReplicaTable disk_replicas() {
  ReplicaTable replicas;
  for (std::uint8_t number = 0; number < 3; ++number) {
    core::ReplicaId id;
    id.bytes.fill(static_cast<std::uint8_t>(0xa0 + number));
    replicas.index_of(id);
  }
  return replicas;
}

struct ReadSegment {
  core::Stamp stamp;
  std::vector<SegmentEntry> entries;
  std::vector<crdt::Cell> images;
};

inline core::Result<ReadSegment> read_segment(core::BytesView bytes, const ReplicaTable& replicas) {
  ReadSegment read;
  auto reader = SegmentReader::open(bytes, replicas);
  if (!reader) return core::failure(reader);
  read.stamp = reader->stamp();
  while (true) {
    auto entry = reader->next();
    if (!entry) return core::failure(entry);
    if (!*entry) return read;
    read.images.emplace_back();
    if ((*entry)->image) {
      auto cell = reader->cell(*(*entry)->image);
      if (!cell) return core::failure(cell);
      read.images.back() = std::move(*cell);
    }
    read.entries.push_back(std::move(**entry));
  }
}

inline core::Bytes write_segment(const ReadSegment& segment, ReplicaTable& replicas) {
  SegmentWriter writer(replicas);
  for (std::size_t i = 0; i < segment.entries.size(); ++i)
    writer.add(segment.entries[i], segment.entries[i].image ? &segment.images[i] : nullptr);
  return writer.take(segment.stamp);
}

// A segment has several spellings (of batches); whatever it is, it can be written again and is then read the same.
inline bool read_any_segment(core::BytesView bytes) {
  ReplicaTable replicas = disk_replicas();
  const auto read = read_segment(bytes, replicas);
  if (!read) return false;
  const core::Bytes written = write_segment(*read, replicas);
  const auto again = read_segment(written, replicas);
  core::ensure(again.has_value());
  core::ensure(again->stamp == read->stamp);
  core::ensure(again->images == read->images);
  core::ensure(again->entries.size() == read->entries.size());
  for (std::size_t i = 0; i < read->entries.size(); ++i) {
    const SegmentEntry& one = read->entries[i];
    const SegmentEntry& other = again->entries[i];
    core::ensure(one.type == other.type && one.dot == other.dot && one.first == other.first);
    core::ensure(one.batch == other.batch && one.address == other.address && one.range == other.range);
    core::ensure(one.image == other.image);
  }
  return true;
}

inline bool read_any_context(core::BytesView bytes) {
  ReplicaTable replicas = disk_replicas();
  core::ByteReader reader(bytes);
  const auto context = get_context(reader, [&](std::uint32_t index) { return replicas.at(index); });
  if (!context) return false;
  core::Bytes written;
  put_context(written, *context, [&](const core::ReplicaId& id) { return replicas.index_of(id); });
  core::ensure(bytes == written.append(reader.rest()));
  return true;
}

// Whether these bytes were accepted.  All forms but a segment's have one spelling: what was accepted is written as it
// was read.
inline bool read_disk_form(DiskForm form, core::BytesView bytes) {
  ReplicaTable replicas = disk_replicas();
  const auto same = [&](const auto& read, auto&& write) {
    if (!read) return false;
    core::ensure(write(*read) == bytes);
    return true;
  };
  core::ByteReader parts(bytes);
  const auto key = [&] { return parts.take(parts.u8()); };
  switch (form) {
    case DiskForm::segment:
      return read_any_segment(bytes);
    case DiskForm::context:
      return read_any_context(bytes);
    case DiskForm::cell_row:
      return same(read_cell_row(bytes, replicas), [&](const crdt::Cell& cell) { return cell_row(cell, replicas); });
    case DiskForm::key_row:
      return same(read_key_row(bytes, replicas), [&](const KeyRow& row) { return key_row(row, replicas); });
    case DiskForm::number_row: {
      const core::BytesView number_key = key();
      const auto row = read_number_row(number_key, parts.rest());
      if (row) core::ensure(number_row(row->name) == parts.rest());
      return row.has_value();
    }
    case DiskForm::due_row: {
      const core::BytesView due_key = key();
      return read_due_row(due_key, parts.rest()).has_value();
    }
    case DiskForm::pending_row: {
      const core::BytesView pending_key = key();
      return read_pending_row(pending_key, parts.rest()).has_value();
    }
    case DiskForm::replica_fact: {
      const core::BytesView name = parts.take(replica_facts.size() + sizeof(ReplicaTable::Index));
      return add_replica_fact(replicas, name, parts.rest()).has_value();
    }
    case DiskForm::space_fact_key:
      return read_space_fact_key(space_facts, bytes).has_value();
    case DiskForm::block_fact:
      return same(read_block_fact(bytes), block_fact);
    case DiskForm::space_fact:
      return same(read_space_fact(bytes, replicas), [&](const SpaceFact& fact) { return space_fact(fact, replicas); });
  }
  return false;  // a form that is none
}

}  // namespace skerry::sync
