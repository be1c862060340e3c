#include "simulations/ledger.h"

#include <algorithm>

#include "core/ensure.h"
#include "core/ids.h"
#include "crdt/payload.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using sync::EventType;

Ledger::Ledger(const std::vector<core::ReplicaId>& ids)
    : ids_(ids),
      by_last_(ids.size()),
      states_(ids.size()),
      live_(ids.size()),
      touched_(ids.size()),
      cells_(ids.size()) {}

std::optional<HostIndex> Ledger::host_of(const core::ReplicaId& id) const {
  for (HostIndex host = 0; host < ids_.size(); ++host) {
    if (ids_[host] == id) return host;
  }
  return std::nullopt;
}

std::optional<EventIndex> Ledger::find(const crdt::Dot& dot) const {
  const auto host = host_of(dot.replica);
  if (!host) return std::nullopt;
  const auto found = by_last_[*host].lower_bound(dot.sequence);
  if (found == by_last_[*host].end() || events_[found->second].first > dot.sequence) return std::nullopt;
  return found->second;
}

std::optional<AddressIndex> Ledger::find_address(BytesView encoded) const {
  const auto found = address_indexes_.find(encoded);
  if (found == address_indexes_.end()) return std::nullopt;
  return found->second;
}

AddressIndex Ledger::intern(const Bytes& encoded) {
  const auto [place, is_new] = address_indexes_.try_emplace(encoded, static_cast<AddressIndex>(addresses_.size()));
  if (is_new) {
    addresses_.push_back(encoded);
    for (auto& live : live_) live.emplace_back();
  }
  return place->second;
}

EventIndex Ledger::add(const sync::LogEntry& entry, HostIndex author, core::Instant at) {
  const EventIndex index = size();
  Event& event = events_.emplace_back();
  event.dot = entry.dot;
  event.first = entry.type == EventType::void_ ? entry.first : entry.dot.sequence;
  event.type = entry.type;
  event.batch = entry.batch;
  event.lsn = entry.lsn;
  event.author = author;
  event.at = at;
  if (entry.type == EventType::cell) event.address = intern(entry.address);
  by_last_[author][entry.dot.sequence] = index;
  for (auto& states : states_) states.push_back(0);
  return index;
}

void Ledger::changed_cell(EventIndex index, const crdt::Cell& after, Place place) {
  Event& event = events_[index];
  if (const crdt::Cell::Entry* entry = after.find(event.dot)) event.payload = entry->payload;
  if (place != Place::last_there) return;
  for (const EventIndex before : live_[event.author][event.address]) {
    if (!after.contains(events_[before].dot)) event.kills.push_back(before);
  }
}

void Ledger::removed_range(EventIndex index, BytesView prefix, const crdt::CausalContext& range) {
  Event& event = events_[index];
  for (auto at = address_indexes_.lower_bound(prefix); at != address_indexes_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    for (const EventIndex before : live_[event.author][at->second]) {
      if (range.contains(events_[before].dot)) event.kills.push_back(before);
    }
  }
}

void Ledger::kill(HostIndex host, EventIndex index) {
  states_[host][index] |= dead;
  const AddressIndex address = events_[index].address;
  std::vector<EventIndex>& live = live_[host][address];
  const auto found = std::find(live.begin(), live.end(), index);
  if (found == live.end()) return;
  live.erase(found);
  if (live.empty()) --cells_[host];
  touched_[host].push_back(address);
}

void Ledger::learn(HostIndex host, EventIndex index) {
  Event& event = events_[index];
  states_[host][index] |= known;
  for (const EventIndex killed : event.kills) kill(host, killed);
  if (event.type != EventType::cell) return;
  touched_[host].push_back(event.address);
  if (!event.payload || (states_[host][index] & dead) != 0) return;
  std::vector<EventIndex>& live = live_[host][event.address];
  if (live.empty()) ++cells_[host];
  live.push_back(index);
}

void Ledger::forget_all(HostIndex host) {
  std::fill(states_[host].begin(), states_[host].end(), std::uint8_t{0});
  for (auto& live : live_[host]) live.clear();
  touched_[host].clear();
  cells_[host] = 0;
}

bool Ledger::agrees(HostIndex host, AddressIndex address, const crdt::Cell& cell) const {
  const std::vector<EventIndex>& live = live_[host][address];
  if (cell.size() != live.size()) return false;
  return std::all_of(live.begin(), live.end(), [&](EventIndex index) {
    const crdt::Cell::Entry* entry = cell.find(events_[index].dot);
    return entry != nullptr && entry->payload == *events_[index].payload;
  });
}

namespace {

const char* written(BytesView payload) {
  switch (crdt::type_of(payload)) {
    case crdt::PayloadType::tally:
      return " increment of ";
    case crdt::PayloadType::resets:
      return " removal, with resets, of ";
    case crdt::PayloadType::register_:
    case crdt::PayloadType::presence:
    case crdt::PayloadType::expiry:
      break;
  }
  return " write ";
}

}  // namespace

std::string Ledger::describe(EventIndex index) const {
  const Event& event = events_[index];
  std::string text = std::to_string(event.author) + ":" + std::to_string(event.dot.sequence);
  switch (event.type) {
    case EventType::cell:
      text += std::string(event.payload ? written(*event.payload) : " removal ") + readable(addresses_[event.address]);
      break;
    case EventType::range:
      text += " range removal";
      break;
    case EventType::void_:
      text += " unused sequences";
      break;
  }
  const auto milliseconds = event.at.time_since_epoch() / std::chrono::milliseconds(1) - 1'000;
  text += " at " + std::to_string(milliseconds) + " ms";
  if (event.batch.count > 1)
    text += ", of a batch of " + std::to_string(event.batch.count) + " from " + std::to_string(event.batch.first);
  if (!event.durable) text += ", never durable";
  if (event.lost) text += ", lost";
  return text;
}

std::string readable(BytesView encoded) {
  static constexpr const char* kinds[] = {"", " string", " expiry", " hash", " set", " sorted set"};
  const auto address = core::decode_address(encoded);
  if (!address) return "?";
  std::string text = address->key + kinds[static_cast<std::size_t>(address->kind)];
  if (!address->member.empty()) text += " " + address->member;
  return text;
}

}  // namespace skerry::simulations
