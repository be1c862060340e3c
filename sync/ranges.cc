#include "sync/ranges.h"

#include <algorithm>
#include <map>

#include "crdt/payload.h"
#include "sync/limits.h"

namespace skerry::sync {

namespace {

std::uint64_t cells_of(const KeyMembers& members) {
  return members.counts[0].cells + members.counts[1].cells + members.counts[2].cells;
}

// Empty ones stay in the cache for a while.
bool has_cached_up_to(const KeyMembers& members, std::size_t count) {
  std::size_t found = 0;
  for (const CachedMember* member = members.newest; member != nullptr; member = member->next_of_key) {
    if (++found > count) return false;
  }
  return true;
}

}  // namespace

Result<void> Ranges::remove_key(SpaceState& state, BytesView name, const crdt::CausalContext& range, Lsn version,
                                WallTime now) {
  const auto key = cells_.key(state.space, name);
  if (!key) return core::failure(key);
  return remove({state, range, version, now}, **key);
}

std::optional<std::vector<Bytes>> Ranges::may_survive(const Removal& removal, BytesView prefix,
                                                      std::size_t entries_max) const {
  crdt::CausalContext unseen = removal.state.context;
  unseen.remove(removal.range);
  return unseen_addresses(staging_, removal.state.log, unseen, prefix, {entries_max, aims_.unseen_addresses});
}

Result<void> Ranges::remove(const Removal& removal, CachedKey& key) {
  remove_from(removal, key, Kind::string, nullptr, key.string.cell);
  if (key.expires) remove_from(removal, key, Kind::expiry, nullptr, key.expires->slot.cell);
  if (!key.members || key.members->none()) return {};
  const bool all_at_hand = key.members->complete || !cells_.rows_are_stale(key);
  const std::size_t few = aims_.removed_at_once;
  if (all_at_hand && cells_of(*key.members) <= few && has_cached_up_to(*key.members, 2 * few)) {
    return remove_each_member(removal, key);
  }
  return remove_all_members(removal, key);
}

void Ranges::remove_from(const Removal& removal, CachedKey& key, Kind kind, CachedMember* member, crdt::Cell& cell) {
  const auto entries = cell.entries();
  const auto removes = [&](const crdt::Cell::Entry& entry) { return removal.range.contains(entry.dot); };
  if (std::none_of(entries.begin(), entries.end(), removes)) return;
  const auto ranked_score = upkeep_.changing(key, member, removal.now);
  cell.remove_seen(removal.range);
  upkeep_.changed(removal.state, key, kind, member, ranked_score, removal.version, removal.now);
}

Result<void> Ranges::remove_each_member(const Removal& removal, CachedKey& key) {
  const auto loaded = cells_.load_members(key);
  if (!loaded) return loaded;
  for (CachedMember* member = key.members->newest; member != nullptr; member = member->next_of_key) {
    remove_from(removal, key, member->kind, member, member->slot.cell);
  }
  return {};
}

Result<void> Ranges::remove_all_members(const Removal& removal, CachedKey& key) {
  std::optional<std::vector<Bytes>> found;
  if (removal.survivors == nullptr) {
    // Looking at a member costs as much as looking at so many entries of the log, or more.
    constexpr std::size_t entries_a_member = 32;
    const std::size_t entries_max = std::min(aims_.unseen_entries, entries_a_member * cells_of(*key.members));
    found = may_survive(removal, key.prefix(), entries_max);
    if (!found) return look_into_members(removal, key);
  }
  std::vector<CachedMember*> survivors;
  for (const Bytes& address : removal.survivors != nullptr ? *removal.survivors : *found) {
    const Kind kind = static_cast<Kind>(address[key.prefix_size]);
    if (!has_members(kind)) continue;
    const auto member = cells_.member(key, kind, BytesView(address).substr(key.prefix_size + 1));
    if (!member) return core::failure(member);
    if (*member != nullptr) survivors.push_back(*member);
  }
  KeyMembers& members = *key.members;
  const KeyCounts before = members.counts;
  flusher_.changing(key);
  for (CachedMember* member : survivors) flusher_.changing(*member);
  cells_.table().remove_members(key);
  for (CachedMember* member : survivors) {
    cells_.table().keep(*member);
    drop_seen(*member, removal.range);
    members.of(member->kind).add(member->traits);
  }
  if (!removal.whole_space) add_pending(key, removal.range);
  upkeep_.members_changed(removal.state, key, before, removal.version, removal.now);
  return {};
}

// The rows need not be rewritten: what is read from them passes through the context.
void Ranges::drop_seen(CachedMember& member, const crdt::CausalContext& range) {
  member.slot.cell.remove_seen(range);
  member.traits = traits_of(member.slot.cell);
  cells_.table().resized(member);
}

void Ranges::drop_seen_by_cached(CachedKey& key, const crdt::CausalContext& range) {
  for (CachedMember* member = key.members->newest; member != nullptr; member = member->next_of_key) {
    flusher_.changing(*member);
    drop_seen(*member, range);
  }
  cells_.table().drop_ranking(*key.members);
  cells_.table().resized(key);
}

void Ranges::add_pending(CachedKey& key, const crdt::CausalContext& range) {
  crdt::CausalContext pending = key.pending() ? *key.members->pending : crdt::CausalContext();
  pending.add(range);
  cells_.table().set_pending(key, std::move(pending));
}

// The slow road, for a removal that has missed more than is worth looking at one by one: counts every member.
// TODO(someday): in slices, while whoever wants to know the count waits.
Result<void> Ranges::look_into_members(const Removal& removal, CachedKey& key) {
  const KeyCounts before = key.members->counts;
  flusher_.changing(key);
  drop_seen_by_cached(key, removal.range);
  add_pending(key, removal.range);
  const auto counted = cells_.count_members(key);
  if (!counted) return counted;
  upkeep_.members_changed(removal.state, key, before, removal.version, removal.now);
  return {};
}

// --- whole spaces

Result<void> Ranges::remove_space(SpaceState& state, const crdt::CausalContext& range, Lsn version, WallTime now) {
  Removal removal{state, range, version, now};
  removal.whole_space = true;
  Bytes prefix;
  core::put_space_prefix(prefix, state.space);
  const auto addresses = may_survive(removal, prefix, aims_.unseen_entries);
  if (!addresses) return look_into_space(removal);
  std::map<Bytes, std::vector<Bytes>> of_keys;
  for (const Bytes& address : *addresses) of_keys[core::decode_address(address)->key].push_back(address);
  std::vector<CachedKey*> survivors;
  for (const auto& [name, of_key] : of_keys) {
    const auto key = cells_.key(state.space, name);
    if (!key) return core::failure(key);
    removal.survivors = &of_key;
    const auto removed = remove(removal, **key);
    if (!removed) return removed;
    survivors.push_back(*key);
  }
  SpaceRemovals removals = begin_epoch(removal);
  removals.numbered = state.numbered;
  const Epoch epoch = removals.epoch;
  cells_.table().set_removals(state.space, std::move(removals));
  state.keys = state.tallied = state.leftover = 0;
  for (CachedKey* key : survivors) {
    flusher_.changing(*key);
    key->epoch = epoch;
    upkeep_.survived(state, *key, version);
  }
  state.keys_version = version;
  return {};
}

SpaceRemovals Ranges::begin_epoch(const Removal& removal) const {
  const SpaceRemovals* before = cells_.table().removals(removal.state.space);
  SpaceRemovals removals = before != nullptr ? *before : SpaceRemovals();
  ++removals.epoch;
  removals.version = removal.version;
  removals.context.add(removal.range);
  return removals;
}

// The slow road: looks into every key.
Result<void> Ranges::look_into_space(const Removal& removal) {
  SpaceState& state = removal.state;
  std::vector<CachedKey*> keys;
  cells_.table().for_each_key([&](CachedKey& key) {
    if (key.space != state.space) return;
    cells_.settle(key);
    flusher_.changing(key);
    keys.push_back(&key);
  });
  SpaceRemovals removals = begin_epoch(removal);
  const Epoch epoch = removals.unresolved = removals.epoch;
  cells_.table().set_removals(state.space, std::move(removals));
  for (CachedKey* key : keys) key->epoch = epoch;
  for (CachedKey* key : keys) {
    if (!key->vanished()) key->version = removal.version;
    key->string.cell.remove_seen(removal.range);
    key->string_traits = traits_of(key->string.cell);
    if (key->expires) key->expires->slot.cell.remove_seen(removal.range);
    if (key->members) {
      drop_seen_by_cached(*key, removal.range);
      const auto counted = cells_.count_members(*key);
      if (!counted) return counted;
    }
    upkeep_.looked_into(*key, removal.now);
  }
  state.keys_version = removal.version;
  return count_space(state);
}

Result<void> Ranges::count_space(SpaceState& state) {
  state.keys = state.tallied = state.leftover = 0;
  Bytes counted;  // the key that is among `keys` already
  return cells_.walk_space(state.space, {}, [&](BytesView address, const crdt::Cell& cell) {
    const BytesView prefix = key_prefix_of(address);
    if (static_cast<Kind>(address[prefix.size()]) == Kind::expiry) return true;
    const CellTraits traits = traits_of(cell);
    state.tallied += traits.tallied;
    state.leftover += traits.leftover;
    if (traits.present && counted != prefix) {
      ++state.keys;
      counted = prefix;
    }
    return true;
  });
}

}  // namespace skerry::sync
