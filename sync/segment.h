// What a log segment's bytes mean (Segment in sync/store.h): the events staged between two commits, each with what
// redo needs.  On disk; a change of this form is a new format byte.
//
//   u8 format = 1 · u64 greatest stamp this replica had given · u32 count · entries
//   entry:  u8 type (2 bits) | has_image | alone | batch_as_before
//           · image only has no dot; else varint number of the replica · varint sequence
//           · void: varint first
//           · unless alone or batch_as_before: varint batch first · varint batch count
//           · sized address (void: the two bytes of its space) · range: its context (sync/context_codec.h) · with
//           has_image: sized cell (crdt::put_cell)
//
// An image is the cell as the entry left it.  Only the last entry that an address has in a segment
// carries one.  Replay in the order of entries is idempotent: images are set, ranges drop what their context holds.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.h"
#include "core/hybrid_clock.h"
#include "core/result.h"
#include "crdt/cell.h"
#include "sync/event_log.h"
#include "sync/replica_table.h"

namespace skerry::sync {

// An entry taken apart.  Views live as long as the segment's bytes.
struct SegmentEntry {
  std::optional<EventType> type;  // none: no event, only an image
  Dot dot;
  core::Sequence first = 0;
  EventBatch batch;
  core::BytesView address;
  crdt::CausalContext range;
  std::optional<core::BytesView> image;
};

class SegmentWriter {
 public:
  // `replicas` gives numbers; it may grow meanwhile (the caller makes new ones durable with the segment).
  explicit SegmentWriter(ReplicaTable& replicas) : replicas_(replicas) { begin(); }

  // Where an entry is in the bytes.
  struct Written {
    std::size_t flags_at = 0;
    std::size_t image_at = 0;
    std::size_t end = 0;
  };
  // entry.image is not looked at; `image` is null where there is none.
  Written add(const SegmentEntry& entry, const crdt::Cell* image);
  // Takes the entry's image out again, if it has one: a later entry of its address carries one.
  void drop_image(const Written& entry);

  std::uint32_t count() const { return count_; }
  // The bytes of all entries since the last call.
  core::Bytes take(core::Stamp stamp);

 private:
  void begin();

  ReplicaTable& replicas_;
  core::Bytes bytes_;
  core::Bytes scratch_;
  std::vector<Written> holes_;
  std::uint32_t count_ = 0;
  std::size_t bytes_guess_ = 0;
  EventBatch batch_;
};

class SegmentReader {
 public:
  // `corrupt` if these bytes are no segment, `unsupported` if their format is newer.  Both must outlive the reader.
  static core::Result<SegmentReader> open(core::BytesView bytes, const ReplicaTable& replicas);

  core::Stamp stamp() const { return stamp_; }
  std::uint64_t count() const { return count_; }
  // The next entry; nothing at the end.
  core::Result<std::optional<SegmentEntry>> next();
  // The cell that an image spells.
  core::Result<crdt::Cell> cell(core::BytesView image) const;

 private:
  SegmentReader(core::BytesView bytes, const ReplicaTable& replicas) : reader_(bytes), replicas_(&replicas) {}
  core::ByteReader reader_;
  const ReplicaTable* replicas_;
  core::Stamp stamp_;
  std::uint64_t count_ = 0;
  std::uint64_t read_ = 0;
  EventBatch batch_;
};

}  // namespace skerry::sync
