// What a range removal does to the items of the cache below it: nothing, until somebody looks at them.
#include <algorithm>

#include "core/ensure.h"
#include "sync/cell_table.h"

namespace skerry::sync {

const SpaceRemovals* CellTable::removals(Space space) const {
  if (epoch(space) == 0) return nullptr;
  return &removals_.find(space)->second;
}

void CellTable::set_removals(Space space, SpaceRemovals removals) {
  if (epochs_.size() <= space.number) epochs_.resize(space.number + std::size_t{1});
  epochs_[space.number] = {removals.epoch, removals.version};
  removals_[space] = std::move(removals);
}

void CellTable::settle(CachedKey& key) {
  core::ensure(!waits_to_be_encoded(key));
  if (key.members) remember_frozen(*key.members);
  settle(key, epochs_[key.space.number]);
}

void CellTable::settle_frozen(CachedKey& key) {
  if (key.space.number >= epochs_frozen_.size()) return;
  const SpaceEpoch& frozen = epochs_frozen_[key.space.number];
  if (key.epoch < frozen.epoch) settle(key, frozen);
}

// Its place in SCAN's order goes too (SpaceRemovals::numbered): should it come back, it gets another.
void CellTable::settle(CachedKey& key, const SpaceEpoch& to) {
  if (!key.vanished()) key.version = std::max(key.version, to.version);
  key.epoch = to.epoch;
  key.string.cell.clear();
  key.string_traits = {};
  if (key.expires) {
    key.expires->slot.cell.clear();
    key.expires->due = 0;
  }
  key.counted = false;
  key.listed = false;
  key.number = 0;
  if (key.members) empty(*key.members);
  resized(key);
}

void CellTable::remove_members(CachedKey& key) {
  remember_frozen(*key.members);
  empty(*key.members);
  resized(key);
}

// Members that wait to be encoded are written as they were when their flush began.
void CellTable::remember_frozen(KeyMembers& members) const {
  if (frozen_ == 0 || members.frozen == frozen_) return;
  members.frozen = frozen_;
  members.epoch_frozen = members.epoch;
}

void CellTable::empty(KeyMembers& members) {
  for (KindCounts& counts : members.counts) counts = {};
  members.complete = true;
  ++members.epoch;
  drop_ranking(members);
  if (members.newest == nullptr) return;
  members.oldest->next_of_key = members.removed;
  if (members.removed != nullptr) members.removed->previous_of_key = members.oldest;
  members.removed = members.newest;
  members.newest = members.oldest = nullptr;
}

void CellTable::keep(CachedMember& member) {
  unlink(member);
  link(*member.key->members, member);
  member.epoch = member.key->members->epoch;
}

void CellTable::settle(CachedMember& member) {
  core::ensure(!waits_to_be_encoded(member));
  keep(member);
  member.slot.cell.clear();
  member.traits = {};
  resized(member);
}

bool CellTable::removed_when_frozen(const CachedMember& member) const {
  const KeyMembers& members = *member.key->members;
  return member.epoch != (members.frozen == frozen_ ? members.epoch_frozen : members.epoch);
}

void CellTable::set_pending(CachedKey& key, crdt::CausalContext pending) {
  KeyMembers& members = key.make_members();
  pending_keys_ += std::uint64_t{!pending.empty()} - std::uint64_t{key.pending()};
  members.pending = pending.empty() ? nullptr : std::make_unique<crdt::CausalContext>(std::move(pending));
  resized(key);
}

void CellTable::drop_ranking(KeyMembers& members) {
  if (!members.ranking) return;
  bytes_ += members.ranking->heap_bytes();
  dropped_rankings_.push_back(std::move(members.ranking));
}

}  // namespace skerry::sync
