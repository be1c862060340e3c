#include "edge/explain.h"

#include <algorithm>

#include "core/ensure.h"
#include "crdt/string.h"
#include "edge/resp.h"

namespace skerry::edge {

namespace {

using crdt::Cell;
using crdt::Payload;
using crdt::PayloadType;

constexpr char digits[] = "0123456789abcdef";

void put_hex(Bytes& to, BytesView bytes) {
  for (const char byte : bytes) {
    to.push_back(digits[static_cast<std::uint8_t>(byte) >> 4]);
    to.push_back(digits[static_cast<std::uint8_t>(byte) & 15]);
  }
}

Payload parsed(const Cell::Entry& entry) {
  auto payload = crdt::parse_payload(entry.payload);
  core::ensure(payload.has_value());  // it was checked before it came into a cell
  return std::move(*payload);
}

// The value of a register as readers of that kind would see it.
Bytes shown(core::Kind kind, const Cell::Entry& entry, core::WallTime now) {
  if (kind != core::Kind::sorted_set) return Bytes(crdt::register_value(entry.payload));
  Cell alone;
  alone.insert(entry.dot, entry.payload);
  const auto score = crdt::read_score(alone, now);
  return score ? print_score(*score) : Bytes();
}

// Why `loser` is not shown although it is held.
Bytes why_it_loses(const Cell::Entry& loser, const Cell::Entry& winner) {
  const core::Stamp stamp = crdt::stamp_of(loser.payload);
  const core::Stamp winning = crdt::stamp_of(winner.payload);
  if (stamp > winning) return "held: its stamp is too far ahead of this node's clock";
  return stamp < winning ? "held: concurrent, with an earlier stamp"
                         : "held: concurrent, equal stamp, smaller replica id";
}

Bytes rule_of(const std::vector<const Cell::Entry*>& registers, const Cell::Entry& winner) {
  if (registers.size() == 1) return "the only write that no other has superseded";
  const auto equal_stamps = [&winner](const Cell::Entry* entry) {
    return entry->dot != winner.dot && crdt::stamp_of(entry->payload) == crdt::stamp_of(winner.payload);
  };
  const auto greater_stamp = [&winner](const Cell::Entry* entry) {
    return crdt::stamp_of(entry->payload) > crdt::stamp_of(winner.payload);
  };
  if (std::any_of(registers.begin(), registers.end(), equal_stamps))
    return "concurrent writes: the greatest replica id";
  if (std::any_of(registers.begin(), registers.end(), greater_stamp)) {
    return "concurrent writes: the greatest stamp not too far ahead of this node's clock";
  }
  return "concurrent writes: the greatest stamp";
}

void explain_registers(CellReport& report, core::Kind kind, const Cell& cell, core::WallTime now) {
  const Cell::Entry* winner = crdt::winning_register(cell, now);
  std::vector<const Cell::Entry*> registers;
  for (const Cell::Entry& entry : cell.entries()) {
    if (crdt::type_of(entry.payload) == PayloadType::register_) registers.push_back(&entry);
  }
  if (winner == nullptr) return;
  report.rule = rule_of(registers, *winner);
  for (EntryReport& entry : report.entries) {
    if (entry.type != PayloadType::register_) continue;
    const Cell::Entry& of = *cell.find(entry.dot);
    entry.value = shown(kind, of, now);
    entry.deadline = crdt::register_deadline(of.payload);
    entry.wins = entry.dot == winner->dot;
    entry.standing = entry.wins ? "wins" : why_it_loses(of, *winner);
  }
}

// The counter of a tally or a reset; made when it is not there.
CounterReport& counter_of(CellReport& report, const core::ReplicaId& replica, core::Sequence birth) {
  for (CounterReport& counter : report.counters) {
    if (counter.replica == replica && counter.tally.birth == birth) return counter;
  }
  report.counters.push_back({.replica = replica, .tally = {.birth = birth}, .absorbed = {}});
  return report.counters.back();
}

void explain_counters(CellReport& report, const Cell& cell) {
  for (const Cell::Entry& entry : cell.entries()) {
    const Payload payload = parsed(entry);
    if (payload.type == PayloadType::tally) {
      counter_of(report, entry.dot.replica, payload.tally.birth).tally = payload.tally;
    }
    for (const crdt::Reset& reset : payload.resets) {
      CounterReport& counter = counter_of(report, reset.replica, reset.seen.birth);
      if (reset.seen.count >= counter.absorbed.count) counter.absorbed = reset.seen;
    }
  }
  for (CounterReport& counter : report.counters) counter.counts = counter.tally.count > counter.absorbed.count;
  for (EntryReport& entry : report.entries) {
    if (entry.type == PayloadType::tally) {
      const auto birth = parsed(*cell.find(entry.dot)).tally.birth;
      entry.wins = counter_of(report, entry.dot.replica, birth).counts;
      entry.standing = entry.wins ? "adds what no reset has absorbed" : "absorbed by a write that saw it";
    }
    if (entry.type == PayloadType::resets) entry.standing = "remembers what a removal saw of counters";
  }
  if (report.rule.empty() && !report.counters.empty())
    report.rule = "the sum of the increments that no reset has absorbed";
}

void explain_expiry(CellReport& report, const Cell& cell) {
  EntryReport* winner = nullptr;
  for (EntryReport& entry : report.entries) {
    if (entry.type != PayloadType::expiry) continue;
    entry.deadline = parsed(*cell.find(entry.dot)).deadline;
    entry.standing = "held: concurrent, with an earlier deadline";
    const bool later =
        winner != nullptr && (!entry.deadline || (winner->deadline && *entry.deadline > *winner->deadline));
    if (winner == nullptr || later) winner = &entry;
  }
  if (winner == nullptr) return;
  winner->wins = true;
  winner->standing = "wins";
  report.rule = "the greatest deadline; none is the greatest of all";
}

}  // namespace

BytesView name_of(core::Kind kind) {
  switch (kind) {
    case core::Kind::row:
      return "key";
    case core::Kind::string:
      return "string";
    case core::Kind::expiry:
      return "expiry";
    case core::Kind::hash:
      return "hash";
    case core::Kind::set:
      return "set";
    case core::Kind::sorted_set:
      return "sorted-set";
  }
  return {};
}

BytesView name_of(PayloadType type) {
  switch (type) {
    case PayloadType::presence:
      return "presence";
    case PayloadType::register_:
      return "register";
    case PayloadType::tally:
      return "tally";
    case PayloadType::resets:
      return "resets";
    case PayloadType::expiry:
      return "expiry";
  }
  return {};
}

Bytes printable(BytesView bytes) {
  Bytes text = "\"";
  for (const char byte : bytes) {
    if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\') {
      text.push_back(byte);
    } else {
      text.append("\\x");
      put_hex(text, BytesView(&byte, 1));
    }
  }
  return text + "\"";
}

Bytes print_dot(const crdt::Dot& dot) {
  return core::to_hex(dot.replica) + ":" + std::to_string(dot.sequence);
}

Bytes print_intervals(std::span<const crdt::Interval> intervals) {
  Bytes text;
  for (const crdt::Interval& interval : intervals) {
    if (!text.empty()) text.push_back(',');
    text.append(std::to_string(interval.first));
    if (interval.last != interval.first) text.append("-").append(std::to_string(interval.last));
  }
  return text;
}

Bytes dump_line(const core::OwnedAddress& address, const crdt::Cell& cell) {
  Bytes line = std::to_string(address.space.number);
  line.append(" ").append(name_of(address.kind)).append(" ").append(printable(address.key));
  const bool has_member =
      address.kind == core::Kind::hash || address.kind == core::Kind::set || address.kind == core::Kind::sorted_set;
  if (has_member) line.append(" ").append(printable(address.member));
  for (const Cell::Entry& entry : cell.entries()) {
    line.append(" ").append(print_dot(entry.dot)).append("=");
    put_hex(line, entry.payload);
  }
  return line;
}

void overrule_deadline(CellReport& expiry, std::optional<core::WallTime> effective) {
  for (EntryReport& entry : expiry.entries) {
    if (!entry.wins || entry.deadline == effective) continue;
    entry.wins = false;
    entry.standing = "held: the string was written, unseen by this, with a greater deadline or with none";
    expiry.rule = "the greatest deadline, here the string's own; none is the greatest of all";
  }
}

CellReport explain_cell(core::Kind kind, const crdt::Cell& cell, core::WallTime now) {
  CellReport report;
  for (const Cell::Entry& entry : cell.entries()) {
    report.entries.push_back({.dot = entry.dot,
                              .type = crdt::type_of(entry.payload),
                              .stamp = crdt::stamp_of(entry.payload),
                              .wins = crdt::type_of(entry.payload) == PayloadType::presence,
                              .standing = "present: an add that no removal has seen",
                              .value = {},
                              .deadline = {}});
  }
  explain_registers(report, kind, cell, now);
  explain_counters(report, cell);
  explain_expiry(report, cell);
  if (kind == core::Kind::set && !report.entries.empty())
    report.rule = "an add wins over a removal that has not seen it";
  return report;
}

}  // namespace skerry::edge
