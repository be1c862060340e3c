// One node of the world: the product's replica on a pretend disk, driven as edge/node.cc drives it: everything that
// came in one turn of the loop is one output, appended once; a commit may wait for more clients; frames and answers
// leave when their lsn is durable.  It can end at any yield: wherever the real process could be killed between two of
// its steps.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "edge/group_commit.h"
#include "edge/sync_lag.h"
#include "simulations/conditions.h"
#include "simulations/profile.h"
#include "simulations/streams.h"
#include "simulations/timeline.h"
#include "sync/replica.h"

namespace skerry::simulations {

enum class Ending {
  told,    // the process was killed; its machine tells the peers
  silent,  // power was lost
  failed,  // the disk refused a write, and the process ended itself
};

class Host {
 public:
  struct Events {
    std::function<void(HostIndex host, sync::Frame frame)> leaving;
    // The answer with this number may be given.
    std::function<void(HostIndex host, std::uint64_t answer)> answered;
    // Something here may have changed.
    std::function<void(HostIndex host)> touched;
    // It is loaded, and nothing has happened yet.
    std::function<void(HostIndex host)> loaded;
    // The replica is gone, and the disk has forgotten what it forgets.
    std::function<void(HostIndex host, Ending ending)> ended;
    // The replica says that it cannot go on, though the disk is well.
    std::function<void(HostIndex host, const core::Error& error)> broken;
  };
  struct Identity {
    HostIndex index = 0;
    core::ReplicaId id;
    std::vector<core::Space> spaces;
  };

  // The timeline outlives the host.
  Host(Timeline& timeline, const Identity& identity, const HostConditions& conditions, const Streams& streams,
       const Profile& profile, Events events);

  // --- its life
  void start();  // REQUIRES !up()
  bool up() const { return replica_ != nullptr; }
  bool paused() const { return paused_; }
  bool serves() const { return up() && !paused_; }
  // The process ends at the `yields`th yield from now, or within an I/O of its disk; 0: now.
  void crash(std::uint32_t yields, Ending ending);
  void pause();
  void resume();

  // --- clients
  // Runs `work` when writes need not wait: now, or after a flush has made room, or when the disk is not full any more.
  // Forgotten when the process ends.
  template <class Work>
  void when_not_full(Work&& work) {
    if (serves() && writers_waiting_.empty() && takes_writes()) return work();
    writers_waiting_.push_back(std::forward<Work>(work));
  }
  // f(sync::Transaction&) is one batch.  The lsn its answers depend on.
  template <class F>
  sync::Lsn transact(core::Space space, F&& f) {
    sync::Lsn depends_on = 0;
    {
      sync::Transaction transaction = replica_->begin(space, now());
      std::forward<F>(f)(transaction);
      depends_on = transaction.depends_on();
    }
    used();
    return depends_on;
  }
  // Gives the answer as soon as `lsn` and the ack level allow, which may be now.
  void answer(sync::Lsn lsn, std::uint64_t number);

  // --- peers
  void peer_found(sync::LinkId link);
  void peer_lost(sync::LinkId link);
  void measured(sync::LinkId link, Duration round_trip);
  core::Result<void> receive(sync::LinkId link, core::Space space, core::BytesView frame);

  // --- questions
  HostIndex index() const { return identity_.index; }
  const core::ReplicaId& id() const { return identity_.id; }
  sync::Replica& replica() { return *replica_; }  // REQUIRES up()
  Disk& disk() { return *disk_; }
  const Disk& disk() const { return *disk_; }
  Clock& clock() { return clock_; }
  core::Now now() const { return clock_.at(timeline_.now()); }
  // Nothing waits to leave or to be written.
  bool quiet() const;
  std::size_t frames_waiting() const { return frames_.size(); }

 private:
  struct Answer {
    sync::Lsn lsn;
    std::uint64_t number;
  };
  enum class Step : std::uint8_t { end_turn, wake, disk_moved, resume_writers };
  // A step of one life: fits a timeline's action.
  struct Due {
    std::uint64_t life : 56;
    std::uint64_t step : 8;
  };
  // Whether the process has ended at this yield.
  bool ends_here();
  void end(Ending ending);
  bool takes_writes() const { return !replica_->full() && replica_->room() == sync::Room::enough; }
  void used();
  void used_by_peer();
  void end_turn();
  bool gathers();
  bool take_output();
  bool commit_or_wait();
  bool release();
  sync::Lsn answerable_to();
  void arm();
  void wake();
  void disk_moved();
  bool resume_writers();
  bool failed();
  void later(Instant when, Step step);
  void take(Step step);

  Timeline& timeline_;
  Identity identity_;
  HostConditions conditions_;
  Events events_;
  core::Random random_;
  Clock clock_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<sync::Replica> replica_;

  std::uint64_t lives_ = 0;
  std::uint32_t yields_left_ = 0;  // until the process ends; 0: it does not
  Ending ending_ = Ending::told;

  // As in edge/node.cc.
  bool turn_ends_ = false;
  bool replica_used_ = false;
  edge::GroupCommit group_;           // at level durable
  edge::SyncLag sync_lag_;            // at level memory
  std::optional<Instant> commit_at_;  // on the node's own clock, as armed_at_
  Instant armed_at_ = core::never;
  std::deque<sync::Held<sync::Frame>> frames_;
  std::deque<Answer> answers_;  // sorted by lsn
  std::deque<std::function<void()>> writers_waiting_;

  // What came while it did nothing.
  bool paused_ = false;
  bool missed_turn_ = false;
  bool missed_wake_ = false;
  bool missed_disk_ = false;
};

}  // namespace skerry::simulations
