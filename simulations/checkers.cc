#include "simulations/checkers.h"

#include <algorithm>

#include "core/ensure.h"
#include "crdt/payload.h"
#include "crdt/string.h"
#include "sync/limits.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using crdt::CausalContext;
using sync::EventType;
using sync::Position;

namespace {

// Counters of stamps may overflow into the milliseconds.
constexpr auto clock_slack = std::chrono::seconds(1);

}  // namespace

Checkers::Checkers(core::Space space, const Timeline& timeline, Hosts& hosts, const std::vector<core::ReplicaId>& ids)
    : space_(space), timeline_(timeline), hosts_(hosts), ledger_(ids), model_(ids), seen_(ids.size()) {}

void Checkers::complain(std::string invariant, HostIndex host, std::string what) {
  if (violation_ || !looks_) return;
  what = "host " + std::to_string(host) + ": " + std::move(what);
  violation_ = Violation{std::move(invariant), std::move(what), {}};
}

void Checkers::complain(std::string invariant, HostIndex host, std::string what, BytesView key) {
  if (violation_ || !looks_) return;
  complain(std::move(invariant), host, std::move(what));
  violation_->key = key;
}

crdt::Cell Checkers::cell(HostIndex index, BytesView address) const {
  sync::Keyspace& keyspace = host(index).replica().keyspace();
  const auto cell = keyspace.cell(keyspace.state(space_), address);
  core::ensure(cell.has_value());  // a disk damages nothing by itself here
  return *cell;
}

// --- clients

void Checkers::batch_begins(HostIndex host) {
  if (!looks_) return;
  observe(host);
  model_.begin(host, this->host(host).now().wall);
}

void Checkers::answered(HostIndex host, const Command& command, const core::Result<std::string>& told) {
  if (!looks_) return;
  const std::string expected = model_.answer(command);
  if (!told) return complain("I10", host, to_text(command) + " failed: " + told.error().detail);
  if (*told != expected)
    complain("I7", host, to_text(command) + " was answered " + *told + ", and the model says " + expected, command.key);
}

Checkers::Events Checkers::batch_ends(HostIndex host) {
  if (!looks_) return {};
  const EffectIndex effect = model_.end();
  const EventIndex first = ledger_.size();
  const Position limit = state(host).log.end();
  if (effect == 0 && seen_[host].log_end != limit) complain("I3", host, "an event was made where nothing changed");
  if (effect != 0 && seen_[host].log_end == limit) complain("I3", host, "a change was made without an event");
  minted(host, seen_[host].log_end, limit, effect);
  observe(host);
  return {first, ledger_.size()};
}

void Checkers::acknowledged(HostIndex host, const Events& events) {
  if (!looks_) return;
  advance_durable(host);
  for (EventIndex index = events.first; index < events.limit; ++index) {
    ledger_.event(index).acknowledged = true;
    if (!ledger_.event(index).durable)
      complain("I2", host, "an answer left before its event was durable: " + ledger_.describe(index));
  }
}

// --- events

// All that is new in the log of the host.
void Checkers::read_log(HostIndex host) {
  Seen& seen = seen_[host];
  const sync::EventLog& log = state(host).log;
  while (seen.log_end < log.end()) {
    const crdt::Dot dot = log.dot_at(seen.log_end);
    const auto found = ledger_.find(dot);
    const bool is_new = !found || ledger_.event(*found).lost || ledger_.event(*found).dot != dot;
    if (dot.replica == this->host(host).id() && is_new) {
      Position limit = seen.log_end + 1;
      const sync::EventBatch batch = log.batch_at(seen.log_end);
      while (limit < log.end() && log.batch_at(limit) == batch && log.dot_at(limit).replica == dot.replica) ++limit;
      mint_by_itself(host, seen.log_end, limit);
      continue;
    }
    if (is_new) {
      const bool lost = found && ledger_.event(*found).lost;
      return complain(lost ? "I2" : "I1", host,
                      lost ? "it knows an event that was lost before it left: " + ledger_.describe(*found)
                           : "it knows a dot that nobody has made");
    }
    seen.context.add(dot.replica, log.interval_at(seen.log_end));
    if (ledger_.knows(host, *found)) return complain("I3", host, "an event is in its log twice");
    ledger_.learn(host, *found);
    if (learned_) learned_(host, *found);
    if (ledger_.event(*found).effect != 0) model_.learn(host, ledger_.event(*found).effect);
    seen.new_events.push_back(*found);
    ++seen.log_end;
  }
}

// Events that no client asked for: a run of unused sequences at the start, and the removal of an expired key.
void Checkers::mint_by_itself(HostIndex host, Position first, Position limit) {
  const sync::EventLog& log = state(host).log;
  EffectIndex effect = 0;
  if (log.type_at(first) != EventType::void_) {
    model_.begin(host, this->host(host).now().wall);
    const auto address = core::decode_address(log.address_at(first));
    core::ensure(address.has_value());
    if (const auto wrong = model_.removed_by_itself(address->key)) complain("I6", host, *wrong, address->key);
    effect = model_.end();
  }
  minted(host, first, limit, effect);
}

// The host made the entries [first, limit) of its log, in one transaction.
void Checkers::minted(HostIndex host, Position first, Position limit, EffectIndex effect) {
  Seen& seen = seen_[host];
  const sync::EventLog& log = state(host).log;
  const EventIndex first_event = ledger_.size();
  std::map<BytesView, Position> last;
  for (Position position = first; position < limit; ++position) last[log.address_at(position)] = position;
  for (Position position = first; position < limit; ++position) {
    const sync::LogEntry entry = log.at(position);
    const auto before = ledger_.find(entry.dot);
    if (before && !ledger_.event(*before).lost)
      complain("I1", host, "it has given one dot to two events, the first: " + ledger_.describe(*before));
    const EventIndex index = ledger_.add(entry, host, timeline_.now());
    for (HostIndex other = 0; other < hosts_.size(); ++other)
      ledger_.event(index).past.push_back(seen.context.complete_to(this->host(other).id()));
    if (entry.type == EventType::range) ledger_.removed_range(index, sync::range_prefix_of(entry.address), entry.range);
    if (entry.type == EventType::cell) {
      const bool is_last = last[log.address_at(position)] == position;
      ledger_.changed_cell(index, cell(host, entry.address),
                           is_last ? Ledger::Place::last_there : Ledger::Place::not_last);
    }
    ledger_.learn(host, index);
    if (learned_) learned_(host, index);
    seen.context.add(entry.dot.replica, log.interval_at(position));
    seen.new_events.push_back(index);
  }
  seen.log_end = limit;
  if (first_event == ledger_.size()) return;
  ledger_.event(first_event).effect = effect;
  note_stamps(host, first_event, effect);
}

void Checkers::note_stamps(HostIndex host, EventIndex first, EffectIndex effect) {
  for (EventIndex index = first; index < ledger_.size(); ++index) {
    const Event& event = ledger_.event(index);
    if (!event.payload) continue;
    const core::Stamp stamp = crdt::stamp_of(*event.payload);
    if (stamp <= seen_[host].stamp) complain("I1", host, "its stamps have run backwards at " + ledger_.describe(index));
    seen_[host].stamp = stamp;
  }
  for (const Model::Register& written : model_.registers_of(effect)) {
    const auto address = ledger_.find_address(core::encode({space_, written.key, written.kind, written.member}));
    if (!address) continue;
    for (const EventIndex index : ledger_.live(host, *address)) {
      const Bytes& payload = *ledger_.event(index).payload;
      if (index >= first && crdt::type_of(payload) == crdt::PayloadType::register_)
        model_.stamped(written.mark, crdt::stamp_of(payload));
    }
  }
}

void Checkers::advance_durable(HostIndex host) {
  if (!this->host(host).up()) return;
  Seen& seen = seen_[host];
  const sync::EventLog& log = state(host).log;
  const sync::Lsn durable_to = this->host(host).disk().store().durable_to();
  for (; seen.durable_end < seen.log_end && log.lsn_at(seen.durable_end) <= durable_to; ++seen.durable_end) {
    const crdt::Dot dot = log.dot_at(seen.durable_end);
    seen.durable.add(dot.replica, log.interval_at(seen.durable_end));
    if (dot.replica != this->host(host).id()) continue;
    if (const auto event = ledger_.find(dot)) ledger_.event(*event).durable = true;
  }
}

// --- hosts

void Checkers::observe(HostIndex host) {
  if (violation_ || !looks_ || !this->host(host).up()) return;
  Seen& seen = seen_[host];
  read_log(host);
  advance_durable(host);
  if (!violation_ && seen.context != state(host).context)
    complain("I3", host, "its context is not what its log and floor hold");
  check_new_events(host);
  check_touched(host);
  const core::Stamp clock = this->host(host).replica().keyspace().clock().last();
  if (clock < seen.clock) complain("I1", host, "its hybrid clock has run backwards");
  seen.wall = std::max(seen.wall, this->host(host).now().wall);
  if (clock.wall() > seen.wall + crdt::clock_bound + clock_slack)
    complain("I1", host, "a stamp from the future has dragged its hybrid clock along");
  seen.clock = clock;
}

void Checkers::check_new_events(HostIndex host) {
  Seen& seen = seen_[host];
  if (seen.new_events.empty() || violation_) return;
  std::vector<core::Sequence> complete;
  for (const auto& each : hosts_) complete.push_back(seen.context.complete_to(each->id()));
  for (const EventIndex index : seen.new_events) {
    const Event& event = ledger_.event(index);
    if (event.author != host && !event.durable)
      complain("I2", host, "it knows an event that is not durable with its author: " + ledger_.describe(index));
    if (event.batch.count > 1 && complete[event.author] < event.batch.first + event.batch.count - 1)
      complain("I9", host, "it knows a batch in part: " + ledger_.describe(index));
    for (HostIndex other = 0; other < hosts_.size(); ++other) {
      if (complete[other] < event.past[other])
        complain("I3", host, "it knows an event and not what that stood on: " + ledger_.describe(index));
    }
    for (const EventIndex killed : event.kills) {
      if (!ledger_.knows(host, killed) && !ledger_.event(killed).lost)
        complain("I3", host, "it knows a removal and not what that killed: " + ledger_.describe(index));
    }
  }
  seen.new_events.clear();
}

void Checkers::check_touched(HostIndex host) {
  for (const AddressIndex address : ledger_.touched(host)) {
    if (violation_) break;
    if (!ledger_.agrees(host, address, cell(host, ledger_.address(address)))) explain_cell(host, address);
  }
  ledger_.clear_touched(host);
}

void Checkers::loaded(HostIndex host) {
  if (!looks_) return;
  Seen& seen = seen_[host];
  const sync::EventLog& log = state(host).log;
  seen.log_end = seen.durable_end = log.first();
  seen.context = seen.durable = log.floor();
  seen.clock = {};
  observe(host);
  if (!violation_ && !seen.durable.covers(seen.before_crash))
    complain("I2", host, "what was on its disk before the crash is not there after it");
  check_all(host);
}

void Checkers::ended(HostIndex host) {
  if (!looks_) return;
  Seen& seen = seen_[host];
  const sync::Lsn durable_to = this->host(host).disk().store().durable_to();
  seen.stamp = {};
  for (EventIndex index = 0; index < ledger_.size(); ++index) {
    Event& event = ledger_.event(index);
    if (event.author != host || event.lost) continue;
    if (!event.durable && event.lsn <= durable_to) event.durable = true;
    if (event.durable) {
      if (event.payload) seen.stamp = std::max(seen.stamp, crdt::stamp_of(*event.payload));
      continue;
    }
    event.lost = true;
    if (event.acknowledged) complain("I2", host, "an acknowledged write is lost: " + ledger_.describe(index));
    for (HostIndex other = 0; other < hosts_.size(); ++other) {
      if (other != host && ledger_.knows(other, index))
        complain("I2", other, "it knows an event that was lost with its author: " + ledger_.describe(index));
    }
  }
  seen.before_crash = std::move(seen.durable);
  seen.durable = {};
  seen.context = {};
  seen.new_events.clear();
  ledger_.forget_all(host);
  model_.forget_all(host);
  untap(host);
}

}  // namespace skerry::simulations
