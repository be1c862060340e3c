// Puts right, in slices, the store's rows that still show what range removals took.  Rows that show nothing any more
// are deleted; so the rows themselves say how far it got, and a crash leaves nothing to remember but the contexts.
//
// A slice belongs to the flush under way and applies just the removals up to that flush's lsn.  It reads rows as the
// flush before left them; where a dirty item has the same row, the item's counts (sync/flusher.h).  When all rows below
// a key or space have been passed, and nothing more was removed meanwhile, the context goes with the next flush.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "sync/cell_rows.h"
#include "sync/cells.h"
#include "sync/flusher.h"
#include "sync/upkeep.h"

namespace skerry::sync {

class Sweeper {
 public:
  struct Aims {
    std::size_t rows_a_flush = 0;  // looked at
    std::size_t dirty_bytes = 0;   // beyond it no more keys are made dirty
  };
  Sweeper(const Store& store, ReplicaTable& replicas, Cells& cells, Flusher& flusher, Upkeep& upkeep, const Aims& aims)
      : store_(store), replicas_(replicas), cells_(cells), flusher_(flusher), upkeep_(upkeep), aims_(aims) {}

  // Whether any row may show what is gone.
  bool has_work() const;
  // With the flush that is about to begin.
  void begin();
  // A bounded slice; tells the flusher when there are enough for this flush.  REQUIRES flusher.sweeping().
  void step(WallTime now);
  // That flush is in the store.
  void flushed();

  std::uint64_t rows_looked_at() const { return rows_looked_at_; }

 private:
  struct SpaceSweep {
    SpaceRemovals removals;  // as of the flush under way; the rows before `next` have passed its context
    Bytes next;
    Bytes next_number;
    bool done = false;
  };
  struct KeySweep {
    core::OwnedAddress address;
    Bytes prefix;
    crdt::CausalContext context;  // what the rows before `next` have passed
    Bytes next;
  };
  struct Slice;

  std::size_t slice_rows() const;
  Result<void> sweep(WallTime now);
  Result<bool> next_key();
  Result<void> sweep_key();
  Result<void> sweep_space(Space space, SpaceSweep& sweep, WallTime now);
  Result<void> sweep_numbers(Space space, SpaceSweep& sweep);
  Result<bool> scan(Slice& slice, Bytes& next, BytesView limit);
  Result<void> look_at(Slice& slice, BytesView address, BytesView row);
  Result<std::optional<KeyRow>> key_row(BytesView prefix) const;
  Result<void> touch(const std::vector<Bytes>& names, Space space, WallTime now);

  const Store& store_;
  ReplicaTable& replicas_;
  Cells& cells_;
  Flusher& flusher_;
  Upkeep& upkeep_;
  Aims aims_;
  bool failed_ = false;  // a row could not be read: whoever needs it will say so; what is gone stays hidden
  std::size_t rows_left_ = 0;
  std::map<Space, SpaceSweep> spaces_;
  std::optional<KeySweep> key_;
  Bytes next_key_;         // the index of keys with pending removals is looked through from here on
  bool keys_done_ = true;  // in this flush
  std::vector<KeySweep> swept_keys_;
  std::uint64_t rows_looked_at_ = 0;
};

}  // namespace skerry::sync
