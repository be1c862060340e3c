// What happened since the last commit: events and the cells they changed, waiting to become a segment.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/hybrid_clock.h"
#include "sync/cell_table.h"
#include "sync/event_log.h"
#include "sync/replica_table.h"
#include "sync/segment.h"
#include "sync/store.h"

namespace skerry::sync {

class Staging {
 public:
  // `replicas` numbers the ids in segments.
  Staging(ReplicaTable& replicas, Lsn staged_to) : replicas_(replicas), writer_(replicas), first_(staged_to + 1) {}

  Lsn staged_to() const { return first_ - 1 + written_.size() + open_.size(); }

  // An event of the batch that is open: put_address(Bytes&) appends its encoded address.  `slot` is the cell that it
  // changed, if any; it must stay where it is until the batch is closed.
  template <class PutAddress>
  Lsn add(EventType type, const Dot& dot, Slot* slot, PutAddress&& put_address) {
    if (slot != nullptr && slot->entry >= first_) drop_image(slot->entry);
    Event& event = open_.emplace_back();
    event.type = type;
    event.dot = dot;
    event.slot = slot;
    event.address_at = addresses_.size();
    put_address(addresses_);
    event.address_size = addresses_.size() - event.address_at;
    if (slot != nullptr) slot->entry = staged_to();
    return staged_to();
  }
  // The same for a removal of all that begins with `address`.
  Lsn add_range(const Dot& dot, BytesView address, crdt::CausalContext range);
  // The events since the last batch are one, of one space, and complete: they go into its log.
  void close_batch(EventLog& log);

  // An event whose batch is known: it gets its lsn and goes into the log.  `space` is for void_, which has no address.
  // REQUIRES that no batch is open.
  Lsn add(core::Space space, LogEntry& entry, Slot* slot, EventLog& log);

  // The cell was changed by a peer's delta.  Should none of the events that follow be at this address, its image goes
  // into the segment all the same.
  void joined(Slot* slot, BytesView address);

  std::vector<BytesView> joined() const;

  // Visits (dot, address) of the open batch's changes of cells, which are not in the log yet.
  template <class Visit>
  void for_each_open(Visit&& visit) const {
    for (const Event& event : open_) {
      if (event.type == EventType::cell)
        visit(event.dot, BytesView(addresses_).substr(event.address_at, event.address_size));
    }
  }

  // Becomes durable with the next segment.
  void fact(core::Bytes key, core::Bytes value);
  // Ids below this are in the store already.
  void replicas_known(ReplicaTable::Index count) { replicas_stored_ = count; }

  // All since the last call; nothing if there was no event.  REQUIRES that no batch is open.
  std::optional<Segment> take(core::Stamp stamp);

 private:
  struct Event {
    EventType type = EventType::cell;
    Dot dot;
    Slot* slot = nullptr;
    std::size_t address_at = 0;
    std::size_t address_size = 0;
    std::optional<crdt::CausalContext> range;
  };
  struct Joined {
    Slot* slot;
    core::Bytes address;
    Lsn after;
  };

  // A later event of the same address will carry the image.
  void drop_image(Lsn lsn);
  // Images are written while the cell is still near the processor: here, not when the segment is taken.
  void write(const SegmentEntry& entry, Slot* slot, Lsn lsn);

  ReplicaTable& replicas_;
  SegmentWriter writer_;
  Lsn first_;                                    // of the segment
  std::vector<SegmentWriter::Written> written_;  // the events of closed batches
  std::vector<Event> open_;                      // those of the open one, behind them
  core::Bytes addresses_;                        // of open_
  std::vector<Joined> joined_;
  std::vector<Row> facts_;
  ReplicaTable::Index replicas_stored_ = 0;
  SegmentEntry entry_;  // their memory is used again
  LogEntry log_entry_;
};

}  // namespace skerry::sync
