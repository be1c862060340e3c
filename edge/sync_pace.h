// Whether the loop may wait for a sync itself, at level durable.
//
// To hand a commit to a thread and to hear back wakes two threads, 30 to 110 us on a busy machine: about what the sync
// itself takes on a good disk.  While syncs are short the loop does better to wait, for those whom it would serve
// meanwhile wait for the next commit anyway.  A slow disk (an SD card syncs in 100 ms) must not stop the loop.
#pragma once

#include <algorithm>
#include <atomic>

#include "core/time.h"

namespace skerry::edge {

// took() is for whoever commits, one at a time; quick() for any thread.
class SyncPace {
 public:
  // A commit that takes longer is not to be waited for by the loop: a heartbeat's answer may be as late.
  static constexpr core::Duration quick_max = std::chrono::milliseconds(1);
  // So many quick ones in a row make up for a slow one.
  static constexpr unsigned trial = 8;

  void took(core::Duration commit) {
    quick_in_a_row_.store(commit > quick_max ? 0 : std::min(quick_in_a_row_.load(relaxed) + 1, trial), relaxed);
  }
  bool quick() const { return quick_in_a_row_.load(relaxed) >= trial; }

 private:
  static constexpr auto relaxed = std::memory_order_relaxed;
  std::atomic<unsigned> quick_in_a_row_ = 0;
};

}  // namespace skerry::edge
