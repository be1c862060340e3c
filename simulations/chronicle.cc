#include "simulations/chronicle.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/ensure.h"

namespace skerry::simulations {

namespace {

std::uint64_t bit(HostIndex host) {
  return std::uint64_t{1} << host;
}

// The numbers of splitmix64: sets of them that differ have different sums of them, but for chance.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::string words(const Event& event, const Ledger& ledger) {
  std::string text = "removal of a range";
  if (event.type == sync::EventType::cell)
    text = (event.payload ? "" : "removal of ") + readable(ledger.address(event.address));
  if (event.batch.count > 1) text += ", one of a batch of " + std::to_string(event.batch.count);
  return text;
}

std::optional<Span::Kind> span_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::cut:
      return Span::Kind::cut;
    case FaultKind::slow_path:
      return Span::Kind::slow_path;
    case FaultKind::pause:
      return Span::Kind::paused;
    case FaultKind::slow_disk:
      return Span::Kind::slow_disk;
    case FaultKind::clock_freeze:
      return Span::Kind::clock_frozen;
    case FaultKind::crash:  // may come later; host_down() says when
    case FaultKind::sync_error:
    case FaultKind::clock_step:
      break;
  }
  return std::nullopt;
}

bool same(const Span& left, const Span& right) {
  return left.kind == right.kind && left.host == right.host && left.other == right.other;
}

}  // namespace

Chronicle::Chronicle(std::size_t hosts)
    : hosts_(hosts),
      lags_(hosts * hosts),
      traffic_(hosts * hosts),
      counts_(hosts),
      writes_over_time_(hosts, Series(Series::Kind::count)),
      lacks_(hosts, Series(Series::Kind::level)) {
  core::ensure(hosts >= 1);
  core::ensure(hosts <= 64);
  note_divergence({});
}

// --- what lasts, and what happens at once

void Chronicle::open(const Span& span) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& each) { return same(each.span, span); });
  if (found == open_.end()) {
    open_.push_back({span});
  } else if (span.kind == Span::Kind::cut) {
    ++found->times;
  }
}

void Chronicle::close(Duration at, const Span& span) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& each) { return same(each.span, span); });
  if (found == open_.end() || --found->times > 0) return;
  keep(*found, at);
  open_.erase(found);
}

template <class Which>
void Chronicle::close_all(Duration at, Which&& which) {
  for (const Open& each : open_) {
    if (which(each.span)) keep(each, at);
  }
  std::erase_if(open_, [&](const Open& each) { return which(each.span); });
}

void Chronicle::keep(Open open, Duration at) {
  open.span.to = at;
  if (spans_.size() < spans_max) {
    spans_.push_back(open.span);
  } else {
    ++spans_left_out_;
  }
}

void Chronicle::mark(const Mark& mark) {
  if (marks_.size() < marks_max) {
    marks_.push_back(mark);
  } else {
    ++marks_left_out_;
  }
}

void Chronicle::operation(Duration, HostIndex host) {
  ++counts_[host].operations;
}

void Chronicle::began(Duration at, const Fault& fault) {
  if (const auto kind = span_of(fault.kind)) open({*kind, fault.host, fault.other, fault.amount, at, at});
  if (fault.kind == FaultKind::sync_error) mark({Mark::Kind::sync_error, fault.host, fault.amount, at});
  if (fault.kind == FaultKind::clock_step) mark({Mark::Kind::clock_step, fault.host, fault.amount, at});
}

void Chronicle::ended(Duration at, const Fault& fault) {
  if (const auto kind = span_of(fault.kind)) close(at, {.kind = *kind, .host = fault.host, .other = fault.other});
}

void Chronicle::cut(Duration at, Path path) {
  open({Span::Kind::cut, path.from, path.to, 0, at, at});
}

void Chronicle::host_up(Duration at, HostIndex host) {
  close(at, {.kind = Span::Kind::down, .host = host});
  if (at > Duration{}) mark({Mark::Kind::started, host, 0, at});
}

void Chronicle::host_down(Duration at, HostIndex host, Mark::Kind how) {
  close_all(at, [host](const Span& span) {
    return span.host == host && (span.kind == Span::Kind::session || span.kind == Span::Kind::paused);
  });
  mark({how, host, 0, at});
  open({.kind = Span::Kind::down, .host = host, .from = at});
}

void Chronicle::session_found(Duration at, HostIndex host, HostIndex peer) {
  open({Span::Kind::session, host, peer, 0, at, at});
}

void Chronicle::session_lost(Duration at, HostIndex host, HostIndex peer) {
  close(at, {.kind = Span::Kind::session, .host = host, .other = peer});
}

void Chronicle::healed(Duration at) {
  healed_at_ = at;
  close_all(at, [](const Span& span) { return span.kind != Span::Kind::session && span.kind != Span::Kind::down; });
}

// --- who knows what

void Chronicle::set_known(const Key& key, std::uint64_t now) {
  Known& known = known_[key.space][key.event];
  const auto is_apart = [this](std::uint64_t bits) {
    return bits != 0 && static_cast<std::size_t>(std::popcount(bits)) < hosts_;
  };
  apart_now_ = apart_now_ - is_apart(known.now) + is_apart(now);
  events_ = events_ - (known.now != 0) + (now != 0);
  const std::uint64_t print = mixed((std::uint64_t{key.space.number} << 32) | key.event);
  for (HostIndex host = 0; host < hosts_; ++host) {
    if (((known.now ^ now) & bit(host)) == 0) continue;
    counts_[host].known += (now & bit(host)) != 0 ? 1 : std::uint64_t(-1);
    counts_[host].fingerprint ^= print;
  }
  known.now = now;
}

void Chronicle::learned(Duration at, core::Space space, HostIndex host, EventIndex index, const Ledger& ledger) {
  const Key key{space, index};
  std::vector<Known>& all = known_[space];
  if (all.size() <= index) all.resize(index + 1);
  const Known before = all[index];
  all[index].ever |= bit(host);
  if ((before.now & bit(host)) != 0) return;
  set_known(key, before.now | bit(host));
  note_divergence(at);
  const Event& event = ledger.event(index);
  if ((before.ever & bit(host)) != 0 || event.type == sync::EventType::void_) return;
  if (host == event.author) {
    take_off(key, at, host, words(event, ledger));
  } else {
    see(key, at, host);
  }
}

void Chronicle::lost_with(Duration at, core::Space space, HostIndex host, const Ledger& ledger) {
  for (EventIndex index = 0; index < known_[space].size(); ++index) {
    const Event& event = ledger.event(index);
    if (!event.lost || event.author != host || known_[space][index].now == 0) continue;
    set_known({space, index}, 0);
    const auto flight = flights_.find({space, index});
    if (flight == flights_.end()) continue;
    flight->second.write.lost = true;
    land(flight);
  }
  note_divergence(at);
}

void Chronicle::loaded(Duration at, core::Space space, HostIndex host, const Ledger& ledger) {
  for (EventIndex index = 0; index < known_[space].size(); ++index) {
    const std::uint64_t now = known_[space][index].now;
    if ((now & bit(host)) != 0 && !ledger.knows(host, index)) set_known({space, index}, now & ~bit(host));
  }
  note_divergence(at);
}

void Chronicle::note_divergence(Duration at) {
  std::vector<std::uint64_t> prints;
  for (HostIndex host = 0; host < hosts_; ++host) {
    lacks_[host].say(at, events_ - counts_[host].known);
    prints.push_back(counts_[host].fingerprint);
  }
  std::sort(prints.begin(), prints.end());
  contexts_.say(at, static_cast<std::uint64_t>(std::unique(prints.begin(), prints.end()) - prints.begin()));
  apart_.say(at, apart_now_);
}

// --- writes

void Chronicle::take_off(const Key& key, Duration at, HostIndex author, std::string what) {
  ++counts_[author].writes;
  writes_over_time_[author].say(at, 1);
  Flight& flight = flights_[key];
  flight.write = {.author = author, .at = at, .number = writes_seen_++, .what = std::move(what), .seen = {}};
  flight.write.seen.resize(hosts_);
  flight.write.seen[author] = Duration{};
  flight.sampled = flight.write.number % stride_ == 0;
  sampled_ += flight.sampled;
  if (sampled_ * hosts_ > sightings_max) sample_less();
  if (hosts_ == 1) land(flights_.find(key));
}

// Every second of the sample goes.
void Chronicle::sample_less() {
  stride_ *= 2;
  std::erase_if(writes_, [this](const Write& write) { return write.number % stride_ != 0; });
  sampled_ = writes_.size();
  for (auto& [key, flight] : flights_) {
    flight.sampled = flight.sampled && flight.write.number % stride_ == 0;
    sampled_ += flight.sampled;
  }
}

void Chronicle::see(const Key& key, Duration at, HostIndex host) {
  const auto flight = flights_.find(key);
  if (flight == flights_.end()) return;
  Write& write = flight->second.write;
  write.seen[host] = at - write.at;
  lags_[write.author * hosts_ + host].durations.add(at - write.at);
  if (!std::all_of(write.seen.begin(), write.seen.end(), [](const auto& seen) { return seen.has_value(); })) return;
  everywhere_.add(at - write.at);
  keep_slowest(write, at - write.at);
  land(flight);
}

void Chronicle::land(std::map<Key, Flight>::iterator flight) {
  if (flight->second.sampled) writes_.push_back(std::move(flight->second.write));
  flights_.erase(flight);
}

void Chronicle::keep_slowest(const Write& write, Duration took) {
  const auto of_one_batch = [&](const Slow& slow) {
    return slow.write.author == write.author && slow.write.at == write.at;
  };
  if (slowest_.size() == slowest_max && slowest_.back().took >= took) return;
  const auto same_batch = std::find_if(slowest_.begin(), slowest_.end(), of_one_batch);
  if (same_batch != slowest_.end()) {
    if (same_batch->took >= took) return;
    slowest_.erase(same_batch);
  }
  const auto place = std::find_if(slowest_.begin(), slowest_.end(), [&](const Slow& slow) { return slow.took < took; });
  slowest_.insert(place, {took, write});
  if (slowest_.size() > slowest_max) slowest_.pop_back();
}

// --- the end

void Chronicle::finish(Duration at, const Network& network) {
  end_ = at;
  close_all(at, [](const Span&) { return true; });
  never_everywhere_ = flights_.size();
  while (!flights_.empty()) {
    const Write& write = flights_.begin()->second.write;
    for (HostIndex host = 0; host < hosts_; ++host) lags_[write.author * hosts_ + host].never += !write.seen[host];
    keep_slowest(write, at - write.at);
    land(flights_.begin());
  }
  std::sort(writes_.begin(), writes_.end(),
            [](const Write& left, const Write& right) { return left.number < right.number; });
  for (HostIndex from = 0; from < hosts_; ++from) {
    for (HostIndex to = 0; to < hosts_; ++to) traffic_[from * hosts_ + to] = network.traffic({from, to});
    writes_over_time_[from].end(at);
    lacks_[from].end(at);
  }
  apart_.end(at);
  contexts_.end(at);
}

}  // namespace skerry::simulations
