// An omniscient record of every event of one space, and of which replica has seen which.  What a replica holds must be
// exactly what follows from the events it knows: S = f(C) (I3).  Kept up to date event by event, so that a step costs
// what it changed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "crdt/cell.h"
#include "simulations/conditions.h"
#include "sync/event_log.h"

namespace skerry::simulations {

using EventIndex = std::uint32_t;
using AddressIndex = std::uint32_t;

struct Event {
  crdt::Dot dot;
  core::Sequence first = 0;  // of void_; else the dot's
  sync::EventType type = sync::EventType::cell;
  sync::EventBatch batch;
  AddressIndex address = 0;            // cell only
  std::optional<core::Bytes> payload;  // none: a removal, or superseded within its transaction
  std::vector<EventIndex> kills;
  std::vector<core::Sequence> past;  // by host: how many of its events the author had seen
  sync::Lsn lsn = 0;                 // at its author
  HostIndex author = 0;
  core::Instant at{};
  bool durable = false;       // at its author
  bool acknowledged = false;  // at level durable
  bool lost = false;          // with its author, before it was durable
  std::uint32_t effect = 0;   // what the model says it did; 0: nothing
};

class Ledger {
 public:
  explicit Ledger(const std::vector<core::ReplicaId>& ids);

  // --- events
  // Whose id that is; nothing for a stranger's.
  std::optional<HostIndex> host_of(const core::ReplicaId& id) const;
  const Event& event(EventIndex index) const { return events_[index]; }
  Event& event(EventIndex index) { return events_[index]; }
  EventIndex size() const { return static_cast<EventIndex>(events_.size()); }
  // The last event that was ever given this dot; a void_ one has all of its interval.
  std::optional<EventIndex> find(const crdt::Dot& dot) const;
  // An event of `author`, new in its log.  It is not known to anyone yet.
  EventIndex add(const sync::LogEntry& entry, HostIndex author, core::Instant at);
  // After the transaction of the event: what its cell is now.  What a transaction removed there, its last event there
  // has removed.
  enum class Place { last_there, not_last };
  void changed_cell(EventIndex index, const crdt::Cell& after, Place place);
  // What the removal kills at its author.
  void removed_range(EventIndex index, core::BytesView prefix, const crdt::CausalContext& range);

  // --- who knows what
  bool knows(HostIndex host, EventIndex index) const { return (states_[host][index] & known) != 0; }
  // Their addresses and those of what they kill are added to touched(host).
  void learn(HostIndex host, EventIndex index);
  void forget_all(HostIndex host);
  const std::vector<AddressIndex>& touched(HostIndex host) const { return touched_[host]; }
  void clear_touched(HostIndex host) { touched_[host].clear(); }

  // --- what must be there
  const core::Bytes& address(AddressIndex index) const { return addresses_[index]; }
  std::optional<AddressIndex> find_address(core::BytesView encoded) const;
  // Whether the cell is what the events say that the host knows.
  bool agrees(HostIndex host, AddressIndex address, const crdt::Cell& cell) const;
  // The events whose payloads must be there.
  const std::vector<EventIndex>& live(HostIndex host, AddressIndex address) const { return live_[host][address]; }
  // How many cells must not be empty.
  std::size_t cells(HostIndex host) const { return cells_[host]; }

  // "3:17 cart/milk …", for a person.
  std::string describe(EventIndex index) const;

 private:
  enum State : std::uint8_t { known = 1, dead = 2 };
  AddressIndex intern(const core::Bytes& encoded);
  void kill(HostIndex host, EventIndex index);

  std::vector<core::ReplicaId> ids_;
  std::vector<Event> events_;
  std::vector<std::map<core::Sequence, EventIndex>> by_last_;  // by host: the last sequence of an event
  std::map<core::Bytes, AddressIndex, std::less<>> address_indexes_;
  std::vector<core::Bytes> addresses_;

  // By host.
  std::vector<std::vector<std::uint8_t>> states_;
  std::vector<std::vector<std::vector<EventIndex>>> live_;
  std::vector<std::vector<AddressIndex>> touched_;
  std::vector<std::size_t> cells_;
};

// An encoded address as a person reads it.
std::string readable(core::BytesView encoded);

}  // namespace skerry::simulations
