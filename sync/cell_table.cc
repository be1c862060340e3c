#include "sync/cell_table.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/ensure.h"
#include "crdt/payload.h"
#include "crdt/string.h"
#include "sync/byte_hash.h"

namespace skerry::sync {

CellTraits traits_of(const crdt::Cell& cell) {
  CellTraits traits;
  traits.any = !cell.empty();
  bool has_tally = false;
  for (const crdt::Cell::Entry& entry : cell.entries()) {
    switch (crdt::type_of(entry.payload)) {
      case crdt::PayloadType::register_:
        if (crdt::has_resets(entry.payload)) traits.tallied = true;
        [[fallthrough]];
      case crdt::PayloadType::presence:
      case crdt::PayloadType::expiry:
        traits.present = true;
        break;
      case crdt::PayloadType::tally:
        traits.tallied = has_tally = true;
        break;
      case crdt::PayloadType::resets:
        traits.leftover = true;
        break;
    }
  }
  if (!traits.present && has_tally) traits.present = crdt::present(cell);
  return traits;
}

void KindCounts::add(const CellTraits& traits) {
  cells += traits.any;
  present += traits.present;
  tallied += traits.tallied;
  leftover += traits.leftover;
}

void KindCounts::remove(const CellTraits& traits) {
  cells -= traits.any;
  present -= traits.present;
  tallied -= traits.tallied;
  leftover -= traits.leftover;
}

KeyMembers& CachedKey::make_members() {
  if (!members) members = std::make_unique<KeyMembers>();
  return *members;
}

KeyExpiry& CachedKey::make_expires() {
  if (!expires) expires = std::make_unique<KeyExpiry>();
  return *expires;
}

const crdt::Cell& CachedKey::expiry() const {
  static const crdt::Cell none;
  return expires ? expires->slot.cell : none;
}

bool CachedKey::present() const {
  if (string_traits.present) return true;
  if (!members) return false;
  return members->counts[0].present + members->counts[1].present + members->counts[2].present > 0;
}

void CachedMember::put_address(core::Bytes& to) const {
  to.append(key->prefix());
  core::put_u8(to, static_cast<std::uint8_t>(kind));
  to.append(name());
}

namespace {

// The item with `extra` bytes of text right behind it: one block of memory, one cache miss less.
template <class T>
T* allocate(std::size_t extra) {
  return new (::operator new(sizeof(T) + extra)) T;
}

template <class T>
char* text_of(T* item) {
  return reinterpret_cast<char*>(item + 1);
}

constexpr std::size_t allocator_overhead = 16;
constexpr std::size_t places_dropped_a_trim = 1'000;

std::size_t bytes_of(const CachedKey& key) {
  const std::size_t text = key.prefix_size + (key.escaped() ? key.name_size : 0);
  std::size_t bytes = sizeof(CachedKey) + allocator_overhead + text + key.string.cell.heap_bytes();
  if (key.expires) bytes += sizeof(KeyExpiry) + allocator_overhead + key.expiry().heap_bytes();
  if (key.members) {
    bytes += sizeof(KeyMembers) + allocator_overhead;
    if (key.members->pending) bytes += key.members->pending->interval_count() * (sizeof(crdt::Interval) * 2);
    if (key.members->ranking) bytes += key.members->ranking->heap_bytes();
  }
  return bytes;
}

std::size_t bytes_of(const CachedMember& member) {
  return sizeof(CachedMember) + allocator_overhead + member.name_size + member.slot.cell.heap_bytes();
}

}  // namespace

std::uint64_t CellTable::hash_of(Space space, BytesView name) const {
  return byte_hash(seed_ + space.number, name);
}

std::uint64_t CellTable::hash_of(const CachedKey& key, Kind kind, BytesView name) const {
  return byte_hash(seed_ + reinterpret_cast<std::uintptr_t>(&key) + static_cast<std::uint64_t>(kind), name);
}

CellTable::~CellTable() {
  while (hand_ != nullptr) {
    CacheItem& item = *hand_;
    leave(item);
    destroy(item);
  }
}

CachedKey* CellTable::find(Space space, BytesView name) {
  CachedKey* found =
      keys_.find(hash_of(space, name), [&](const CachedKey& key) { return key.space == space && key.name() == name; });
  if (found != nullptr && !found->referenced) found->referenced = true;
  return found;
}

// In rounds: each asks for what the round before has led to (Chen, Ailamaki, Gibbons, Mowry: Improving Hash Join
// Performance through Prefetching, ICDE 2004: group prefetching).
void CellTable::prefetch(Space space, std::span<const BytesView> names) const {
  constexpr std::size_t line = 64;
  names = names.first(std::min(names.size(), prefetch_keys_max));
  std::uint64_t hashes[prefetch_keys_max];
  const CachedKey* keys[prefetch_keys_max];
  for (std::size_t i = 0; i < names.size(); ++i) {
    hashes[i] = hash_of(space, names[i]);
    keys_.prefetch(hashes[i]);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    keys[i] = keys_.likely(hashes[i]);
    if (keys[i] == nullptr) continue;
    const char* const begin = reinterpret_cast<const char*>(keys[i]);
    for (std::size_t at = 0; at < sizeof(CachedKey) + line; at += line) __builtin_prefetch(begin + at);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (keys[i] != nullptr) __builtin_prefetch(keys[i]->string.cell.entries().data());
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (keys[i] == nullptr || keys[i]->string.cell.empty()) continue;
    const core::Bytes& payload = keys[i]->string.cell.entries().front().payload;
    __builtin_prefetch(payload.data());
    __builtin_prefetch(payload.data() + line);
  }
}

CachedMember* CellTable::find(const CachedKey& key, Kind kind, BytesView name) {
  CachedMember* found = members_.find(hash_of(key, kind, name), [&](const CachedMember& member) {
    return member.key == &key && member.kind == kind && member.name() == name;
  });
  if (found != nullptr && !found->referenced) found->referenced = true;
  return found;
}

CachedKey& CellTable::add(Space space, BytesView name) {
  const bool escaped = name.find('\0') != BytesView::npos;
  core::Bytes prefix;
  core::put_key_prefix(prefix, space, name);
  CachedKey* key = allocate<CachedKey>(prefix.size() + (escaped ? name.size() : 0));
  key->space = space;
  key->prefix_size = static_cast<std::uint32_t>(prefix.size());
  key->name_size = static_cast<std::uint32_t>(name.size());
  key->epoch = epoch(space);
  std::memcpy(text_of(key), prefix.data(), prefix.size());
  if (escaped) std::memcpy(text_of(key) + prefix.size(), name.data(), name.size());
  key->is_key = true;
  keys_.insert(hash_of(space, name), *key);
  enter(*key);
  resized(*key);
  return *key;
}

void CellTable::link(KeyMembers& members, CachedMember& member) {
  member.previous_of_key = nullptr;
  member.next_of_key = members.newest;
  (members.newest != nullptr ? members.newest->previous_of_key : members.oldest) = &member;
  members.newest = &member;
}

void CellTable::unlink(CachedMember& member) {
  KeyMembers& members = *member.key->members;
  if (member.previous_of_key != nullptr) member.previous_of_key->next_of_key = member.next_of_key;
  if (member.next_of_key != nullptr) member.next_of_key->previous_of_key = member.previous_of_key;
  if (members.newest == &member) members.newest = member.next_of_key;
  if (members.oldest == &member) members.oldest = member.previous_of_key;
  if (members.removed == &member) members.removed = member.next_of_key;
}

CachedMember& CellTable::add(CachedKey& key, Kind kind, BytesView name) {
  CachedMember* member = allocate<CachedMember>(name.size());
  member->key = &key;
  member->kind = kind;
  member->name_size = static_cast<std::uint32_t>(name.size());
  if (!name.empty()) std::memcpy(text_of(member), name.data(), name.size());
  KeyMembers& members = key.make_members();
  member->epoch = members.epoch;
  link(members, *member);
  members_.insert(hash_of(key, kind, name), *member);
  enter(*member);
  resized(*member);
  return *member;
}

void CellTable::resized(CachedKey& key) {
  resized(key, bytes_of(key));
}
void CellTable::resized(CachedMember& member) {
  resized(member, bytes_of(member));
}

void CellTable::resized(CacheItem& item, std::size_t bytes) {
  const std::size_t before = item.bytes;
  bytes_ += bytes - before;
  if (item.generation == current_) dirty_bytes_ += bytes - before;
  item.bytes = static_cast<std::uint32_t>(bytes);
}

void CellTable::dirtied(CacheItem& item) {
  if (item.generation == current_) return;
  core::ensure(!waits_to_be_encoded(item));
  item.generation = current_;
  item.encoded = false;
  dirty_.push_back(&item);
  dirty_bytes_ += item.bytes;
}

std::vector<CacheItem*> CellTable::freeze() {
  core::ensure(frozen_ == 0);
  frozen_ = current_++;
  frozen_bytes_ = dirty_bytes_;
  dirty_bytes_ = 0;
  epochs_frozen_ = epochs_;
  return std::exchange(dirty_, {});
}

void CellTable::flushed() {
  core::ensure(frozen_ != 0);
  flushed_ = frozen_;
  frozen_ = 0;
  frozen_bytes_ = 0;
}

void CellTable::enter(CacheItem& item) {
  if (hand_ == nullptr) {
    item.next = item.previous = &item;
    hand_ = &item;
  } else {  // just behind the hand: it is looked at last
    item.next = hand_;
    item.previous = hand_->previous;
    item.previous->next = &item;
    hand_->previous = &item;
  }
  ++added_since_trim_;
}

void CellTable::leave(CacheItem& item) {
  if (item.next == &item) {
    hand_ = nullptr;
  } else {
    item.next->previous = item.previous;
    item.previous->next = item.next;
    if (hand_ == &item) hand_ = item.next;
  }
}

bool CellTable::evictable(const CacheItem& item) const {
  if (is_dirty(item)) return false;
  if (!item.is_key) return true;
  const auto& key = static_cast<const CachedKey&>(item);
  return !key.members || (key.members->newest == nullptr && key.members->removed == nullptr);
}

void CellTable::evict(CacheItem& item) {
  bytes_ -= item.bytes;
  leave(item);
  if (item.is_key) {
    auto& key = static_cast<CachedKey&>(item);
    if (key.stored) complete_ = false;
    if (key.members) drop_ranking(*key.members);
    keys_.erase(hash_of(key.space, key.name()), key);
  } else {
    auto& member = static_cast<CachedMember&>(item);
    KeyMembers& members = *member.key->members;
    if (member.traits.any && member.epoch == members.epoch) members.complete = false;
    unlink(member);
    members_.erase(hash_of(*member.key, member.kind, member.name()), member);
  }
  destroy(item);
}

void CellTable::destroy(CacheItem& item) {
  if (item.is_key) {
    auto& key = static_cast<CachedKey&>(item);
    key.~CachedKey();
    ::operator delete(&key);
  } else {
    auto& member = static_cast<CachedMember&>(item);
    member.~CachedMember();
    ::operator delete(&member);
  }
}

// A tree of a million places takes a tenth of a second to free.
void CellTable::drop_places() {
  Ranking& ranking = *dropped_rankings_.back();
  bytes_ -= ranking.heap_bytes();
  ranking.drop(places_dropped_a_trim);
  bytes_ += ranking.heap_bytes();
  if (ranking.size() == 0) dropped_rankings_.pop_back();
}

void CellTable::trim(std::size_t bytes_max) {
  if (!dropped_rankings_.empty()) drop_places();
  std::size_t looks = 32 + 4 * std::exchange(added_since_trim_, 0);
  while (bytes_ > bytes_max && hand_ != nullptr && looks-- > 0) {
    CacheItem& item = *hand_;
    hand_ = item.next;
    if (item.referenced) {
      item.referenced = false;
    } else if (evictable(item)) {
      evict(item);
    }
  }
}

}  // namespace skerry::sync
