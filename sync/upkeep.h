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

  // After a range removal.  Members of the key went, without their becoming dirty: `before` are its counts until then.
  // Both REQUIRE Flusher::changing(key) before it.
  void members_changed(SpaceState& state, CachedKey& key, const KeyCounts& before, Lsn version, WallTime now);
  // The key is one of those left when its space was removed: it is counted from nothing, and SCAN meets it at a new
  // place, because all places so far are void.
  void survived(SpaceState& state, CachedKey& key, Lsn version);
  // The key's cells may have lost something, and its members have been counted; without its becoming dirty.
  void looked_into(CachedKey& key, WallTime now);

  // The key's row must be written again, as it is.
  void touched(CachedKey& key, WallTime now);

  // The key is to be looked at for expiry at another time.
  void due_changed(CachedKey& key, std::uint64_t due);

 private:
  void count(SpaceState& state, CachedKey& key, Kind kind, CachedMember* member);
  void key_changed(SpaceState& state, CachedKey& key, Lsn version);
  void rank(CachedKey& key, const CachedMember& member, std::optional<double> ranked_score, WallTime now);

  core::ReplicaId self_;
  CellTable& table_;
  Flusher& flusher_;
  DueKeys& due_keys_;
};

}  // namespace skerry::sync
