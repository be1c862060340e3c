// What a replica holds: for each space its cells, its causal context and its log, cached over a Store; and the segment
// in which events are staged until the next commit.  Everything that changes state goes through here, down once:
// transactions (clients), join_cell / apply_range / record (peers).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/hybrid_clock.h"
#include "core/ids.h"
#include "core/result.h"
#include "core/time.h"
#include "crdt/causal_context.h"
#include "crdt/cell.h"
#include "sync/event_log.h"
#include "sync/limits.h"
#include "sync/replica_table.h"
#include "sync/store.h"
#include "sync/transaction.h"

namespace skerry::sync {

// One space.  S = f(context) (I3); context = what the log and its floor hold.
struct SpaceState {
  SpaceState(Space number, std::uint64_t seed) : space(number), log(seed) {}
  Space space;
  crdt::CausalContext context;  // every dot seen here, staged ones included
  EventLog log;
  core::Sequence next = 1;  // the sequence of our next event
  core::Sequence reserved_to = 0;

  // Derived from the cells, exactly: over all keys.
  std::uint64_t keys = 0;      // present for readers, expired ones included
  std::uint64_t tallied = 0;   // cells a removal of which must leave resets behind
  std::uint64_t leftover = 0;  // cells with a payload that is only resets
  std::uint64_t numbered = 0;  // the last number given to a key, for SCAN
  Lsn keys_version = 0;        // the last event that changed which keys there are
  struct NumberedKey {
    std::uint64_t number;
    CachedKey* key;
  };
  std::vector<NumberedKey> new_keys;         // in order: those that the store's index does not have yet
  std::vector<NumberedKey> new_keys_frozen;  // the same, of the flush under way
};

class Cells;
class CellTable;
struct Place;
class Staging;
class Flusher;
class DueKeys;
class Ranges;
class Sweeper;
class Upkeep;
struct SegmentEntry;
class SegmentReader;

// How much of a range removal is done at once, and how much a flush (sync/limits.h).
struct RangeAims {
  std::size_t removed_at_once = sync::removed_at_once;
  std::size_t unseen_entries = unseen_entries_max;
  std::size_t unseen_addresses = unseen_addresses_max;
  std::size_t rows_swept_a_flush = sync::rows_swept_a_flush;
};

class Keyspace {
 public:
  struct Options {
    core::ReplicaId self;
    std::size_t cache_bytes = 0;
    std::uint64_t seed = 0;  // of tables in memory: unknown to clients
    RangeAims ranges = {};
  };
  Keyspace(Store& store, const Options& options);
  ~Keyspace();

  // Reads what the store holds and replays the log beyond what was flushed.  Each space with an unfinished sequence
  // block gets one `void` event.  Once, before anything else.
  Result<void> load(const Now& now);

  // --- clients
  Transaction begin(Space space, const Now& now) { return Transaction(*this, state(space), now); }
  // These keys will be asked for next.  Changes nothing but how long that takes.
  void prefetch(Space space, std::span<const BytesView> names) const;

  // --- peers: one chunk is: apply_range each, join_cell each, then record each new dot; all in one segment
  // Joins their cell, judged by what they had seen, with ours and our context of this moment.
  Result<void> join_cell(SpaceState& state, BytesView address, const crdt::Cell& theirs,
                         const crdt::CausalContext& seen, const Now& now);
  // Drops the dots of `range` from every cell whose encoded address begins with `prefix` (a key or a space).  Does not
  // touch them all: sync/ranges.h.
  Result<void> apply_range(SpaceState& state, BytesView prefix, const crdt::CausalContext& range);
  // Adds the entry's dot(s) to the context, the log and the segment.  REQUIRES the dot to be new here.
  Result<Lsn> record(SpaceState& state, LogEntry entry);
  // The cell as it is now; empty if there is none.
  Result<crdt::Cell> cell(SpaceState& state, BytesView address);

  SpaceState& state(Space space);  // made when first asked for
  std::map<Space, std::unique_ptr<SpaceState>>& states() { return states_; }
  core::HybridClock& clock() { return clock_; }
  // Writes that came from peers with a stamp further ahead of our clock than its bound, since the start: somebody's
  // clock is wrong, theirs or ours.
  std::uint64_t writes_ahead() const { return writes_ahead_; }
  ReplicaTable& replicas() { return replicas_; }
  const core::ReplicaId& self() const { return options_.self; }

  // --- the disk
  Lsn staged_to() const;                  // the highest lsn given to any event
  std::optional<Segment> take_segment();  // what was staged since the last call
  // Whether writes must wait until the disk has made room: dirty cells at their bound, or what is not durable at its.
  bool full() const;
  // The store's durable_to() has moved.
  void store_moved();
  // Starts, continues or completes a flush; does a bounded amount of work.
  void flush_step(const Now& now);
  bool flush_due(const Now& now) const;
  // Whether one will be due because something is dirty.
  bool has_dirty() const;
  // Nothing is dirty, and none is under way.
  bool flushed() const;
  // Whether a flush will be due though all is flushed: what range removals took is still to be swept from the store.
  bool sweeps() const;
  // The flush under way goes on only after the store has moved.
  bool flush_waits() const;
  // Removes expired keys that are ours to remove, a bounded number.  When to call again.
  Result<core::Instant> remove_expired(const Now& now);

  // --- for comparing replicas: every cell of the space that is not empty, in the order of addresses
  Result<void> for_each_cell(SpaceState& state,
                             const std::function<bool(BytesView address, const crdt::Cell& cell)>& visit);

 private:
  friend class Transaction;
  friend class KeyAccess;
  Result<void> load_replicas();
  Result<void> load_spaces();
  Result<void> replay(Lsn first, Lsn last, BytesView segment, const Now& now);
  Result<void> replay(const SegmentReader& segment, SegmentEntry& entry, Lsn lsn, const Now& now);
  void void_unfinished_blocks();
  void reserve(SpaceState& state);
  void note(SpaceState& state, const LogEntry& entry);
  void set(SpaceState& state, const Place& place, crdt::Cell cell, Lsn version, WallTime now);
  Result<void> apply_range(SpaceState& state, BytesView prefix, const crdt::CausalContext& range, Lsn version);
  void settle_joined();
  void begin_flush(const Now& now);
  void trim();
  Result<void> remove_if_due(const Now& now, Space space, BytesView name);

  Store& store_;
  Options options_;
  core::HybridClock clock_;
  std::uint64_t writes_ahead_ = 0;
  ReplicaTable replicas_;
  std::map<Space, std::unique_ptr<SpaceState>> states_;
  std::unique_ptr<CellTable> table_;
  std::unique_ptr<Flusher> flusher_;
  std::unique_ptr<Cells> cells_;
  std::unique_ptr<DueKeys> due_keys_;
  std::unique_ptr<Upkeep> upkeep_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<Staging> staging_;
  std::unique_ptr<Ranges> ranges_;
  bool range_since_segment_ = false;
  WallTime wall_{};                          // of the last call that said the time
  std::optional<core::Instant> flushed_at_;  // when the last flush began
  std::size_t unflushed_log_bytes_ = 0;
  struct Unsynced {
    Lsn last;
    std::size_t bytes;
  };
  std::deque<Unsynced> unsynced_;  // segments taken and not yet durable
  std::size_t unsynced_bytes_ = 0;
};

}  // namespace skerry::sync
