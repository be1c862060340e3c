// One atomic batch on one space: reads, and writes that become visible as a whole, here and at every peer (I9).
// The door through which clients' commands reach the replica.
//
// Lifetime: made by Replica::begin (Keyspace::begin); while it lives nothing else may use the replica; the batch ends
// when it is destroyed.  All errors are the disk's (io, corrupt) unless a function says more.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "crdt/key_writer.h"
#include "sync/fault.h"
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
class Ranking;
struct SpaceState;
struct CachedKey;     // sync/cell_table.h
struct CachedMember;  // sync/cell_table.h

class Transaction;

// A change of one cell that is being made, and the event that it would be.
struct Change {
  crdt::Cell* cell = nullptr;
  crdt::Event event;
  Kind kind = Kind::string;
  CachedMember* member = nullptr;      // null for the key's own cells
  std::optional<double> ranked_score;  // what the key's ranking knows of the member
};

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
  // In batches of their own if they are too many for one.  too_large if then those would tear the batch that has begun.
  Result<void> reset_each(const std::vector<crdt::ToReset>& cells);
  bool may_leave_resets(Kind kind) const { return tallied(kind) > 0; }
  Result<bool> scatters_resets();
  Result<void> accepts(BytesView value) const;
  // Beyond the limits of sync/limits.h (address, events and bytes of the batch): too_large, and nothing was changed.
  template <class F>
  Result<void> change(Kind kind, BytesView member, F&& apply) {
    auto change = prepare(kind, member);
    if (!change) return core::failure(change);
    if (std::forward<F>(apply)(*change->cell, change->event)) commit(*change);
    return {};
  }
  // Also cells of which readers see nothing.  A visit that answers false is the last.
  template <class F>
  Result<void> for_each_cell(Kind kind, F&& visit) {
    return walk(kind, [&](BytesView member, const crdt::Cell& cell) {
      if constexpr (std::is_same_v<std::invoke_result_t<F&, BytesView, const crdt::Cell&>, bool>) {
        return visit(member, cell);
      } else {
        visit(member, cell);
        return true;
      }
    });
  }

  const Now& now() const;

  // The members of a kind whose removal with the key is an event of its own.
  std::uint64_t tallied(Kind kind) const;
  // How many of all kinds at most: where resets lie scattered, those are written again.
  std::uint64_t resets_max() const;

 private:
  friend class Transaction;
  Result<Change> prepare(Kind kind, BytesView member);
  Result<void> reset(Kind kind, BytesView member);
  void commit(const Change& change);
  Result<const Ranking*> ranking();
  Result<crdt::CausalContext> spared();
  std::uint64_t leftover() const;
  Result<void> walk(Kind kind, const std::function<bool(BytesView member, const crdt::Cell& cell)>& visit);
  KeyAccess(Transaction& transaction, CachedKey& key) : transaction_(&transaction), key_(&key) {}
  Transaction* transaction_;
  CachedKey* key_;
};

inline auto KeyAccess::write() {
  return crdt::KeyWriter<KeyAccess>(*this, now().wall);
}

class Transaction {
 public:
  Transaction(Keyspace& keyspace, SpaceState& space, const Now& now);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();  // ends the batch

  const Now& now() const { return now_; }

  // Opening another key leaves this one usable.
  Result<KeyAccess> key(BytesView name);

  // Lets the cache drop what it has no room for, as the end of the transaction does: for walks over more keys than
  // memory holds.  All keys that were opened are invalid afterwards.
  void release_keys();

  // The number of keys (as DBSIZE counts: expired ones that nobody has removed yet are included).
  std::uint64_t size();
  // How many cells of the space FLUSHDB must write an event for, at most.
  std::uint64_t resets_max() const;
  // FLUSHDB: removes all that has been seen.  Keys opened before must be opened again.  With more counters than a batch
  // may hold, their resets go first, in batches of their own; too_large, and nothing was changed, if those would tear
  // the batch that has begun.
  Result<void> remove_all();
  // Visits keys that exist for readers.  Every key that exists from the call with cursor 0 until the call that returns
  // 0 is visited at least once, unless the process was restarted meanwhile: then keys that had not been flushed have
  // other places.  Looks at about `count` keys.  Returns the next cursor.
  using KeyVisitor = std::function<void(BytesView key, Kind kind)>;
  Result<std::uint64_t> scan(std::uint64_t cursor, std::size_t count, const KeyVisitor& visit);

  // The highest lsn of all that was read or written: an answer at level `durable` waits for it.
  Lsn depends_on() const { return planted(NodeFault::answers_before_commit) ? 0 : depends_on_; }
  // Events so far in this batch, and about what it takes in a message.  At batch_events_max or batch_bytes_max the next
  // write fails with too_large.
  std::uint32_t events() const { return events_; }
  std::size_t bytes() const { return bytes_; }

 private:
  friend class KeyAccess;
  Result<crdt::Event> next_event(std::size_t bytes_max);
  void use(const crdt::Event& event);
  void depend_on(Lsn lsn) { depends_on_ = std::max(depends_on_, lsn); }
  void end_batch();
  enum class Batches { this_one, several };
  Result<Batches> batches_for(std::size_t resets, std::size_t bytes) const;
  void make_room(Batches batches);
  Result<bool> scatters_resets();
  Result<void> reset_cells(bool scattered);
  Result<crdt::CausalContext> spared();
  Result<crdt::CausalContext> range_sparing(const crdt::CausalContext& spared) const;
  void stage_range(const crdt::Event& event, BytesView address, crdt::CausalContext range);

  Keyspace& keyspace_;
  SpaceState& space_;
  Now now_;
  Lsn depends_on_ = 0;
  std::uint32_t events_ = 0;
  std::size_t bytes_ = 0;  // of the addresses, cells and contexts of this batch
};

}  // namespace skerry::sync

namespace skerry::sync {

// The dots of payloads that are only resets, which a range removal spares.  Collected in any order.
class SparedDots {
 public:
  void add(const crdt::Cell& cell);
  crdt::CausalContext take();

 private:
  std::vector<crdt::Dot> dots_;
};

}  // namespace skerry::sync

// Compiled once, in key_access.cc.
extern template class skerry::crdt::KeyWriter<skerry::sync::KeyAccess>;
