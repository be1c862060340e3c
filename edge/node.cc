#include "edge/node.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <iterator>
#include <limits>
#include <utility>

#include "core/ensure.h"
#include "edge/departures.h"
#include "edge/flush_clock.h"
#include "edge/group_commit.h"
#include "edge/room_watch.h"
#include "edge/sqlite_store.h"
#include "edge/sync_lag.h"
#include "edge/sync_pace.h"
#include "edge/system.h"
#include "edge/worker.h"
#include "sync/limits.h"

namespace skerry::edge {
namespace {

// The last flush only saves replaying the log at the next start: not worth more of an operator's time than this.
constexpr auto last_flush_max = std::chrono::seconds(10);

// Quiet enough for the store's checkpoints.
constexpr auto settle_after = std::chrono::seconds(1);

}  // namespace

struct Node::Insides {
  Insides(boost::asio::io_context& context, SqliteStore& used_store, sync::Replica& used_replica, Ack level)
      : io(context), store(used_store), replica(used_replica), ack(level), room(used_store), timer(context) {
    store.set_listener([this] { store_moved_elsewhere(); });
    log_worker.emplace("skerry-log",
                       WorkerTasks{[this] { commit_and_checkpoint(); }, [this] { store.settle_log(); }, settle_after});
    flush_worker.emplace("skerry-flush",
                         WorkerTasks{[this] { flush_and_time(); }, [this] { store.settle_cells(); }, settle_after});
  }

  // --- the turn
  core::Now now() {
    if (!turn_time) {
      turn_time = clock.now();
      end_turn_later();
    }
    return *turn_time;
  }
  void end_turn_later();
  void end_turn();
  bool gathers();
  void take_output();
  void commit_or_wait(std::size_t clients_waiting);
  void commit_here_or_there(std::size_t clients_waiting);
  void release();
  // Up to which lsn answers may leave.
  sync::Lsn answerable_to();
  bool failed();

  // --- as the committing thread
  void commit_and_time();
  void commit_and_checkpoint();

  // --- time and the disk
  void arm();
  void wake_next_turn();
  void wake();
  void flush_and_time();
  void store_moved_elsewhere();
  void store_moved();
  bool full() const { return replica.full() && replica.room() == sync::Room::enough; }
  void resume_writers();
  void stop();
  void finish_log();
  void finish_rows();

  boost::asio::io_context& io;
  SqliteStore& store;
  sync::Replica& replica;
  const Ack ack;
  SystemClock clock;

  std::optional<core::Now> turn_time;
  bool turn_ends = false;     // end_turn is posted
  bool wakes = false;         // wake is posted
  bool replica_used = false;  // since its output was last taken
  bool stopped = false;
  std::optional<core::Error> failure;

  Departures departures;
  SyncLag sync_lag;  // at level memory
  FrameSink frame_sink;
  std::deque<std::function<void()>> writers_waiting;
  RoomWatch<SqliteStore> room;

  GroupCommit group;                       // at level durable
  SyncPace sync_pace;                      // at level durable
  std::optional<core::Instant> commit_at;  // appended, and not yet asked to be committed
  boost::asio::steady_timer timer;
  core::Instant armed_at = core::never;

  FlushClock flush_clock;
  std::atomic<bool> store_moved_posted = false;
  std::optional<Worker> log_worker, flush_worker;  // last: they use the others
};

void Node::Insides::end_turn_later() {
  if (turn_ends || stopped) return;
  turn_ends = true;
  boost::asio::post(io, [this] { end_turn(); });
}

// Everything that was ready when the loop last asked the kernel belongs to one turn: one output, one append.
void Node::Insides::end_turn() {
  turn_ends = false;
  if (stopped || failed()) return;
  if (!turn_time) turn_time = clock.now();
  if (!gathers()) {
    const std::size_t clients_waiting = group.begun();
    take_output();
    commit_or_wait(clients_waiting);
  }
  release();
  arm();
  turn_time.reset();
}

// What the replica has staged stays there for so long: then it becomes one segment.
bool Node::Insides::gathers() {
  return ack == Ack::durable && !stopped && group.gathers(now().instant);
}

void Node::Insides::take_output() {
  if (!std::exchange(replica_used, false)) return;
  const core::Now time = now();
  const sync::Lsn before = store.appended_to();
  departures.hold(replica.take_output(time).append_to(store));
  if (ack == Ack::memory && store.appended_to() > before) sync_lag.appended(store.appended_to(), time.instant);
  if (store.has_appended() && !commit_at) {
    commit_at = ack == Ack::durable ? time.instant : time.instant + sync::memory_level_sync_max;
  }
}

// A commit begins as soon as its group is complete; what arrives while it is being synced makes the next one, so
// commits grow with the load by themselves.  At level `memory` only peers wait: without them a commit may gather.
void Node::Insides::commit_or_wait(std::size_t clients_waiting) {
  if (commit_at && (departures.frames_wait() || *commit_at <= now().instant)) {
    commit_at.reset();
    commit_here_or_there(clients_waiting);
  }
  if (store.has_flush()) flush_worker->poke();
  if (!writers_waiting.empty()) store.hurry();
}

void Node::Insides::commit_here_or_there(std::size_t clients_waiting) {
  bool there = true;
  if (ack == Ack::durable && sync_pace.begins(store.appended_bytes(), clients_waiting)) {
    log_worker->stand_in([&] {
      commit_and_time();
      turn_time = clock.now();
      there = store.log_checkpoint_due();
    });
  }
  if (there) log_worker->poke();
}

void Node::Insides::commit_and_time() {
  if (!store.has_appended()) return;
  const core::Instant begun = clock.instant();
  store.commit_appended();
  sync_pace.took(clock.instant() - begun);
}

void Node::Insides::commit_and_checkpoint() {
  commit_and_time();
  store.checkpoint_log();
  room.look();
}

void Node::Insides::release() {
  departures.release_frames(store.durable_to(), frame_sink);
  const std::size_t left = departures.release_answers(answerable_to());
  group.answered(left, departures.answers_waiting());
}

sync::Lsn Node::Insides::answerable_to() {
  const sync::Lsn durable_to = store.durable_to();
  if (ack == Ack::durable) return durable_to;
  sync_lag.durable(durable_to);
  const bool too_far_ahead = sync_lag.exceeds(sync::memory_level_ahead_max, now().instant);
  return too_far_ahead ? durable_to : std::numeric_limits<sync::Lsn>::max();
}

bool Node::Insides::failed() {
  if (failure) return true;
  if (store.failure()) {
    failure = store.failure();
  } else if (replica.failure()) {
    failure = replica.failure();
  } else {
    return false;
  }
  spdlog::error("cannot go on: {}", failure->detail);
  io.stop();
  return true;
}

// Re-arming costs a system call, so a timer that is early enough is left alone; it looks again when it fires.
void Node::Insides::arm() {
  const core::Instant wanted =
      std::min({replica.wake_at(), commit_at.value_or(core::never), group.until(), room.look_at()});
  if (wanted >= armed_at) return;
  if (wanted <= turn_time->instant) return wake_next_turn();
  armed_at = wanted;
  timer.expires_at(steady_time(wanted));
  timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_at = core::never;
    wake();
  });
}

// There is more to do already, after what came in meanwhile.
void Node::Insides::wake_next_turn() {
  if (std::exchange(wakes, true)) return;
  boost::asio::post(io, [this] {
    wakes = false;
    wake();
  });
}

void Node::Insides::wake() {
  if (stopped || failed()) return;
  if (room.looks(now().instant)) log_worker->poke();
  if (replica.wake_at() <= now().instant) {
    replica.wake(now());
    replica_used = true;
    // While a commit gathers, nothing is said; the link would want to be woken again and again.
    if (replica.speak_at() <= now().instant) group.hurry();
    resume_writers();
  }
  end_turn_later();
}

// Called on the flushing thread.
void Node::Insides::flush_and_time() {
  if (!store.has_flush()) return;
  flush_clock.begun(clock.instant());
  store.write_flush();
  flush_clock.ended(clock.instant());
}

// Called on the lent threads, and by the loop in their place.
void Node::Insides::store_moved_elsewhere() {
  if (store_moved_posted.exchange(true)) return;
  boost::asio::post(io, [this] { store_moved(); });
}

void Node::Insides::store_moved() {
  store_moved_posted = false;
  if (stopped || failed()) return;
  room.moved(now().instant);
  replica.store_moved(now());
  replica_used = true;
  release();
  resume_writers();
  end_turn_later();
}

void Node::Insides::resume_writers() {
  std::deque<std::function<void()>> waiting = std::exchange(writers_waiting, {});
  while (!waiting.empty() && !full()) {
    std::function<void()> resume = std::move(waiting.front());
    waiting.pop_front();
    resume();
  }
  // Those who came first go first, also before the ones that have just been resumed and wait again.
  waiting.insert(waiting.end(), std::make_move_iterator(writers_waiting.begin()),
                 std::make_move_iterator(writers_waiting.end()));
  writers_waiting = std::move(waiting);
}

void Node::Insides::stop() {
  if (std::exchange(stopped, true)) return;
  timer.cancel();
  if (!failed()) finish_log();
  if (!failed()) finish_rows();
}

void Node::Insides::finish_log() {
  replica_used = true;
  take_output();
  log_worker->poke();
  log_worker->wait_idle();
  if (failed()) return;
  release();
}

void Node::Insides::finish_rows() {
  const core::Instant deadline = clock.instant() + last_flush_max;
  while (!replica.keyspace().flushed() && clock.instant() < deadline && !failed()) {
    store.hurry();  // before it is waited for: a flush at its ease rests for seconds
    flush_worker->wait_idle();
    const core::Now time = clock.now();
    replica.store_moved(time);
    replica.keyspace().flush_step(time);
    if (store.has_flush()) flush_worker->poke();
    if (store.room() != sync::Room::enough) break;  // the next start replays the log
  }
  store.hurry();
  flush_worker->wait_idle();
}

Node::Node(boost::asio::io_context& io, SqliteStore& store, sync::Replica& replica, Ack ack)
    : insides_(std::make_unique<Insides>(io, store, replica, ack)) {
  insides_->room.moved(insides_->clock.instant());  // it may have been opened on a full disk
  // What loading staged is the first commit.
  used();
}

Node::~Node() {
  insides_->stopped = true;
  insides_->log_worker.reset();
  insides_->flush_worker.reset();
  insides_->store.set_listener({});
}

boost::asio::io_context& Node::io() {
  return insides_->io;
}
sync::Replica& Node::replica() {
  return insides_->replica;
}
Ack Node::ack() const {
  return insides_->ack;
}
core::Now Node::now() {
  return insides_->now();
}

void Node::used() {
  insides_->replica_used = true;
  insides_->end_turn_later();
}

void Node::used_by_peer() {
  insides_->group.hurry();
  used();
}

bool Node::may_answer(sync::Lsn lsn) {
  if (lsn > insides_->answerable_to()) return false;
  insides_->sync_pace.served();
  return true;
}

void Node::when_answerable(sync::Lsn lsn, std::function<void()> answer) {
  insides_->departures.hold(lsn, std::move(answer));
  if (lsn > insides_->store.appended_to()) insides_->group.joined();
  insides_->end_turn_later();
}

bool Node::full() const {
  return insides_->full();
}

void Node::when_not_full(std::function<void()> resume) {
  insides_->writers_waiting.push_back(std::move(resume));
  insides_->end_turn_later();
}

void Node::set_frame_sink(FrameSink sink) {
  insides_->frame_sink = std::move(sink);
}

StoreFigures Node::figures() const {
  return {.log_commits = insides_->store.commits(),
          .flushes = insides_->flush_clock.count(),
          .flushing = insides_->flush_clock.total(insides_->clock.instant()),
          .disk_full = insides_->store.room() != sync::Room::enough};
}

const std::optional<core::Error>& Node::failure() const {
  return insides_->failure;
}

void Node::stop() {
  insides_->stop();
}

}  // namespace skerry::edge
