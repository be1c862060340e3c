#include "simulations/host.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/ensure.h"
#include "sync/limits.h"

namespace skerry::simulations {

using core::Result;
using sync::Lsn;

Host::Host(Timeline& timeline, const Identity& identity, const HostConditions& conditions, const Streams& streams,
           const Profile& profile, Events events)
    : timeline_(timeline),
      identity_(identity),
      conditions_(conditions),
      events_(std::move(events)),
      random_(streams.stream("host", identity.index)),
      clock_(conditions.clock),
      disk_(profile.disk({.timeline = timeline,
                          .options = conditions.disk,
                          .replica = identity.id,
                          .random = streams.stream("disk", identity.index + 1),
                          .events = {[this] { disk_moved(); }, [this] { end(ending_); }}})) {}

// --- its life

void Host::start() {
  core::ensure(!up());
  ++lives_;
  sync::ChunkAims aims;
  aims.events = conditions_.chunk_events;
  auto loaded =
      sync::Replica::load(disk_->store(), {identity_.id, conditions_.cache_bytes, random_.next(), aims}, now());
  if (!loaded) return events_.broken(index(), loaded.error());
  replica_ = std::move(*loaded);
  events_.loaded(index());
  // What loading staged is the first commit.
  if (!ends_here()) used();
}

void Host::crash(std::uint32_t yields, Ending ending) {
  ending_ = ending;
  if (yields == 0) {
    if (up()) end(ending);
  } else if (!disk_->end_within_io()) {
    yields_left_ = yields;
  }
}

bool Host::ends_here() {
  if (yields_left_ == 0 || --yields_left_ > 0) return false;
  end(ending_);
  return true;
}

void Host::end(Ending ending) {
  replica_.reset();
  yields_left_ = 0;
  turn_ends_ = false;
  replica_used_ = false;
  commit_at_.reset();
  group_ = {};
  sync_lag_ = {};
  armed_at_ = core::never;
  frames_.clear();
  answers_.clear();
  writers_waiting_.clear();
  paused_ = missed_turn_ = missed_wake_ = missed_disk_ = false;
  ++lives_;
  const Result<void> survived = disk_->crash(ending == Ending::silent ? Disk::Loss::power : Disk::Loss::process);
  if (!survived) return events_.broken(index(), survived.error());
  events_.ended(index(), ending);
}

void Host::pause() {
  if (up()) paused_ = true;
}

void Host::resume() {
  if (!std::exchange(paused_, false)) return;
  // Each in a step of its own, as they would have come.
  if (std::exchange(missed_disk_, false)) later(timeline_.now(), Step::disk_moved);
  if (std::exchange(missed_wake_, false)) later(timeline_.now(), Step::wake);
  if (std::exchange(missed_turn_, false)) later(timeline_.now(), Step::end_turn);
  later(timeline_.now(), Step::resume_writers);
}

bool Host::failed() {
  if (disk_->store().failure()) {
    end(Ending::failed);
    return true;
  }
  if (replica_->failure()) {
    events_.broken(index(), *replica_->failure());
    return true;
  }
  return false;
}

// --- the turn

void Host::later(Instant when, Step step) {
  timeline_.at(when, [this, due = Due{lives_, static_cast<std::uint64_t>(step)}] {
    if (due.life == lives_) take(static_cast<Step>(due.step));
  });
}

void Host::take(Step step) {
  switch (step) {
    case Step::end_turn:
      return end_turn();
    case Step::wake:
      return wake();
    case Step::disk_moved:
      return disk_moved();
    case Step::resume_writers:
      resume_writers();
      return;
  }
}

void Host::used() {
  replica_used_ = true;
  events_.touched(index());
  if (std::exchange(turn_ends_, true)) return;
  later(timeline_.now(), Step::end_turn);
}

// What is staged is not held back for more of the clients'.
void Host::used_by_peer() {
  group_.hurry();
  used();
}

void Host::end_turn() {
  if (paused_) {
    missed_turn_ = true;
    return;
  }
  turn_ends_ = false;
  if (failed() || ends_here()) return;
  if (!gathers()) {
    group_.begun();
    if (!take_output() || !commit_or_wait()) return;
  }
  if (release()) arm();
}

bool Host::gathers() {
  return conditions_.ack == Ack::durable && group_.gathers(now().instant);
}

// Whether the process is still there.
bool Host::take_output() {
  if (!std::exchange(replica_used_, false)) return true;
  const Instant time = now().instant;
  const Lsn appended_to = disk_->store().appended_to();
  for (auto& held : replica_->take_output(now()).append_to(disk_->store())) frames_.push_back(std::move(held));
  events_.touched(index());
  if (disk_->store().appended_to() != appended_to) {
    if (conditions_.ack == Ack::memory) sync_lag_.appended(disk_->store().appended_to(), time);
    if (!commit_at_) commit_at_ = time + (conditions_.ack == Ack::durable ? Duration{} : sync::memory_level_sync_max);
  }
  return !failed() && !ends_here();
}

// Whether the process is still there.
bool Host::commit_or_wait() {
  if (commit_at_ && (!frames_.empty() || *commit_at_ <= now().instant)) {
    commit_at_.reset();
    disk_->commit();
  }
  if (up()) disk_->write_flush();
  return up();
}

// Whether the process is still there.
bool Host::release() {
  const Lsn durable_to = disk_->store().durable_to();
  while (!frames_.empty() && frames_.front().opens(durable_to)) {
    auto frame = std::move(frames_.front()).open(durable_to);
    frames_.pop_front();
    events_.leaving(index(), std::move(*frame));
    if (ends_here()) return false;
  }
  const Lsn limit = answerable_to();
  std::size_t left = 0;
  for (; !answers_.empty() && answers_.front().lsn <= limit; ++left) {
    const std::uint64_t number = answers_.front().number;
    answers_.pop_front();
    events_.answered(index(), number);
  }
  group_.answered(left, answers_.size());
  return true;
}

Lsn Host::answerable_to() {
  const Lsn durable_to = disk_->store().durable_to();
  if (conditions_.ack == Ack::durable) return durable_to;
  sync_lag_.durable(durable_to);
  const bool too_far_ahead = sync_lag_.exceeds(sync::memory_level_ahead_max, now().instant);
  return too_far_ahead ? durable_to : std::numeric_limits<Lsn>::max();
}

void Host::arm() {
  const Instant due = std::min({replica_->wake_at(), commit_at_.value_or(core::never), group_.until()});
  const Instant wanted = std::max(due, now().instant);
  if (wanted >= armed_at_) return;
  armed_at_ = wanted;
  // An older timer looks again when it fires.
  later(clock_.world_at(wanted), Step::wake);
}

void Host::wake() {
  if (paused_) {
    missed_wake_ = true;
    return;
  }
  if (failed()) return;
  if (armed_at_ <= now().instant) armed_at_ = core::never;
  if (replica_->wake_at() <= now().instant) {
    replica_->wake(now());
    events_.touched(index());
    if (ends_here()) return;
    replica_used_ = true;
    if (replica_->speak_at() <= now().instant) group_.hurry();
    if (!resume_writers()) return;
  }
  if (!std::exchange(turn_ends_, true)) later(timeline_.now(), Step::end_turn);
}

void Host::disk_moved() {
  if (!up()) return;
  if (paused_) {
    missed_disk_ = true;
    return;
  }
  if (failed() || ends_here()) return;
  replica_->store_moved(now());
  events_.touched(index());
  replica_used_ = true;
  if (!release() || !resume_writers()) return;
  used();
}

// --- clients

// Whether the process is still there: it may have ended in what was resumed.
bool Host::resume_writers() {
  while (up() && !writers_waiting_.empty() && takes_writes()) {
    const std::function<void()> work = std::move(writers_waiting_.front());
    writers_waiting_.pop_front();
    work();
  }
  return up();
}

void Host::answer(Lsn lsn, std::uint64_t number) {
  if (lsn <= answerable_to()) return events_.answered(index(), number);
  if (lsn > disk_->store().appended_to()) group_.joined();
  auto place = answers_.end();
  while (place != answers_.begin() && std::prev(place)->lsn > lsn) --place;
  answers_.insert(place, {lsn, number});
}

// --- peers

void Host::peer_found(sync::LinkId link) {
  replica_->peer_found(now(), link, identity_.spaces);
  used_by_peer();
}

void Host::peer_lost(sync::LinkId link) {
  replica_->peer_lost(now(), link);
  used_by_peer();
}

void Host::measured(sync::LinkId link, Duration round_trip) {
  replica_->round_trip(link, round_trip);
}

Result<void> Host::receive(sync::LinkId link, core::Space space, core::BytesView frame) {
  Result<void> received = replica_->receive(now(), link, space, frame);
  events_.touched(index());
  if (replica_->failure()) {
    failed();
    return {};
  }
  if (received && !ends_here()) used_by_peer();
  return received;
}

bool Host::quiet() const {
  const sync::Store& store = disk_->store();
  return up() && frames_.empty() && answers_.empty() && writers_waiting_.empty() &&
         store.durable_to() == store.appended_to();
}

}  // namespace skerry::simulations
