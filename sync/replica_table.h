// Short numbers for replica ids, one table a data directory: log entries and rows name replicas by them.
// Never used in fingerprints, on the wire or in golden bytes (each session has its own table).
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/ids.h"

namespace skerry::sync {

class ReplicaTable {
 public:
  using Index = std::uint32_t;

  // The number of `id`; the next free one if it has none yet.
  Index index_of(const core::ReplicaId& id);
  // Null if no such number was given.  Lives as long as the table.
  const core::ReplicaId* at(Index index) const;
  Index size() const { return static_cast<Index>(ids_.size()); }

 private:
  std::vector<core::ReplicaId> ids_;
  Index recent_ = 0;  // nearly always asked for again
  std::unordered_map<core::ReplicaId, Index> indexes_;
};

}  // namespace skerry::sync
