// One atomic batch on one space: reads, and writes that become visible as a whole, here and at every peer (I9).
// The door through which clients' commands reach the replica.
//
// Lifetime: made by Replica::begin (Keyspace::begin); while it lives nothing else may use the replica; the batch ends
// when it is destroyed.  All errors are the disk's (io, corrupt) unless a function says more.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/result.h"
#include "core/time.h"
#include "crdt/key_writer.h"
#include "sync/store.h"

namespace skerry::sync {

using core::Bytes;
using core::BytesView;
using core::Kind;
using core::Now;
using core::Result;
using core::Space;
using core::WallTime;

class Keyspace;
struct SpaceState;
struct CachedKey;  // sync/cell_table.h

class Transaction;

// One key as commands see it, whether it exists or not.  Valid until its transaction ends.  Views that it returns are
// valid until the next call on the transaction or any of its keys.
class KeyAccess {
 public:
  // What readers see: nothing when the key does not exist or has expired.
  std::optional<Kind> kind() const;
  std::optional<WallTime> deadline() const;
  // Rises with every change of the key, also by merges: what WATCH compares.  0 if the key was never written since
  // the data directory was made.
  Lsn version() const;

  // --- reads; REQUIRES kind() is the one that is named
  BytesView string(Bytes& scratch) const;  // scratch holds a computed number
  std::uint64_t count() const;             // fields or members
  Result<std::optional<BytesView>> field(BytesView name, Bytes& scratch);
  Result<bool> contains(BytesView member);
  Result<std::optional<double>> score(BytesView member);
  // In the order of names.  Return false to stop.
  Result<void> for_each_field(const std::function<bool(BytesView field, BytesView value)>& visit);
  Result<void> for_each_member(const std::function<bool(BytesView member)>& visit);
  // In the order of (score, member), ranks [first, last); `reverse` counts and visits from the other end.
  enum class Order { ascending, descending };
  using ScoreVisitor = std::function<bool(BytesView member, double score)>;
  Result<void> for_each_ranked(std::uint64_t first, std::uint64_t last, Order order, const ScoreVisitor& visit);
  // In the order of (score, member) from the first with a score >= `from`; `descending`: from the last with <= `from`.
  Result<void> for_each_scored(double from, Order order, const ScoreVisitor& visit);

  // --- writes: the rules are crdt/key_writer.h's
  auto write();  // → crdt::KeyWriter<KeyAccess>, which can be named only when this class is complete

  // --- what KeyWriter needs (crdt::KeyCells)
  const crdt::Cell& string() const;
  const crdt::Cell& expiry() const;
  std::uint64_t count(Kind kind) const;
  bool holds(Kind kind) const;
  Result<void> remove_range();
  template <class F>
  Result<void> change(Kind kind, BytesView member, F&& apply);
  template <class F>
  Result<void> for_each_cell(Kind kind, F&& visit);

  const Now& now() const;

 private:
  friend class Transaction;
  KeyAccess(Transaction& transaction, CachedKey& key) : transaction_(&transaction), key_(&key) {}
  Transaction* transaction_;
  CachedKey* key_;
};

inline auto KeyAccess::write() { return crdt::KeyWriter<KeyAccess>(*this, now().wall); }

class Transaction {
 public:
  Transaction(Keyspace& keyspace, SpaceState& space, const Now& now);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();  // ends the batch

  const Now& now() const { return now_; }

  // Opening another key leaves this one usable.
  Result<KeyAccess> key(BytesView name);

  // The number of keys (as DBSIZE counts: expired ones that nobody has removed yet are included).
  std::uint64_t size() const;
  // FLUSHDB: removes all that has been seen.
  Result<void> remove_all();
  // Visits keys that exist for readers.  Every key that exists from the call with cursor 0 until the call that returns
  // 0 is visited at least once.  Looks at about `count` keys.  Returns the next cursor.
  using KeyVisitor = std::function<void(BytesView key, Kind kind)>;
  Result<std::uint64_t> scan(std::uint64_t cursor, std::size_t count, const KeyVisitor& visit);

  // The highest lsn of all that was read or written: an answer at level `durable` waits for it.
  Lsn depends_on() const { return depends_on_; }
  // Events so far in this batch.  At batch_events_max the next write fails with too_large.
  std::uint32_t events() const { return events_; }

 private:
  friend class KeyAccess;
  Keyspace& keyspace_;
  SpaceState& space_;
  Now now_;
  Lsn depends_on_ = 0;
  std::uint32_t events_ = 0;
  core::Sequence first_ = 0;
};

}  // namespace skerry::sync
