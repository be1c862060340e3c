// The cells that are in memory: a bounded cache over the store's rows, and the pinned home of every cell that was
// changed since it was last written to a row.
//
// The unit is the key, with its own cells (string, expiry) beside its derived row; members of hash, set and sorted set
// are items of their own.  One lookup finds a key, one more a member; neither allocates.  Clean items are evicted by
// second chance (CLOCK: Corbató, A Paging Experiment with the Multics System, 1968); dirty ones never.
//
// Dirty items belong to generations.  A flush freezes the current one; whoever changes an item of a frozen generation
// first has it encoded (copy before change: sync/flusher.h), after which it belongs to the current one.
//
// A range removal does not touch the items below it (DESIGN §2, pending contexts).  It counts up the epoch of its space
// or key; an item that shows an older epoch than stands above it has nothing left, and is emptied when somebody looks
// at it or it is encoded.  What survives a removal is brought up to its epoch at once (sync/ranges.h).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/ids.h"
#include "crdt/causal_context.h"
#include "crdt/cell.h"
#include "sync/pointer_table.h"
#include "sync/ranking.h"
#include "sync/store.h"

namespace skerry::sync {

using core::BytesView;
using core::Kind;
using core::Space;

// What the counts of a key need to know about one of its cells.
struct CellTraits {
  bool any : 1 = false;       // there is a cell
  bool present : 1 = false;   // readers see it
  bool tallied : 1 = false;   // a removal must leave resets behind: tallies, or resets carried by a register
  bool leftover : 1 = false;  // holds a payload that is only resets
  bool operator==(const CellTraits&) const = default;
};
CellTraits traits_of(const crdt::Cell& cell);

struct KindCounts {
  std::uint64_t cells = 0;
  std::uint64_t present = 0;
  std::uint64_t tallied = 0;
  std::uint64_t leftover = 0;
  void add(const CellTraits& traits);
  void remove(const CellTraits& traits);
  bool operator==(const KindCounts&) const = default;
};

// Counts flushes; an item is dirty in the generation in which it was last changed.
using Generation = std::uint32_t;
// Counts the range removals of one key, or of one space.
using Epoch = std::uint32_t;

struct Slot {
  crdt::Cell cell;
  Lsn entry = 0;  // the last event staged at this address, since it was loaded
};

struct CacheItem {
  CacheItem* next = nullptr;  // the ring
  CacheItem* previous = nullptr;
  Generation generation = 0;  // 0: as in the store since it was loaded
  std::uint32_t bytes = 0;
  bool is_key = false;
  bool referenced = false;
  bool encoded = false;  // its frozen generation is already in the flush
};

struct CachedMember;

using KeyCounts = std::array<KindCounts, 3>;  // hash, set, sorted_set

// What a key with members has beyond a plain one.
struct KeyMembers {
  static constexpr std::size_t index_of(Kind kind) { return static_cast<std::size_t>(kind) - 3; }
  KindCounts& of(Kind kind) { return counts[index_of(kind)]; }
  const KindCounts& of(Kind kind) const { return counts[index_of(kind)]; }
  bool none() const { return counts[0].cells + counts[1].cells + counts[2].cells == 0; }

  KeyCounts counts;
  CachedMember* newest = nullptr;  // the cached ones, linked
  CachedMember* oldest = nullptr;
  CachedMember* removed = nullptr;  // cached ones of an older epoch, linked likewise: nothing is left of them
  Epoch epoch = 0;                  // range removals since the key was loaded
  Epoch epoch_frozen = 0;           // as of the flush of generation `frozen`, if there was a removal since it began
  Generation frozen = 0;
  bool complete = true;         // every member cell that is not empty is cached
  bool pending_listed = false;  // the store's index of pending removals has the key, as of the flush under way
  // Range removals of the key that its members' rows in the store may not show: whatever is read from there passes
  // through it.  Null: none.
  std::unique_ptr<crdt::CausalContext> pending;
  std::unique_ptr<Ranking> ranking;
};
inline bool has_members(Kind kind) {
  return kind >= Kind::hash;
}

// What a key that has, or had, a deadline has beyond a plain one.
struct KeyExpiry {
  Slot slot;
  std::uint64_t due = 0;         // Unix milliseconds at which this replica looks whether it must remove it; 0: never
  std::uint64_t due_stored = 0;  // as the store's index has it, as of the flush under way
};

// Small, and its text right behind it, because a read of a key that nobody has read for a while costs as much as the
// memory lines that it touches.
struct CachedKey : CacheItem {
  bool string_dirty = false;  // in `generation`, or later
  bool expiry_dirty = false;
  bool stored = false;   // the store may have a row for it, as of the flush under way
  bool counted = false;  // in SpaceState::keys
  bool listed = false;   // the store's index of numbers has it, as of the flush under way
  CellTraits string_traits;
  Space space;
  std::uint32_t prefix_size = 0;
  std::uint32_t name_size = 0;
  Epoch epoch = 0;  // of the space, as far as the key shows its removals
  Slot string;
  Lsn version = 0;                      // the last event that changed anything under the key
  std::uint64_t number = 0;             // SCAN's; 0: not given yet
  std::unique_ptr<KeyMembers> members;  // null: no member cells anywhere
  std::unique_ptr<KeyExpiry> expires;   // null: nothing to say

  BytesView prefix() const { return {text(), prefix_size}; }  // core::put_key_prefix
  BytesView name() const { return {text() + (escaped() ? prefix_size : 2), name_size}; }
  const crdt::Cell& expiry() const;  // empty if there is none
  std::uint64_t due() const { return expires ? expires->due : 0; }
  KeyMembers& make_members();
  KeyExpiry& make_expires();
  bool pending() const { return members && members->pending; }
  bool vanished() const { return string.cell.empty() && expiry().empty() && (!members || members->none()); }
  // Whether readers see anything, expiry aside.
  bool present() const;
  // A name with zero bytes is not part of the prefix as it is: it stands behind it.
  bool escaped() const { return prefix_size != name_size + 4; }

 private:
  const char* text() const { return reinterpret_cast<const char*>(this + 1); }
};

struct CachedMember : CacheItem {
  Epoch epoch = 0;  // of the key, as far as the member shows its removals
  CachedKey* key = nullptr;
  CachedMember* next_of_key = nullptr;
  CachedMember* previous_of_key = nullptr;
  Slot slot;
  CellTraits traits;
  Kind kind = Kind::hash;
  std::uint32_t name_size = 0;

  BytesView name() const { return {reinterpret_cast<const char*>(this + 1), name_size}; }
  void put_address(core::Bytes& to) const;
};

// The removals of a whole space.
struct SpaceRemovals {
  Epoch epoch = 0;              // how many there were
  Epoch unresolved = 0;         // keys that show an older epoch than this may have survived, and must be looked into
  Lsn version = 0;              // of the last one
  std::uint64_t numbered = 0;   // all keys with numbers up to this are gone
  crdt::CausalContext context;  // of those that the store's rows may not show; empty if they show all
  bool operator==(const SpaceRemovals&) const = default;
};

// One thread.  Pointers live until trim() evicts them.
class CellTable {
 public:
  // `seed`: something that clients do not know.  `complete`: the store holds no rows.
  CellTable(std::uint64_t seed, bool complete) : seed_(seed), complete_(complete) {}
  ~CellTable();
  CellTable(const CellTable&) = delete;
  CellTable& operator=(const CellTable&) = delete;

  CachedKey* find(Space space, BytesView name);
  CachedMember* find(const CachedKey& key, Kind kind, BytesView name);
  // Asks for the memory that reading these keys will look at, of all of them at the same time: what a lookup costs is
  // mostly the wait for it.  Changes nothing.  At most prefetch_keys_max of them are looked at.
  static constexpr std::size_t prefetch_keys_max = 16;
  void prefetch(Space space, std::span<const BytesView> names) const;
  // REQUIRES that it is not there.  New ones are clean and empty.
  CachedKey& add(Space space, BytesView name);
  CachedMember& add(CachedKey& key, Kind kind, BytesView name);
  // Forgets a clean key without members, one that could not be loaded.
  void discard(CachedKey& key) { evict(key); }
  // Whether what is not here is nowhere: the store has no keys that are not cached.
  bool complete() const { return complete_; }

  // --- range removals
  Epoch epoch(Space space) const { return space.number < epochs_.size() ? epochs_[space.number].epoch : 0; }
  // Null if there were none.
  const SpaceRemovals* removals(Space space) const;
  const std::map<Space, SpaceRemovals>& removals() const { return removals_; }
  // From now on keys of the space that show an older epoch are gone, unless they may have survived (`unresolved`).
  void set_removals(Space space, SpaceRemovals removals);
  // Empties a key of an older epoch.  REQUIRES that it does not wait to be encoded.
  void settle(CachedKey& key);
  // The same as of the flush that the key is encoded for.
  void settle_frozen(CachedKey& key);
  // Empties all members of the key at once; they do not become dirty.  Its ranking goes too.
  void remove_members(CachedKey& key);
  // Empties a member of an older epoch.  REQUIRES that it does not wait to be encoded.
  void settle(CachedMember& member);
  // Takes a member out of those that are gone, as it is.
  void keep(CachedMember& member);
  // Whether the member was gone when the flush that it is encoded for began.
  bool removed_when_frozen(const CachedMember& member) const;
  void drop_ranking(KeyMembers& members);
  // What the key's rows may not show (KeyMembers::pending); empty: they show all.
  void set_pending(CachedKey& key, crdt::CausalContext pending);
  std::uint64_t pending_keys() const { return pending_keys_; }
  void pending_keys_loaded(std::uint64_t count) { pending_keys_ = count; }

  // --- after a change of its contents
  void resized(CachedKey& key);
  void resized(CachedMember& member);
  // Makes the item part of the current generation.  REQUIRES that it does not wait to be encoded.
  void dirtied(CacheItem& item);

  // --- generations
  bool is_dirty(const CacheItem& item) const { return item.generation > flushed_; }
  bool waits_to_be_encoded(const CacheItem& item) const {
    return frozen_ != 0 && item.generation == frozen_ && !item.encoded;
  }
  // Begins a new generation; the items of the old one.  REQUIRES that none is frozen.
  std::vector<CacheItem*> freeze();
  // The frozen generation is in the store.
  void flushed();
  bool has_dirty() const { return !dirty_.empty(); }

  std::size_t bytes() const { return bytes_; }
  // Of the current generation, and of the frozen one.
  std::size_t dirty_bytes() const { return dirty_bytes_ + frozen_bytes_; }

  // Evicts clean items until `bytes_max` is kept, a bounded number at a time.  Nobody may hold a pointer.
  void trim(std::size_t bytes_max);

  // In the order in which they came, which is the same in every run.
  template <class F>
  void for_each_key(F&& visit) const {
    if (hand_ == nullptr) return;
    const CacheItem* item = hand_;
    do {
      const CacheItem* next = item->next;
      if (item->is_key) visit(*static_cast<CachedKey*>(const_cast<CacheItem*>(item)));
      item = next;
    } while (item != hand_);
  }

 private:
  std::uint64_t hash_of(Space space, BytesView name) const;
  std::uint64_t hash_of(const CachedKey& key, Kind kind, BytesView name) const;
  void enter(CacheItem& item);
  void leave(CacheItem& item);
  void resized(CacheItem& item, std::size_t bytes);
  struct SpaceEpoch {
    Epoch epoch = 0;
    Lsn version = 0;
  };
  void settle(CachedKey& key, const SpaceEpoch& to);
  void empty(KeyMembers& members);
  void remember_frozen(KeyMembers& members) const;
  static void link(KeyMembers& members, CachedMember& member);
  static void unlink(CachedMember& member);
  void drop_places();
  bool evictable(const CacheItem& item) const;
  void evict(CacheItem& item);
  void destroy(CacheItem& item);

  std::uint64_t seed_;
  bool complete_;
  PointerTable<CachedKey> keys_;
  PointerTable<CachedMember> members_;
  CacheItem* hand_ = nullptr;  // the oldest of the ring
  std::size_t bytes_ = 0;
  std::size_t added_since_trim_ = 0;
  Generation current_ = 1;
  Generation frozen_ = 0;
  Generation flushed_ = 0;
  std::vector<CacheItem*> dirty_;
  std::size_t dirty_bytes_ = 0;
  std::size_t frozen_bytes_ = 0;
  std::map<Space, SpaceRemovals> removals_;
  std::uint64_t pending_keys_ = 0;         // cached or not
  std::vector<SpaceEpoch> epochs_;         // of removals_, by the number of the space
  std::vector<SpaceEpoch> epochs_frozen_;  // as they were when the flush under way began
  std::vector<std::unique_ptr<Ranking>> dropped_rankings_;
};

}  // namespace skerry::sync
