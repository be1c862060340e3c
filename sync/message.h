// What two replicas say to each other about one space, as values.  sync/wire.h turns them into bytes
// (schema/sync.capnp specifies those); sync/link.h decides what to say.
#pragma once

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include "core/ids.h"
#include "core/time.h"
#include "crdt/causal_context.h"
#include "crdt/cell.h"
#include "sync/event_log.h"

namespace skerry::sync {

using core::ReplicaId;
using crdt::CausalContext;
using crdt::Cell;

inline constexpr std::uint16_t protocol_version = 1;

// The first message of a session in each space, from both sides.
struct Hello {
  ReplicaId replica;
  std::uint16_t protocol_min = protocol_version;
  std::uint16_t protocol_max = protocol_version;
  std::uint64_t features = 0;
  std::uint8_t payload_type_max = 0;  // the payload types the sender knows are 1..payload_type_max
  CausalContext context;
  CausalContext floor;  // the dots that have fallen off the sender's log
  bool operator==(const Hello&) const = default;
};

// An event that a chunk accounts for.  As LogEntry, without what is the sender's own affair.
struct CoveredEvent {
  EventType type = EventType::cell;
  Dot dot;
  core::Sequence first = 0;  // void_ only
  EventBatch batch;
  core::Bytes address;  // encoded; empty for void_
  CausalContext range;  // range only
  bool operator==(const CoveredEvent&) const = default;
};

struct CarriedCell {
  core::Bytes address;  // encoded
  Cell cell;            // as it was at the sender at the chunk's instant; empty if all was removed
  bool operator==(const CarriedCell&) const = default;
};

// A slice of the sender's log, as one atomic step for the receiver (schema/sync.capnp, docs/architecture.md).
struct Chunk {
  std::uint64_t number = 0;  // counts the chunks of this session and space, from 1
  CausalContext base;        // applied only when the receiver has all of this
  CausalContext seen;        // the sender's context at that instant: judges which of the receiver's dots are gone
  std::vector<CoveredEvent> covers;  // in the order of the sender's log
  std::vector<CarriedCell> cells;
  bool operator==(const Chunk&) const = default;
};

// What the sender of this knows and has on disk; also the acknowledgement.
struct State {
  CausalContext context;                 // durable
  std::uint64_t applied_chunk = 0;       // the last chunk of this session that is on disk
  std::vector<ReplicaId> live_sessions;  // replicas it has a session with now: their events need no relay
  bool operator==(const State&) const = default;
};

// A chunk that cannot be applied: its base is not covered.  The sender walks again from `context`.
struct Refusal {
  std::uint64_t chunk = 0;
  CausalContext context;
  bool operator==(const Refusal&) const = default;
};

using Message = std::variant<Hello, Chunk, State, Refusal>;

}  // namespace skerry::sync
