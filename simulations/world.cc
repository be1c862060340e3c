#include "simulations/world.h"

#include <algorithm>

#include "core/ensure.h"

namespace skerry::simulations {

using namespace std::chrono_literals;
using core::Space;

namespace {

// So often each cell of a host is compared, and not just those that were touched; the hosts take turns.  A host that
// holds more is compared less often, or it would be compared most of the time.
constexpr std::uint64_t steps_between_full_checks = 1'000;
constexpr std::uint64_t steps_for_each_cell = 10;
// A replica that wants to be woken at once, and again, for ever, makes no progress.
constexpr std::uint64_t steps_at_one_instant_max = 100'000;
// How long after everything healed all must agree.  Redialling may wait 30 s and a refused walk as long; what is to be
// sent may be all there is, over a slow road, hop by hop.
constexpr Duration converged_within = 3min;
constexpr Duration look_every = 20ms;
// How soon a supervisor starts a process again that has ended itself.
constexpr Duration restart_after = 2s;

core::ReplicaId random_id(core::Random random) {
  core::ReplicaId id;
  for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(random.next());
  return id;
}

}  // namespace

World::World(const Plan& plan, const Profile& profile)
    : plan_(plan),
      profile_(profile.name),
      streams_(plan.conditions.seed),
      taps_(streams_.stream("taps")),
      down_for_(plan.conditions.hosts.size()),
      touched_(plan.conditions.hosts.size()) {
  std::vector<Space> spaces;
  for (std::uint16_t space = 0; space < plan_.conditions.spaces; ++space) spaces.push_back(Space{space});
  std::vector<core::ReplicaId> ids;
  for (HostIndex host = 0; host < plan_.conditions.hosts.size(); ++host) {
    ids.push_back(random_id(streams_.stream("ids", host)));
    hosts_.push_back(std::make_unique<Host>(timeline_, Host::Identity{host, ids.back(), spaces},
                                            plan_.conditions.hosts[host], streams_, profile, host_events()));
  }
  network_ = std::make_unique<Network>(timeline_, plan_.conditions, network_events(),
                                       profile.keys ? profile.keys(streams_, hosts_.size()) : nullptr);
  for (const Space space : spaces) checkers_.push_back(std::make_unique<Checkers>(space, timeline_, hosts_, ids));
}

void World::look_away() {
  for (const auto& checkers : checkers_) checkers->look_away();
}

Host::Events World::host_events() {
  Host::Events events;
  events.leaving = [this](HostIndex host, sync::Frame frame) {
    checkers_[frame.space.number]->leaving(host, frame.to, frame.bytes);
    network_->send(host, std::move(frame));
  };
  events.answered = [this](HostIndex host, std::uint64_t answer) {
    const AnswerDue due = answers_[answer];
    if (plan_.conditions.hosts[host].ack == Ack::durable) checkers_[due.space.number]->acknowledged(host, due.events);
    if (clients_.answered) clients_.answered(due.request);
  };
  events.touched = [this](HostIndex host) {
    touched_[host] = true;
    any_touched_ = true;
  };
  events.loaded = [this](HostIndex host) {
    for (const auto& checkers : checkers_) checkers->loaded(host);
    if (chronicle_ != nullptr) note_start(host);
  };
  events.ended = [this](HostIndex host, Ending ending) { host_ended(host, ending); };
  events.broken = [this](HostIndex host, const core::Error& error) {
    checkers_.front()->complain("I1", host, "it cannot go on: " + error.detail);
  };
  return events;
}

Network::Events World::network_events() {
  Network::Events events;
  events.found = [this](HostIndex host, sync::LinkId link) { found(host, link); };
  events.lost = [this](HostIndex host, sync::LinkId link) { lost(host, link); };
  events.measured = [this](HostIndex host, sync::LinkId link, Duration round_trip) {
    hosts_[host]->measured(link, round_trip);
  };
  events.frame = [this](HostIndex host, sync::LinkId link, Space space, core::Bytes frame) {
    trace_.add(timeline_.now());
    trace_.add(std::uint64_t{host});
    trace_.add(frame);
    // As edge/peer_link.cc: a node whose dirty cells are at their bound lets frames wait too.
    hosts_[host]->when_not_full([this, host, link, space, frame = std::move(frame)] {
      const core::Result<void> received = hosts_[host]->receive(link, space, frame);
      if (received) return;
      checkers_[space.number]->complain("I11", host, "it refused an honest frame: " + received.error().detail);
      network_->hang_up(host, link);
    });
  };
  events.forged = [this](HostIndex host, sync::LinkId) {
    checkers_.front()->complain("records", host, "its records have not told what was sent from what was not");
  };
  return events;
}

void World::found(HostIndex host, sync::LinkId link) {
  for (const auto& checkers : checkers_) {
    if (taps_.chance(plan_.conditions.tap_chance)) checkers->tap(host, link);
  }
  if (chronicle_ != nullptr) chronicle_->session_found(since_begin(), host, network_->peer_of(host, link));
  hosts_[host]->peer_found(link);
}

void World::lost(HostIndex host, sync::LinkId link) {
  if (chronicle_ != nullptr) chronicle_->session_lost(since_begin(), host, network_->peer_of(host, link));
  hosts_[host]->peer_lost(link);
}

const std::optional<Violation>& World::violation() const {
  for (const auto& checkers : checkers_) {
    if (checkers->violation()) return checkers->violation();
  }
  return checkers_.front()->violation();
}

// --- steps

void World::step() {
  timeline_.step();
  check_touched();
  check_progress();
  if (timeline_.steps() < full_check_at_) return;
  const auto host = static_cast<HostIndex>(checked_++ % hosts_.size());
  full_check_at_ = timeline_.steps() + steps_between_full_checks;
  for (const auto& checkers : checkers_) {
    checkers->check_all(host);
    full_check_at_ += steps_for_each_cell * checkers->cells(host);
  }
}

void World::check_touched() {
  if (!std::exchange(any_touched_, false)) return;
  for (HostIndex host = 0; host < hosts_.size(); ++host) {
    if (!touched_[host]) continue;
    touched_[host] = false;
    for (const auto& checkers : checkers_) checkers->observe(host);
  }
}

void World::check_progress() {
  if (timeline_.now() != last_now_) {
    last_now_ = timeline_.now();
    steps_now_ = 0;
  } else if (++steps_now_ > steps_at_one_instant_max) {
    checkers_.front()->complain("I11", 0, "the world does not get on: so many steps at one instant");
  }
}

void World::run_until(Instant when) {
  while (!violation() && timeline_.next_at() <= when) step();
  if (!violation()) timeline_.pass_to(when);
}

// --- the plan

void World::start() {
  for (HostIndex host = 0; host < hosts_.size(); ++host) {
    const Duration joins_at = plan_.conditions.hosts[host].joins_at;
    if (joins_at == Duration{}) {
      start_host(host);
    } else {
      timeline_.at(begin_of_world + joins_at, [this, host] { start_host(host); });
    }
  }
  next_operation();
  next_fault();
}

void World::start_host(HostIndex host) {
  if (hosts_[host]->up()) return;
  hosts_[host]->start();
  if (hosts_[host]->up()) network_->host_up(host);
}

void World::next_operation() {
  if (next_operation_ == plan_.operations.size()) return;
  timeline_.at(begin_of_world + plan_.operations[next_operation_].at, [this] {
    if (healed_) return;
    perform(plan_.operations[next_operation_++]);
    next_operation();
  });
}

void World::next_fault() {
  if (next_fault_ == plan_.faults.size()) return;
  timeline_.at(begin_of_world + plan_.faults[next_fault_].at, [this] {
    if (healed_) return;
    begin(plan_.faults[next_fault_++]);
    next_fault();
  });
}

void World::perform(const Operation& operation) {
  Host& host = *hosts_[operation.host];
  if (!host.up()) {
    if (clients_.refused) clients_.refused(operation);
    return;
  }
  const std::uint64_t request = requests_++;
  if (clients_.asked) clients_.asked(request, operation);
  host.when_not_full([this, request, &operation] { batch(request, operation); });  // the plan's own
}

void World::batch(std::uint64_t request, const Operation& operation) {
  Host& host = *hosts_[operation.host];
  Checkers& checkers = *checkers_[operation.space.number];
  ++operations_;
  if (chronicle_ != nullptr) chronicle_->operation(since_begin(), operation.host);
  checkers.batch_begins(operation.host);
  const sync::Lsn depends_on = host.transact(operation.space, [&](sync::Transaction& transaction) {
    for (const Command& command : operation.commands) {
      const core::Result<std::string> told = simulations::perform(command, transaction);
      checkers.answered(operation.host, command, told);
      if (clients_.told && told) clients_.told(request, operation, command, *told);
    }
  });
  answers_.push_back({request, operation.space, checkers.batch_ends(operation.host)});
  host.answer(depends_on, answers_.size() - 1);
}

// --- faults

void World::begin(const Fault& fault) {
  Host& host = *hosts_[fault.host];
  ++faults_[static_cast<std::size_t>(fault.kind)];
  if (fault.kind == FaultKind::pause && !host.serves()) return;
  if (chronicle_ != nullptr) chronicle_->began(since_begin(), fault);
  switch (fault.kind) {
    case FaultKind::cut:
      network_->cut({fault.host, fault.other});
      break;
    case FaultKind::slow_path:
      network_->slow_down({fault.host, fault.other}, static_cast<std::uint32_t>(fault.amount));
      break;
    case FaultKind::crash:
      down_for_[fault.host] = fault.lasts;
      return host.crash(static_cast<std::uint32_t>(fault.amount), fault.noticed ? Ending::told : Ending::silent);
    case FaultKind::pause:
      host.pause();
      network_->host_paused(fault.host);
      break;
    case FaultKind::slow_disk:
      host.disk().slow_down(static_cast<std::uint32_t>(fault.amount));
      break;
    case FaultKind::sync_error:
      return host.disk().refuse_syncs(static_cast<std::uint32_t>(fault.amount));
    case FaultKind::clock_step:
      return host.clock().step(std::chrono::milliseconds(fault.amount));
    case FaultKind::clock_freeze:
      host.clock().freeze(timeline_.now());
      break;
  }
  timeline_.after(fault.lasts, [this, fault] {
    if (!healed_) end(fault);
  });
}

void World::end(const Fault& fault) {
  Host& host = *hosts_[fault.host];
  if (chronicle_ != nullptr) chronicle_->ended(since_begin(), fault);
  switch (fault.kind) {
    case FaultKind::cut:
      return network_->heal({fault.host, fault.other});
    case FaultKind::slow_path:
      return network_->slow_down({fault.host, fault.other}, 1);
    case FaultKind::pause:
      if (!host.paused()) return;  // it has ended meanwhile
      network_->host_resumed(fault.host);
      return host.resume();
    case FaultKind::slow_disk:
      return host.disk().slow_down(1);
    case FaultKind::clock_freeze:
      return host.clock().thaw(timeline_.now());
    case FaultKind::crash:
    case FaultKind::sync_error:
    case FaultKind::clock_step:
      break;
  }
}

void World::host_ended(HostIndex host, Ending ending) {
  ++endings_;
  if (clients_.hung_up) clients_.hung_up(host);
  for (const auto& checkers : checkers_) checkers->ended(host);
  if (chronicle_ != nullptr) note_ending(host, ending);
  network_->host_down(host, ending == Ending::silent ? Network::Parting::silent : Network::Parting::told);
  const Duration down = ending == Ending::failed ? restart_after : down_for_[host];
  timeline_.after(healed_ ? Duration{} : down, [this, host] { start_host(host); });
}

void World::heal() {
  healed_ = true;
  if (chronicle_ != nullptr) chronicle_->healed(since_begin());
  for (HostIndex index = 0; index < hosts_.size(); ++index) {
    Host& host = *hosts_[index];
    host.clock().correct(timeline_.now());
    host.disk().become_good();
    if (host.paused()) {
      network_->host_resumed(index);
      host.resume();
    }
    start_host(index);
  }
  network_->become_good();
  if (const auto& apart = plan_.conditions.stay_apart) {
    for (const Path path : {Path{apart->first, apart->second}, Path{apart->second, apart->first}}) {
      network_->cut(path);
      if (chronicle_ != nullptr) chronicle_->cut(since_begin(), path);
    }
  }
}

// --- the whole

bool World::agree() const {
  return network_->quiet() &&
         std::all_of(checkers_.begin(), checkers_.end(), [](const auto& checkers) { return checkers->agree(); });
}

bool World::same() const {
  return std::all_of(checkers_.begin(), checkers_.end(), [](const auto& checkers) { return checkers->same(); });
}

std::string World::disagreement() const {
  for (const auto& checkers : checkers_) {
    if (std::string why = checkers->disagreement(); !why.empty()) return why;
  }
  return "packets are still on their way";
}

Report World::run() {
  start();
  run_until(begin_of_world + plan_.conditions.duration);
  Report result;
  if (!violation()) {
    heal();
    const Instant healed_at = timeline_.now();
    if (same()) result.same_in = Duration{};
    while (!violation() && !agree() && timeline_.now() < healed_at + converged_within) {
      run_until(timeline_.now() + look_every);
      if (!result.same_in && same()) result.same_in = timeline_.now() - healed_at;
    }
    result.converged_in = timeline_.now() - healed_at;
    if (!violation() && !agree())
      checkers_.front()->complain("I11", 0, "the replicas do not agree in the end: " + disagreement());
    for (const auto& checkers : checkers_) {
      if (!violation()) checkers->check_end(trace_);
    }
  }
  if (chronicle_ != nullptr) std::exchange(chronicle_, nullptr)->finish(since_begin(), *network_);
  for (const auto& checkers : checkers_) {
    if (checkers->violation()) checkers->explain();
  }
  result.seed = plan_.conditions.seed;
  result.profile = profile_;
  result.hosts = hosts_.size();
  result.violation = violation();
  if (result.violation) result.violated_at = since_begin();
  result.simulated = since_begin();
  result.trace = trace_.value();
  result.steps = timeline_.steps();
  result.operations = operations_;
  for (const auto& checkers : checkers_) result.events += checkers->events();
  result.endings = endings_;
  result.faults = faults_;
  result.network = network_->counts();
  return result;
}

}  // namespace skerry::simulations
