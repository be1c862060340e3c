// One node's disk in the protocol profile: the memory store, which obeys the store's contract, with the time that syncs
// and flushes take, and with crashes and errors.  Tears within a file belong to the full profile: the contract says
// that a segment and a flush are there as a whole or not at all.
#pragma once

#include <functional>

#include "core/random.h"
#include "simulations/timeline.h"
#include "sync/memory_store.h"

namespace skerry::simulations {

class Disk {
 public:
  struct Options {
    Duration sync_min{};
    Duration sync_max{};
    double stall_chance = 0;  // of one sync
    Duration stall_max{};
  };

  // `moved` is called when durable_to(), flushed_to() or failure() has changed.  The timeline must outlive the disk.
  Disk(Timeline& timeline, const Options& options, core::Random random, std::function<void()> moved)
      : timeline_(timeline), options_(options), random_(random), moved_(std::move(moved)) {}

  sync::MemoryStore& store() { return store_; }
  const sync::MemoryStore& store() const { return store_; }

  // --- what the node asks of it, as of a thread that it has lent
  // All that is appended now becomes durable, after a while; one commit at a time, the next one takes what came
  // meanwhile.
  void commit();
  // The flush under way is written, after a while.
  void write_flush();

  // --- faults
  void slow_down(std::uint32_t factor) { factor_ = factor; }
  // The next sync fails, and after each restart the first one until this is used up.
  void refuse_syncs(std::uint32_t count) { refusals_ = count; }
  void become_good();
  // The process is gone or power was lost: of what was not durable some oldest segments are there all the same, and
  // the flush under way happened or did not.
  void crash();

 private:
  Duration latency();
  void committed();

  Timeline& timeline_;
  Options options_;
  core::Random random_;
  std::function<void()> moved_;
  sync::MemoryStore store_{sync::MemoryStore::Mode::by_hand};
  std::uint64_t life_ = 0;
  std::uint32_t factor_ = 1;
  std::uint32_t refusals_ = 0;
  std::size_t committing_ = 0;  // segments that are being synced
  bool commit_again_ = false;
  bool flushing_ = false;
};

}  // namespace skerry::simulations
