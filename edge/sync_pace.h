// Whether the loop waits for a sync itself, at level durable.
//
// To hand a commit to a thread and to hear back wakes two threads, 30 to 110 us on a busy machine: most of what the
// sync of a small commit takes on a good disk.  When nearly all clients wait for that commit, the loop has nobody to
// serve meanwhile and does better to wait as well.  Those who read, and those who send several writes at once, are
// served while a thread syncs; and a slow disk (an SD card syncs in 100 ms) must not stop the loop.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

#include "core/time.h"

namespace skerry::edge {

// took() is for whoever commits, one at a time; the rest for the loop.
class SyncPace {
 public:
  // Longer commits gain little by it, and hold up the loop.
  static constexpr core::Duration quick_max = std::chrono::microseconds(500);
  // So many quick ones in a row make up for a slow one.
  static constexpr unsigned trial = 8;
  // What was learnt from small commits says nothing about larger ones.
  static constexpr std::size_t bytes_max = 16 * 1024;
  // One client served at once, for so many that wait, is one too many.
  static constexpr std::size_t waiting_for_each_served = 4;

  void took(core::Duration commit) {
    quick_in_a_row_.store(commit > quick_max ? 0 : std::min(quick_in_a_row_.load(relaxed) + 1, trial), relaxed);
  }
  // A client was answered that did not wait for a commit.
  void served() { ++served_; }
  // A commit of so many bytes begins, which so many clients wait for: whether the loop does it.
  bool begins(std::size_t bytes, std::size_t clients_waiting) {
    const std::size_t served = std::exchange(served_, 0);
    return quick_in_a_row_.load(relaxed) >= trial && bytes <= bytes_max &&
           served * waiting_for_each_served <= clients_waiting;
  }

 private:
  static constexpr auto relaxed = std::memory_order_relaxed;
  std::atomic<unsigned> quick_in_a_row_ = 0;
  std::size_t served_ = 0;  // since the last commit began
};

}  // namespace skerry::edge
