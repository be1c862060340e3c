// What happened since the last commit: events and the cells they changed, waiting to become a segment.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/hybrid_clock.h"
#include "sync/cell_table.h"
#include "sync/event_log.h"
#include "sync/replica_table.h"
#include "sync/store.h"

namespace skerry::sync {

class Staging {
 public:
  // `replicas` numbers the ids in segments; those below `replicas_known` are in the store already.
  Staging(ReplicaTable& replicas, Lsn staged_to) : replicas_(replicas), staged_to_(staged_to) {}

  Lsn staged_to() const { return staged_to_; }
  std::size_t size() const { return events_.size(); }

  // An event of a batch that is still open: put_address(Bytes&) appends its encoded address.  `slot` is the cell that
  // it changed, if any; it must stay where it is until the next take().
  template <class PutAddress>
  Lsn add(EventType type, const Dot& dot, Slot* slot, PutAddress&& put_address) {
    Event& event = events_.emplace_back();
    event.type = type;
    event.dot = dot;
    event.slot = slot;
    event.address_at = addresses_.size();
    put_address(addresses_);
    event.address_size = static_cast<std::uint32_t>(addresses_.size() - event.address_at);
    ++staged_to_;
    if (slot != nullptr) slot->entry = staged_to_;
    return staged_to_;
  }
  // The same for a removal of all that begins with `prefix`'s address.
  Lsn add_range(const Dot& dot, BytesView address, crdt::CausalContext range);
  // The events from index `from` on are one batch of one space, and complete: they go into its log.
  void close_batch(std::size_t from, EventLog& log);

  // An event that is whole: `entry` gets its lsn and goes into the log.  `space` is for void_, which has no address.
  Lsn add(core::Space space, LogEntry& entry, Slot* slot, EventLog& log);

  // The cell was changed by a peer's delta.  Should none of the events that follow be at this address, its image goes
  // into the segment all the same.
  void joined(Slot* slot, BytesView address);

  // Becomes durable with the next segment.
  void fact(core::Bytes key, core::Bytes value);
  // Ids below this are in the store already.
  void replicas_known(ReplicaTable::Index count) { replicas_stored_ = count; }

  // All since the last call; nothing if there was no event.
  std::optional<Segment> take(core::Stamp stamp);

 private:
  struct Event {
    std::optional<EventType> type;
    Dot dot;
    core::Sequence first = 0;
    EventBatch batch;
    Slot* slot = nullptr;
    std::size_t address_at = 0;
    std::uint32_t address_size = 0;
    std::uint32_t range = 0;  // one beyond its index in ranges_
  };
  struct Joined {
    Slot* slot;
    core::Bytes address;
  };

  BytesView address_of(const Event& event) const {
    return BytesView(addresses_).substr(event.address_at, event.address_size);
  }
  void add_images_without_event(Lsn first);

  ReplicaTable& replicas_;
  Lsn staged_to_;
  std::vector<Event> events_;
  core::Bytes addresses_;
  std::vector<crdt::CausalContext> ranges_;
  std::vector<Joined> joined_;
  std::vector<Row> facts_;
  ReplicaTable::Index replicas_stored_ = 0;
  LogEntry scratch_;
  std::size_t bytes_guess_ = 0;
};

}  // namespace skerry::sync
