// The wider checks of simulations/checkers.h: every cell, every limit, what leaves, what clients see, and the end.
#include <algorithm>

#include "core/digest.h"
#include "core/ensure.h"
#include "crdt/number.h"
#include "crdt/payload.h"
#include "simulations/checkers.h"
#include "sync/limits.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using core::Kind;

// --- every cell, every limit

void Checkers::check_all(HostIndex host) {
  if (violation_ || !looks_ || !this->host(host).up()) return;
  sync::Keyspace& keyspace = this->host(host).replica().keyspace();
  std::size_t cells = 0;
  const auto walked = keyspace.for_each_cell(keyspace.state(space_), [&](BytesView encoded, const crdt::Cell& cell) {
    ++cells;
    const auto address = ledger_.find_address(encoded);
    if (!address)
      complain("I3", host, "there is a cell where nothing ever happened: " + readable(encoded));
    else if (!ledger_.agrees(host, *address, cell))
      explain_cell(host, *address);
    return !violation_;
  });
  if (!walked) return complain("I3", host, walked.error().detail);
  if (!violation_ && cells != ledger_.cells(host)) complain("I3", host, "a cell is missing that it should hold");
  check_links(host);
}

void Checkers::check_links(HostIndex host) {
  for (const sync::LinkReport& link : this->host(host).replica().links(this->host(host).now())) {
    if (link.space != space_) continue;
    if (link.bytes_in_flight > sync::link_bytes_in_flight_max + sync::message_bytes_max)
      complain("I10", host, "a link has more in flight than its bound");
    if (link.chunks_held > sync::held_chunks_max) complain("I10", host, "a link holds more chunks than its bound");
    if (link.stalled) complain("I10", host, "a link is stalled: what comes next is larger than any message may be");
  }
  if (state(host).context.interval_count() > sync::context_intervals_max)
    complain("I10", host, "its context has more intervals than its bound");
}

void Checkers::explain_cell(HostIndex host, AddressIndex address) {
  if (violation_) return;
  const Bytes& encoded = ledger_.address(address);
  complain("I3", host, "the cell " + readable(encoded) + " is not what the events it knows make of it");
  std::vector<std::string>& details = violation_->details;
  const auto name = [&](const crdt::Dot& dot) {
    const auto event = ledger_.find(dot);
    return event ? ledger_.describe(*event) : std::string("an event that nobody has made");
  };
  for (HostIndex each = 0; each < hosts_.size(); ++each) {
    if (!this->host(each).up()) continue;
    const crdt::Cell found = cell(each, encoded);
    details.push_back("host " + std::to_string(each) + " holds:");
    for (const crdt::Cell::Entry& entry : found.entries()) details.push_back("    " + name(entry.dot));
    details.push_back("  and should hold:");
    for (const EventIndex index : ledger_.live(each, address)) details.push_back("    " + ledger_.describe(index));
  }
}

// --- what leaves

void Checkers::tap(HostIndex host, sync::LinkId link) {
  if (!looks_) return;
  taps_.push_back({host, link, std::make_unique<sync::Decoder>(space_)});
}

void Checkers::untap(HostIndex host) {
  std::erase_if(taps_, [host](const Tap& tap) { return tap.host == host; });
}

void Checkers::leaving(HostIndex host, sync::LinkId link, BytesView frame) {
  const auto tap =
      std::find_if(taps_.begin(), taps_.end(), [&](const Tap& each) { return each.host == host && each.link == link; });
  if (tap == taps_.end() || violation_) return;
  observe(host);
  const auto message = tap->decoder->decode(frame);
  if (!message) return complain("I2", host, "it sends what no peer can read: " + message.error().detail);
  if (!*message) return;
  const crdt::CausalContext& durable = seen_[host].durable;
  const auto check = [&](const crdt::CausalContext& context, const char* what) {
    if (!durable.covers(context))
      complain("I2", host, std::string("a message leaves whose ") + what + " holds events that are not on its disk");
  };
  if (const auto* chunk = std::get_if<sync::Chunk>(&**message)) {
    check(chunk->seen, "`seen`");
    check(chunk->base, "`base`");
    for (const sync::CoveredEvent& event : chunk->covers) {
      if (!durable.contains(event.dot)) complain("I2", host, "a chunk leaves with an event that is not on its disk");
    }
  }
  if (const auto* hello = std::get_if<sync::Hello>(&**message)) check(hello->context, "context");
  if (const auto* told = std::get_if<sync::State>(&**message)) check(told->context, "context");
  if (const auto* refusal = std::get_if<sync::Refusal>(&**message)) check(refusal->context, "context");
}

// --- what clients see

Model::Shown Checkers::shown(HostIndex index, BytesView name) const {
  Model::Shown shown;
  Host& host = this->host(index);
  sync::Transaction transaction = host.replica().begin(space_, host.now());
  auto key = transaction.key(name);
  core::ensure(key.has_value());
  shown.kind = key->kind();
  if (!shown.kind) return shown;
  shown.deadline = key->deadline();
  core::Result<void> walked;
  Bytes scratch;
  if (*shown.kind == Kind::string) shown.members[{}] = std::string(key->string(scratch));
  if (*shown.kind == Kind::hash) {
    walked = key->for_each_field([&](BytesView field, BytesView value) {
      shown.members[Bytes(field)] = std::string(value);
      return true;
    });
  }
  if (*shown.kind == Kind::set) {
    walked = key->for_each_member([&](BytesView member) {
      shown.members[Bytes(member)] = "";
      return true;
    });
  }
  if (*shown.kind == Kind::sorted_set) {
    const auto collect = [&](BytesView member, double score) {
      shown.members[Bytes(member)] = crdt::print_double(score);
      return true;
    };
    walked = key->for_each_ranked(0, UINT64_MAX, sync::KeyAccess::Order::ascending, collect);
  }
  core::ensure(walked.has_value());
  return shown;
}

void Checkers::check_values(HostIndex host) {
  const core::WallTime now = this->host(host).now().wall;
  for (const Bytes& key : model_.keys()) {
    const Model::Shown expected = model_.shown(host, key, now);
    const Model::Shown found = shown(host, key);
    if (found == expected) continue;
    complain("I7", host,
             "clients see " + key + " as (" + to_text(found) + "), and were promised (" + to_text(expected) + ")", key);
    return;
  }
}

// What was superseded is not in the cells any more, or they would grow for ever; one tally a replica, too.
void Checkers::check_superseded(HostIndex host) {
  sync::Keyspace& keyspace = this->host(host).replica().keyspace();
  const auto walked = keyspace.for_each_cell(keyspace.state(space_), [&](BytesView encoded, const crdt::Cell& cell) {
    std::size_t tallies = 0;
    std::size_t others = 0;
    for (const crdt::Cell::Entry& entry : cell.entries()) {
      const crdt::PayloadType type = crdt::type_of(entry.payload);
      tallies += type == crdt::PayloadType::tally;
      others += type != crdt::PayloadType::tally && type != crdt::PayloadType::resets;
    }
    const auto address = core::decode_address(encoded);
    if (tallies > hosts_.size() || others != model_.side_by_side(host, address->view()))
      complain("I10", host, "the cell " + readable(encoded) + " still holds what was superseded", address->key);
    return !violation_;
  });
  core::ensure(walked.has_value());
}

// --- the end

std::string Checkers::disagreement() const {
  for (const auto& each : hosts_) {
    const std::string name = "host " + std::to_string(each->index());
    if (!each->up()) return name + " is down";
    if (!each->quiet()) return name + " has frames, answers or writes that wait";
    // As of a time at which a flush is due whatever is dirty.
    if (each->replica().keyspace().flush_due({core::never, each->now().wall})) return name + " has not flushed";
    if (state(each->index()).context != state(0).context) return name + " and host 0 have seen different events";
    for (const sync::LinkReport& link : each->replica().links(each->now())) {
      if (link.space != space_) continue;
      const std::string of_link = name + ", link " + std::to_string(link.link.number);
      if (link.chunks_held > 0) return of_link + ": " + std::to_string(link.chunks_held) + " chunks are held";
      if (link.bytes_in_flight > 0) return of_link + ": chunks that nobody has acknowledged";
      if (link.entries_behind > 0)
        return of_link + ": the peer is " + std::to_string(link.entries_behind) + " entries behind" +
               (link.peer ? "" : " and has not said Hello");
    }
  }
  return {};
}

bool Checkers::same() const {
  return std::all_of(hosts_.begin(), hosts_.end(), [this](const auto& each) {
    return each->up() && hosts_.front()->up() && state(each->index()).context == state(0).context;
  });
}

bool Checkers::agree() const {
  const bool quiet = std::all_of(hosts_.begin(), hosts_.end(), [](const auto& each) { return each->quiet(); });
  return quiet && same() && disagreement().empty();
}

Bytes Checkers::dump(HostIndex host) const {
  Bytes dump;
  sync::Keyspace& keyspace = this->host(host).replica().keyspace();
  const auto walked = keyspace.for_each_cell(keyspace.state(space_), [&](BytesView address, const crdt::Cell& cell) {
    core::put_sized(dump, address);
    for (const crdt::Cell::Entry& entry : cell.entries()) {
      for (const std::uint8_t byte : entry.dot.replica.bytes) core::put_u8(dump, byte);
      core::put_varint(dump, entry.dot.sequence);
      core::put_sized(dump, entry.payload);
    }
    return true;
  });
  core::ensure(walked.has_value());
  return dump;
}

void Checkers::check_end(Trace& trace) {
  if (violation_ || !looks_) return;
  const core::Digest128 first = core::digest(dump(0));
  for (const std::uint8_t byte : first) trace.add(std::uint64_t{byte});
  for (HostIndex index = 0; index < hosts_.size() && !violation_; ++index) {
    observe(index);
    check_all(index);
    if (core::digest(dump(index)) != first)
      complain("I11", index, "it has seen the same as host 0 and holds other cells");
    check_values(index);
    check_superseded(index);
  }
}

}  // namespace skerry::simulations
