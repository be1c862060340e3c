// The events of one space in the order in which this replica applied them: position → dot, address.
// What is *sent* are cells; the log says which, and what may be claimed about them (sync/chunk_builder.h).
// Its index is in memory, rebuilt from the store's segments at start.  Until reconciliation exists nothing falls off
// its end.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "crdt/causal_context.h"
#include "sync/replica_table.h"
#include "sync/store.h"

namespace skerry::sync {

using crdt::Dot;

// Counts the entries of one space's log, from 1.  0 is "none".  Never reused, also when old entries fall off.
using Position = std::uint64_t;

// Events that become visible as a whole: `count` events of one replica from sequence `first` on.
struct EventBatch {
  core::Sequence first = 0;
  std::uint32_t count = 0;
  bool operator==(const EventBatch&) const = default;
};

enum class EventType : std::uint8_t {
  cell = 1,   // one cell changed
  range = 2,  // a key with every kind and member was removed (kind row), or a whole space (no address)
  void_ = 3,  // sequences that were reserved and never used; dot is the last of them, `first` the first
};

struct LogEntry {
  EventType type = EventType::cell;
  Dot dot;
  core::Sequence first = 0;  // void_ only: the interval is [first, dot.sequence]
  EventBatch batch;
  core::Bytes address;               // encoded (core/ids.h); for a whole space only the two bytes of the space
  crdt::CausalContext range;         // range only: the dots the removal had seen
  Position previous_at_address = 0;  // the last entry before this one at exactly this address
  Position previous_of_key = 0;      // the last entry before this one under the same key, ranges of the key included
  Lsn lsn = 0;
};

// One thread.  Compact: an entry costs its address (once, if the last entry of that address is in the log too) and
// some 50 bytes.
//
// What an append costs is the memory that its key's place in the index lies in, far away for nearly every key.  So
// appends gather, and many are put into the index at once, with all their places on the way at the same time (Chen,
// Ailamaki, Gibbons, Mowry: Improving Hash Join Performance through Prefetching, ICDE 2004: group prefetching).  Nobody
// outside can tell: a question about entries that have only been gathered puts them there first.
class EventLog {
 public:
  // `seed`: something that clients do not know, so that nobody can choose keys that collide.
  explicit EventLog(std::uint64_t seed);
  ~EventLog();
  EventLog(EventLog&&) noexcept;
  EventLog& operator=(EventLog&&) noexcept;

  // Appends; fills in the two `previous` and returns the position.  REQUIRES entry.lsn >= the last entry's.
  Position append(const LogEntry& entry);

  Position first() const { return first_; }  // the oldest entry kept; end() if there is none
  Position end() const { return end_; }      // one beyond the newest
  // All questions about a position REQUIRE first() <= position < end().
  LogEntry at(Position position) const;

  // Cheaper than at(), one field at a time.  Views and references live until the next append.
  EventType type_at(Position position) const;
  Dot dot_at(Position position) const;                  // for void_, the last of its interval
  crdt::Interval interval_at(Position position) const;  // the sequences of the entry: one, or void_'s
  EventBatch batch_at(Position position) const;
  core::BytesView address_at(Position position) const;
  const crdt::CausalContext& range_at(Position position) const;
  Position previous_at_address(Position position) const;
  Position previous_of_key(Position position) const;
  Lsn lsn_at(Position position) const;

  // The newest entry at exactly this address; 0 if none.
  Position newest_at(core::BytesView address) const;
  // The newest entry under this key prefix (core::put_key_prefix), of any kind, ranges of the key included; 0 if none.
  Position newest_of_key(core::BytesView key_prefix) const;
  // The newest removal of the whole space; 0 if none.
  Position newest_space_range() const { return newest_space_range_; }

  // The context of what has fallen off the log.
  const crdt::CausalContext& floor() const { return floor_; }

  // About how much memory the log takes.
  std::size_t heap_bytes() const;

 private:
  struct Entry;
  struct Rare;
  class Addresses;
  class Index;

  class Gathered;

  const Entry& entry(Position position) const;
  Entry& add_entry();
  Entry& place_of(Position position) const;
  void index_gathered() const;
  void link_to_key(Entry& added, Position position, core::BytesView address, std::uint32_t key_hash) const;
  std::uint32_t hash_of(core::BytesView bytes) const;

  std::uint64_t seed_;
  Position first_ = 1;
  Position end_ = 1;
  Position newest_space_range_ = 0;
  std::vector<std::unique_ptr<Entry[]>> pages_;
  std::unique_ptr<Addresses> addresses_;
  // The newest entry of each key; and of each address, unless that is the newest entry of its key as well.  So that a
  // plain SET costs one index and not two.
  std::unique_ptr<Index> keys_;
  std::unique_ptr<Index> cells_;
  std::unique_ptr<Gathered> gathered_;  // what has been appended and is not in the index yet
  std::map<Position, Rare> rare_;
  ReplicaTable replicas_;
  crdt::CausalContext floor_;
};

// What all addresses of the key of `address` begin with: core::put_key_prefix's bytes.  REQUIRES an encoded address
// that is not a whole space.
core::BytesView key_prefix_of(core::BytesView address);

// What all addresses begin with that the removal at `address` removes: a key's, or the whole space's.
core::BytesView range_prefix_of(core::BytesView address);

}  // namespace skerry::sync
