// The cells of a replica as they are now: the cache (sync/cell_table.h) over the rows of a store.  Nothing here changes
// what a cell holds; it is found, loaded, walked over.  What range removals took is gone for whoever asks here, also if
// a row of the store still shows it.  All errors are the disk's (io, corrupt, unsupported).
#pragma once

#include <functional>
#include <vector>

#include "core/result.h"
#include "sync/cell_rows.h"
#include "sync/cell_table.h"
#include "sync/flusher.h"
#include "sync/replica_table.h"
#include "sync/store.h"

namespace skerry::sync {

using core::Bytes;
using core::Result;

// Where a cell is in memory.
struct Place {
  CachedKey* key = nullptr;
  CachedMember* member = nullptr;  // null for the key's own cells
  Kind kind = Kind::string;
  Slot& slot() const {
    if (member != nullptr) return member->slot;
    return kind == Kind::string ? key->string : key->make_expires().slot;
  }
};

class Cells {
 public:
  // All must outlive this.
  Cells(const Store& store, const ReplicaTable& replicas, CellTable& table, Flusher& flusher)
      : store_(store), replicas_(replicas), table_(table), flusher_(flusher) {}

  CellTable& table() { return table_; }

  // The key, whether it exists or not.
  Result<CachedKey*> key(Space space, BytesView name) {
    CachedKey* found = table_.find(space, name);
    if (found != nullptr) [[likely]] {
      settle(*found);
      return found;
    }
    return load_key(space, name);
  }
  // The member's cell; null if there is none.
  Result<CachedMember*> member(CachedKey& key, Kind kind, BytesView name);
  // The member's cell, made empty if there is none.
  Result<CachedMember*> member_to_change(CachedKey& key, Kind kind, BytesView name);
  // The cell's place in memory.  Nothing if `only_existing` and it is a member's that does not exist.
  // REQUIRES an address of a cell.
  Result<std::optional<Place>> place(const core::Address& address, bool only_existing);
  // Loads all member cells of the key.
  Result<void> load_members(CachedKey& key);

  // All cells of the key of a kind with members, in the order of names, but for empty ones.  Return false to stop.
  // Does not fill the cache.  The key must not be changed meanwhile.
  using MemberVisitor = std::function<bool(BytesView name, const crdt::Cell& cell)>;
  Result<void> walk_members(CachedKey& key, Kind kind, const MemberVisitor& visit);

  // All cells of the space that are not empty, in the order of addresses, from the encoded address `from` on.
  using CellVisitor = std::function<bool(BytesView address, const crdt::Cell& cell)>;
  Result<void> walk_space(Space space, BytesView from, const CellVisitor& visit);
  // Up to `count` keys in the store's index with numbers beyond `number`, in their order.
  struct Numbered {
    std::vector<Bytes> names;
    std::uint64_t last = 0;  // the number of the last of them; else the one asked with
  };
  Result<Numbered> numbered(Space space, std::uint64_t number, std::size_t count) const;

  // --- range removals
  // Shows it what has been removed since it was last looked at.
  void settle(CachedKey& key) {
    if (key.epoch == table_.epoch(key.space)) [[likely]]
      return;
    flusher_.changing(key);
    table_.settle(key);
  }
  void settle(CachedMember& member) {
    if (member.epoch == member.key->members->epoch) [[likely]]
      return;
    flusher_.changing(member);
    table_.settle(member);
  }
  // Drops from a cell that comes from a row or a peer what has been removed from under the key.
  void pass(const CachedKey& key, crdt::Cell& cell) const;
  // Whether rows of the key's members may show what is gone.
  bool rows_are_stale(const CachedKey& key) const;
  // Counts the member cells of the key again.
  Result<void> count_members(CachedKey& key);

 private:
  Result<CachedKey*> load_key(Space space, BytesView name);
  Result<void> read_key(CachedKey& key);
  Result<void> look_into(CachedKey& key, const SpaceRemovals& removals);
  Result<CachedMember*> load_member(CachedKey& key, Kind kind, BytesView name);
  Result<crdt::Cell> read_cell(BytesView row) const { return read_cell_row(row, replicas_); }
  // Visits the cached ones and, between them, the rows from `first` until before `limit`.
  // No address of its own, for there are as many as the cache holds cells.
  struct Cached {
    const CachedKey* key;
    const CachedMember* member;  // null for the key's own cells
    Kind kind;
    const crdt::Cell& cell() const;
    void put_address(Bytes& to) const;
    bool operator<(const Cached& other) const;  // as their addresses
  };
  // pass(address, cell) drops from a row's cell what has been removed.
  using Pass = std::function<void(BytesView address, crdt::Cell& cell)>;
  // key_row(address, row) is shown each row of kind row.
  using KeyRowVisitor = std::function<Result<void>(BytesView address, BytesView row)>;
  Result<void> walk(const std::vector<Cached>& cached, BytesView first, BytesView limit, const KeyRowVisitor& key_row,
                    const Pass& pass, const CellVisitor& visit) const;

  const Store& store_;
  const ReplicaTable& replicas_;
  CellTable& table_;
  Flusher& flusher_;
};

}  // namespace skerry::sync
