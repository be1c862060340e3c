#include "sync/upkeep.h"

#include "crdt/string.h"

namespace skerry::sync {

namespace {

// Unsigned numbers wrap around and back: the difference is right.
void count_space(SpaceState& state, const CellTraits& before, const CellTraits& after) {
  state.tallied += std::uint64_t{after.tallied} - std::uint64_t{before.tallied};
  state.leftover += std::uint64_t{after.leftover} - std::uint64_t{before.leftover};
}

}  // namespace

std::optional<double> Upkeep::changing(CachedKey& key, CachedMember* member, WallTime now) {
  flusher_.changing(key);
  if (member == nullptr) return std::nullopt;
  flusher_.changing(*member);
  if (member->kind != Kind::sorted_set || !key.members->ranking) return std::nullopt;
  return crdt::read_score(member->slot.cell, now);
}

void Upkeep::count(SpaceState& state, CachedKey& key, Kind kind, CachedMember* member) {
  if (member != nullptr) {
    const CellTraits traits = traits_of(member->slot.cell);
    if (traits == member->traits) return;
    KindCounts& counts = key.members->of(kind);
    counts.remove(member->traits);
    counts.add(traits);
    count_space(state, member->traits, traits);
    member->traits = traits;
  } else if (kind == Kind::string) {
    const CellTraits traits = traits_of(key.string.cell);
    if (traits == key.string_traits) return;
    count_space(state, key.string_traits, traits);
    key.string_traits = traits;
  }
}

void Upkeep::rank(CachedKey& key, const CachedMember& member, std::optional<double> ranked_score, WallTime now) {
  Ranking& ranking = *key.members->ranking;
  const auto score = crdt::read_score(member.slot.cell, now);
  if (const auto time = crdt::winner_changes_at(member.slot.cell, now)) ranking.stale_from(*time);
  if (score == ranked_score) return;
  if (ranked_score) ranking.erase(*ranked_score, member.name());
  if (score) ranking.insert(*score, member.name());
  table_.resized(key);
}

void Upkeep::changed(SpaceState& state, CachedKey& key, Kind kind, CachedMember* member,
                     std::optional<double> ranked_score, Lsn version, WallTime now) {
  count(state, key, kind, member);
  if (member != nullptr) {
    if (kind == Kind::sorted_set && key.members->ranking) rank(key, *member, ranked_score, now);
    table_.resized(*member);
    table_.dirtied(*member);
  } else {
    (kind == Kind::string ? key.string_dirty : key.expiry_dirty) = true;
    table_.resized(key);
  }
  key_changed(state, key, version);
  // Members alone give no deadline.
  if (member != nullptr && !key.expires) return;
  due_changed(key, due_of(key, self_, now));
}

void Upkeep::key_changed(SpaceState& state, CachedKey& key, Lsn version) {
  key.version = version;
  table_.dirtied(key);
  const bool present = key.present();
  if (present != key.counted) {
    state.keys += std::uint64_t{present} - std::uint64_t{key.counted};
    key.counted = present;
    state.keys_version = version;
  }
  if (key.number == 0 && !key.vanished()) {
    key.number = ++state.numbered;
    state.new_keys.push_back({key.number, &key});
  }
}

void Upkeep::members_changed(SpaceState& state, CachedKey& key, const KeyCounts& before, Lsn version, WallTime now) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    const KindCounts& after = key.members->counts[i];
    state.tallied += after.tallied - before[i].tallied;
    state.leftover += after.leftover - before[i].leftover;
  }
  key_changed(state, key, version);
  if (key.expires) due_changed(key, due_of(key, self_, now));
}

void Upkeep::survived(SpaceState& state, CachedKey& key, Lsn version) {
  key.counted = false;
  key.listed = false;
  key.number = 0;
  count_space(state, {}, key.string_traits);
  if (key.members) {
    for (const KindCounts& counts : key.members->counts) {
      state.tallied += counts.tallied;
      state.leftover += counts.leftover;
    }
  }
  key_changed(state, key, version);
}

void Upkeep::looked_into(CachedKey& key, WallTime now) {
  key.counted = key.present();
  table_.resized(key);
  due_changed(key, due_of(key, self_, now));
}

void Upkeep::touched(CachedKey& key, WallTime now) {
  flusher_.changing(key);
  table_.dirtied(key);
  due_changed(key, due_of(key, self_, now));
}

void Upkeep::due_changed(CachedKey& key, std::uint64_t due) {
  if (due == key.due()) return;
  flusher_.changing(key);
  table_.dirtied(key);
  key.make_expires().due = due;
  due_keys_.changed(key);
}

}  // namespace skerry::sync
