// One node's disk, as its host asks it and as a plan troubles it: a store, with the time that syncs and flushes take,
// and with crashes and errors.  Two kinds exist: the store's contract in memory (simulations/contract_disk.h), and the
// real store over files that forget (simulations/sqlite_disk.h).
#pragma once

#include <functional>

#include "core/ids.h"
#include "core/random.h"
#include "core/result.h"
#include "simulations/timeline.h"
#include "sync/store.h"

namespace skerry::simulations {

class Disk {
 public:
  struct Options {
    Duration sync_min{};
    Duration sync_max{};
    double stall_chance = 0;  // of one sync
    Duration stall_max{};
  };
  struct Events {
    // durable_to(), flushed_to() or failure() has changed.
    std::function<void()> moved;
    // The process has ended within an I/O, as end_within_io() wished: crash() is to follow.
    std::function<void()> ended_within_io;
  };
  // What a disk is made of.  The timeline outlives it, and does nothing any more once it is gone.
  struct Setup {
    Timeline& timeline;
    Options options;
    core::ReplicaId replica;  // whose it is
    core::Random random;
    Events events;
  };

  virtual ~Disk() = default;

  // Until the next crash.
  virtual sync::Store& store() = 0;
  virtual const sync::Store& store() const = 0;

  // --- what the node asks of it, as of a thread that it has lent
  // All that is appended now becomes durable, after a while; one commit at a time, the next one takes what came
  // meanwhile.
  virtual void commit() = 0;
  // The flush under way is written, after a while.
  virtual void write_flush() = 0;

  // --- faults
  virtual void slow_down(std::uint32_t factor) = 0;
  // The next sync fails, and after each restart the first one until this is used up.
  virtual void refuse_syncs(std::uint32_t count) = 0;
  // The process is to end within one of the next I/Os.  False: it is not, its I/Os have no inside here or chance has it
  // otherwise.
  virtual bool end_within_io() = 0;
  virtual void become_good() = 0;

  enum class Loss { process, power };
  // The process is gone, or power was lost: what was durable is there, and perhaps some of the rest.  The store is then
  // as the next process finds it.  An error: that cannot open it, though it should.
  virtual core::Result<void> crash(Loss loss) = 0;
};

// How long the next sync takes.
Duration draw_latency(const Disk::Options& options, std::uint32_t factor, core::Random& random);

}  // namespace skerry::simulations
