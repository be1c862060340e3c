// Which keys to look at for expiry, and when: the store's index of due times, and before it the keys whose due time has
// not reached the store yet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "core/time.h"
#include "sync/cell_table.h"
#include "sync/store.h"

namespace skerry::sync {

// When this replica must look whether the key is to be removed, in Unix milliseconds; 0: never.  The replica that wrote
// the winning deadline looks at once, another only long after.  A deadline without a key is removed on sight by its
// writer, by another long after it was written.  Where time alone may change which register wins, and with it the
// deadline, it looks then: that it is due does not mean that the key goes.
std::uint64_t due_of(const CachedKey& key, const core::ReplicaId& self, core::WallTime now);

class DueKeys {
 public:
  explicit DueKeys(const Store& store) : store_(store) {}

  // The key's due time has changed.  REQUIRES that it is dirty, so that it stays where it is until its flush is
  // complete.
  void changed(CachedKey& key);
  // With the flush that freezes the key's generation, and when that is complete.
  void freeze();
  void flushed();

  struct Due {
    std::uint64_t due = 0;
    core::Space space;
    core::Bytes name;
  };
  // Up to `count` keys that were due by `now` when last looked at.  Each is given once, or again after a later flush.
  core::Result<std::vector<Due>> take(core::WallTime now, std::size_t count);

 private:
  struct Entry {
    std::uint64_t due = 0;
    CachedKey* key = nullptr;
    bool operator<(const Entry& other) const { return due > other.due; }  // the earliest on top of the heap
  };
  static void take_from(std::vector<Entry>& heap, std::uint64_t now, std::size_t count, std::vector<Due>& to);

  const Store& store_;
  std::vector<Entry> changed_;
  std::vector<Entry> frozen_;
  core::Bytes looked_to_;          // the rows before this were given since the last flush
  std::uint64_t stored_from_ = 0;  // no row of the store that was not given is due before this
};

}  // namespace skerry::sync
