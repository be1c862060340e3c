// How far the disk is behind what was appended, in time.
#pragma once

#include <deque>

#include "core/time.h"
#include "sync/store.h"

namespace skerry::edge {

// One thread; time and lsns never fall.
class SyncLag {
 public:
  // Up to `to` is appended now.
  void appended(sync::Lsn to, core::Instant now) {
    if (!marks_.empty() && now - marks_.back().since < grain) {
      marks_.back().to = to;
    } else {
      marks_.push_back({to, now});
    }
  }
  // Up to `to` is on disk.
  void durable(sync::Lsn to) {
    while (!marks_.empty() && marks_.front().to <= to) marks_.pop_front();
  }
  // Whether something has waited for the disk for longer than `limit`.
  bool exceeds(core::Duration limit, core::Instant now) const {
    return !marks_.empty() && now - marks_.front().since > limit;
  }

 private:
  // What comes within a grain counts as old as its first: a few hundred marks, however long a sync takes and however
  // many turns the loop makes.
  static constexpr core::Duration grain = std::chrono::milliseconds(1);

  struct Mark {
    sync::Lsn to;
    core::Instant since;
  };
  std::deque<Mark> marks_;
};

}  // namespace skerry::edge
