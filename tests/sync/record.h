// An omniscient record of every event of a cluster, and what must hold at each replica after every step: the cells are
// exactly the function of the context that the record says (I3), whatever an event killed or stood on is in the context
// too, batches are there whole (I9), nothing that was lost with a crash is anywhere (I2).
#pragma once

#include <bitset>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ensure.h"
#include "sync/keyspace.h"

namespace skerry::sync {

using Dump = std::map<core::Bytes, crdt::Cell>;

inline Dump dump_of(Keyspace& keyspace, core::Space space) {
  Dump cells;
  const auto walked =
      keyspace.for_each_cell(keyspace.state(space), [&](core::BytesView address, const crdt::Cell& cell) {
        cells.emplace(address, cell);
        return true;
      });
  core::ensure(walked.has_value());
  return cells;
}

class Record {
 public:
  static constexpr std::size_t events_max = 1'024;
  using Bits = std::bitset<events_max>;

  // A transaction at the log's own replica appended the entries from `from` on, and turned the cells `before` into
  // those `after`.  Whatever a transaction did to a cell, its last event there did.
  void minted(const EventLog& log, Position from, const Dump& before, const Dump& after, Bits past) {
    std::map<core::Bytes, Position> last;
    for (Position position = from; position < log.end(); ++position)
      last[core::Bytes(log.address_at(position))] = position;
    for (Position position = from; position < log.end(); ++position) {
      const std::size_t index = add(log.at(position), past);
      Event& event = events_[index];
      past.set(index);
      if (event.entry.type == EventType::range) kill_range(event);
      if (event.entry.type != EventType::cell) continue;
      const auto found = after.find(event.entry.address);
      const crdt::Cell::Entry* live = found == after.end() ? nullptr : found->second.find(event.entry.dot);
      if (live != nullptr) event.payload = live->payload;
      if (last[event.entry.address] != position) continue;
      kill_missing(event, before, found == after.end() ? crdt::Cell() : found->second);
    }
  }

  // An event that a replica made by itself when it was loaded.
  void minted_at_load(const EventLog& log, Position position, Bits past) { add(log.at(position), past); }

  // The events that the context holds.  Lost ones are in no context, but runs of unused sequences take their dots.
  Bits bits_of(const CausalContext& context) const {
    Bits bits;
    for (std::size_t i = 0; i < events_.size(); ++i) bits[i] = !lost_[i] && context.contains(events_[i].entry.dot);
    return bits;
  }

  std::size_t size() const { return events_.size(); }
  const Dot& dot(std::size_t index) const { return events_[index].entry.dot; }
  Lsn lsn(std::size_t index) const { return events_[index].entry.lsn; }
  bool is_void(std::size_t index) const { return events_[index].entry.type == EventType::void_; }
  const Bits& lost() const { return lost_; }
  void lose(std::size_t index) { lost_.set(index); }

  // What is wrong with a replica that holds these cells and this context; nothing if all is well.
  std::optional<std::string> wrong(const Dump& cells, const CausalContext& context, const EventLog& log) const {
    const Bits known = bits_of(context);
    if (const auto missing = first_missing(known)) return missing;
    CausalContext logged = log.floor();
    for (Position position = log.first(); position < log.end(); ++position)
      logged.add(log.dot_at(position).replica, log.interval_at(position));
    if (logged != context) return "context and log differ";
    const Dump expected = function_of(known);
    if (cells == expected) return std::nullopt;
    for (const auto& [address, cell] : expected) {
      const auto found = cells.find(address);
      if (found == cells.end() || found->second != cell) return "the cell " + printable(address) + " is not f(C)";
    }
    return "a cell is there that f(C) does not have";
  }

  // The cells of a replica that holds exactly these events.
  Dump function_of(const Bits& known) const {
    Bits dead = lost_;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (known[i]) dead |= events_[i].kills;
    }
    Dump cells;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (known[i] && !dead[i] && events_[i].payload)
        cells[events_[i].entry.address].insert(events_[i].entry.dot, *events_[i].payload);
    }
    return cells;
  }

 private:
  struct Event {
    LogEntry entry;
    std::optional<core::Bytes> payload;  // none: a removal, or superseded within its batch
    Bits kills;
    Bits past;
  };

  static std::string printable(const core::Bytes& address) {
    std::string text;
    for (const char byte : address) text.push_back(byte >= ' ' && byte <= '~' ? byte : '.');
    return text;
  }

  std::size_t add(const LogEntry& entry, const Bits& past) {
    // A dot that was lost before it left may be minted again (I1: nobody has heard of it).
    const auto before = indexes_.find(entry.dot);
    core::ensure(events_.size() < events_max && (before == indexes_.end() || lost_[before->second]));
    indexes_[entry.dot] = events_.size();
    events_.push_back({entry, std::nullopt, {}, past});
    return events_.size() - 1;
  }

  void kill_range(Event& range) {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const LogEntry& entry = events_[i].entry;
      if (entry.type == EventType::cell && entry.address.starts_with(range_prefix_of(range.entry.address)) &&
          range.entry.range.contains(entry.dot))
        range.kills.set(i);
    }
  }

  void kill_missing(Event& event, const Dump& before, const crdt::Cell& after) {
    const auto kill = [&](const Dot& dot) {
      if (dot != event.entry.dot && !after.contains(dot)) event.kills.set(indexes_.at(dot));
    };
    if (const auto was = before.find(event.entry.address); was != before.end()) {
      for (const crdt::Cell::Entry& entry : was->second.entries()) kill(entry.dot);
    }
    for (std::size_t i = events_.size(); i-- > 0 && events_[i].entry.batch == event.entry.batch;) {
      const LogEntry& entry = events_[i].entry;
      if (entry.dot.replica == event.entry.dot.replica && entry.address == event.entry.address) kill(entry.dot);
    }
  }

  std::optional<std::string> first_missing(const Bits& known) const {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (!known[i] || lost_[i]) continue;
      if ((events_[i].kills & ~known & ~lost_).any()) return "what a known event killed is not known";
      if ((events_[i].past & ~known & ~lost_).any()) return "what a known event stood on is not known";
    }
    for (std::size_t i = 0; i < events_.size(); ++i) {
      for (std::size_t other = i + 1; other < events_.size(); ++other) {
        const LogEntry& left = events_[i].entry;
        const LogEntry& right = events_[other].entry;
        if (left.batch != right.batch || left.dot.replica != right.dot.replica) break;
        if (known[i] != known[other] && !lost_[i]) return "a batch is known in part";
      }
    }
    return std::nullopt;
  }

  std::vector<Event> events_;
  std::map<Dot, std::size_t> indexes_;
  Bits lost_;
};

}  // namespace skerry::sync
