// What follows when a cell changes, whoever changed it: counts, the key's derived row, its place in SCAN's order and in
// the index of deadlines, dirtiness.
#pragma once

#include <optional>

#include "core/time.h"
#include "sync/cell_table.h"
#include "sync/due_keys.h"
#include "sync/flusher.h"
#include "sync/keyspace.h"

namespace skerry::sync {

class Upkeep {
 public:
  Upkeep(const core::ReplicaId& self, CellTable& table, Flusher& flusher, DueKeys& due_keys)
      : self_(self), table_(table), flusher_(flusher), due_keys_(due_keys) {}

  // Call before a cell of the key changes; `member` is null for the key's own.  What changed() wants to know.
  std::optional<double> changing(CachedKey& key, CachedMember* member, WallTime now);
  // Call after it has.  `version`: the lsn of the event.
  void changed(SpaceState& state, CachedKey& key, Kind kind, CachedMember* member, std::optional<double> ranked_score,
               Lsn version, WallTime now);

  // The key is to be looked at for expiry at another time.
  void due_changed(CachedKey& key, std::uint64_t due);

 private:
  void count(SpaceState& state, CachedKey& key, Kind kind, CachedMember* member);
  void rank(CachedKey& key, const CachedMember& member, std::optional<double> ranked_score, WallTime now);

  core::ReplicaId self_;
  CellTable& table_;
  Flusher& flusher_;
  DueKeys& due_keys_;
};

}  // namespace skerry::sync
