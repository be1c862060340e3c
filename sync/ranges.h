// Range removals: what must be true of counts, versions and places in SCAN's order the moment one has happened, without
// touching what it removed (DESIGN §2, pending contexts; docs/decisions/0011-range-removals-are-applied-late.md).
//
// A removal holds all that its maker had seen.  So what survives it lies where our log has an event that it had not
// seen: only those cells are looked at.  All else goes at once: the epoch of the key or space is counted up
// (sync/cell_table.h), and the context stays beside the rows until they are swept (sync/sweeper.h).
#pragma once

#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "crdt/causal_context.h"
#include "sync/cells.h"
#include "sync/keyspace.h"
#include "sync/staging.h"
#include "sync/unseen.h"
#include "sync/upkeep.h"

namespace skerry::sync {

class Ranges {
 public:
  Ranges(Cells& cells, Flusher& flusher, Upkeep& upkeep, const Staging& staging, const RangeAims& aims)
      : cells_(cells), flusher_(flusher), upkeep_(upkeep), staging_(staging), aims_(aims) {}

  // Both REQUIRE that every dot that is alive is in state.context.  Errors are the disk's; then part of it is done.
  Result<void> remove_key(SpaceState& state, BytesView name, const crdt::CausalContext& range, Lsn version,
                          WallTime now);
  Result<void> remove_space(SpaceState& state, const crdt::CausalContext& range, Lsn version, WallTime now);

 private:
  struct Removal {
    SpaceState& state;
    const crdt::CausalContext& range;
    Lsn version;
    WallTime now;
    bool whole_space = false;
    const std::vector<Bytes>* survivors = nullptr;  // where something may survive under the key, once that is known
  };
  std::optional<std::vector<Bytes>> may_survive(const Removal& removal, BytesView prefix,
                                                std::size_t entries_max) const;
  Result<void> remove(const Removal& removal, CachedKey& key);
  void remove_from(const Removal& removal, CachedKey& key, Kind kind, CachedMember* member, crdt::Cell& cell);
  Result<void> remove_each_member(const Removal& removal, CachedKey& key);
  Result<void> remove_all_members(const Removal& removal, CachedKey& key);
  Result<void> look_into_members(const Removal& removal, CachedKey& key);
  void drop_seen(CachedMember& member, const crdt::CausalContext& range);
  void drop_seen_by_cached(CachedKey& key, const crdt::CausalContext& range);
  void add_pending(CachedKey& key, const crdt::CausalContext& range);
  SpaceRemovals begin_epoch(const Removal& removal) const;
  Result<void> look_into_space(const Removal& removal);
  Result<void> count_space(SpaceState& state);

  Cells& cells_;
  Flusher& flusher_;
  Upkeep& upkeep_;
  const Staging& staging_;
  RangeAims aims_;
};

}  // namespace skerry::sync
