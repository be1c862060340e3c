// What a node does about a full disk: it says so once, looks for space every second, and says when there is some.
// One thread, but for look().
#pragma once

#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>

#include "core/time.h"
#include "sync/store.h"

namespace skerry::edge {

inline constexpr auto look_for_room_every = std::chrono::seconds(1);

// Of what it needs of a store: edge/sqlite_store.h, or a test's.
template <class Store>
class RoomWatch {
 public:
  // The store outlives it.
  explicit RoomWatch(Store& store) : store_(store) {}

  // The store may have moved.
  void moved(core::Instant now) {
    const sync::Room room = store_.room();
    if (room == room_) return;
    if (room_ == sync::Room::enough) {
      spdlog::warn(
          "the disk is full: reads and deletions go on, other writes are refused until there is space again ({})",
          store_.shortage());
      look_at_ = now + look_for_room_every;
    } else if (room == sync::Room::enough) {
      spdlog::info("there is space on the disk again: writes are accepted");
      look_at_ = core::never;
    }
    room_ = room;
  }

  // When to ask looks(), which says whether the committing thread is to be woken for it.
  core::Instant look_at() const { return look_at_; }
  bool looks(core::Instant now) {
    if (now < look_at_) return false;
    look_at_ = now + look_for_room_every;
    due_.store(true, std::memory_order_release);
    return true;
  }

  // The committing thread: looks if it was to.
  void look() {
    if (due_.exchange(false, std::memory_order_acq_rel)) store_.look_for_room();
  }

 private:
  Store& store_;
  sync::Room room_ = sync::Room::enough;
  core::Instant look_at_ = core::never;
  std::atomic<bool> due_ = false;
};

}  // namespace skerry::edge
