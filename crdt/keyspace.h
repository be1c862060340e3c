// One space of one replica, in a map: the reference that tests and models compare with.  Slow, complete and short; what
// a replica does is sync's, and must come to the same cells.
//
// A delta here follows the rules by which S = f(C) holds (docs/architecture.md): it carries the current cells, the
// range removals of their keys, and covers exactly the events that those account for.  Nothing is ever trimmed, so
// deltas may arrive in any order, late, twice or never.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/hybrid_clock.h"
#include "core/ids.h"
#include "core/result.h"
#include "crdt/causal_context.h"
#include "crdt/cell.h"
#include "crdt/fault.h"
#include "crdt/key_writer.h"

namespace skerry::crdt {

// One event, where it happened.
struct Record {
  Dot dot;
  Bytes place;                         // the encoded address; of a range removal what all its addresses begin with
  std::optional<CausalContext> range;  // a range removal: the dots it removes
};

struct Delta {
  std::map<Bytes, Cell> cells;  // by encoded address; empty ones too
  CausalContext seen;           // all that the sender had seen: judges
  std::vector<Record> covers;   // the events that the cells and ranges account for: advances; in the sender's order
};

class Keyspace {
 public:
  class Key;

  explicit Keyspace(const core::ReplicaId& self, core::Space space = {}) : self_(self), space_(space) {}

  // The key as KeyWriter wants it.  Lives as long as the keyspace.
  Key key(BytesView name, WallTime now);
  // FLUSHDB.
  Result<void> remove_all(WallTime now);
  // Whether range removals are preceded by writing again all that is only resets (KeyCells::scatters_resets).
  void rewrite_resets(bool always) { rewrites_resets_ = always; }

  const core::ReplicaId& self() const { return self_; }
  const CausalContext& context() const { return context_; }
  const std::map<Bytes, Cell>& cells() const { return cells_; }  // none of them empty
  const std::vector<Record>& records() const { return records_; }
  const Cell& cell(BytesView address) const;
  const Cell& cell(BytesView key, Kind kind, BytesView member = {}) const;

  // What has happened at these places and at all that must go with them.
  Delta delta_of(std::span<const Bytes> places) const;
  // What has happened beyond `known`.
  Delta delta_beyond(const CausalContext& known) const;
  void join(const Delta& delta, WallTime now);

 private:
  Event next_event(WallTime now);
  void record(Record event);
  void remove_range(const Bytes& prefix, WallTime now);
  void remove_seen(const Bytes& prefix, const CausalContext& range);

  core::ReplicaId self_;
  core::Space space_;
  core::HybridClock clock_;
  CausalContext context_;
  std::map<Bytes, Cell> cells_;
  std::vector<Record> records_;  // every event of the context, in the order in which this replica applied them
  Cell none_;
  bool rewrites_resets_ = false;
};

class Keyspace::Key {
 public:
  const Cell& string() const { return keyspace_->cell(name_, Kind::string); }
  const Cell& expiry() const { return keyspace_->cell(name_, Kind::expiry); }
  std::uint64_t count(Kind kind) const;
  bool holds(Kind kind) const;
  Result<void> remove_range();
  Result<void> reset_each(const std::vector<ToReset>& cells);
  Result<bool> scatters_resets() const { return keyspace_->rewrites_resets_; }

  template <class Apply>
  Result<void> change(Kind kind, BytesView member, Apply&& apply) {
    const Bytes address = core::encode({keyspace_->space_, name_, kind, member});
    Cell& cell = keyspace_->cells_[address];
    const Event event = keyspace_->next_event(now_);
    const bool used = apply(cell, event) && !(cell.empty() && planted(Fault::removal_mints_no_dot));
    if (used) keyspace_->record({event.dot, address, std::nullopt});
    if (cell.empty()) keyspace_->cells_.erase(address);
    return {};
  }

  template <class Visit>
  Result<void> for_each_cell(Kind kind, Visit&& visit) const {
    const Bytes prefix = core::encode({keyspace_->space_, name_, kind, {}});
    for (auto at = keyspace_->cells_.lower_bound(prefix); at != keyspace_->cells_.end(); ++at) {
      if (!at->first.starts_with(prefix)) break;
      visit(BytesView(at->first).substr(prefix.size()), at->second);
    }
    return {};
  }

 private:
  friend class Keyspace;
  Key(Keyspace& keyspace, BytesView name, WallTime now) : keyspace_(&keyspace), name_(name), now_(now) {}
  Keyspace* keyspace_;
  Bytes name_;
  WallTime now_;
};

inline Keyspace::Key Keyspace::key(BytesView name, WallTime now) {
  return Key(*this, name, now);
}

}  // namespace skerry::crdt
