#include "sync/replica_table.h"

namespace skerry::sync {

ReplicaTable::Index ReplicaTable::index_of(const core::ReplicaId& id) {
  if (recent_ < ids_.size() && ids_[recent_] == id) return recent_;
  const auto [found, added] = indexes_.try_emplace(id, size());
  if (added) ids_.push_back(id);
  return recent_ = found->second;
}

const core::ReplicaId* ReplicaTable::at(Index index) const {
  return index < ids_.size() ? &ids_[index] : nullptr;
}

}  // namespace skerry::sync
