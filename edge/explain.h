// Cells as a person reads them: every cell of a space in one line each, and why a cell shows what it shows.
// Pure: what SKERRY.DUMP, SKERRY.DIGEST and SKERRY.EXPLAIN answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"
#include "crdt/cell.h"
#include "crdt/payload.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;

BytesView name_of(core::Kind kind);
BytesView name_of(crdt::PayloadType type);

// In double quotes, with everything that is not plain text as \xHH.
Bytes printable(BytesView bytes);
// "0123abcd…:17".
Bytes print_dot(const crdt::Dot& dot);
// "1-17,19": the sequences of one replica.
Bytes print_intervals(std::span<const crdt::Interval> intervals);

// `0 hash "key" "field" dot=payload dot=payload`: the space, kind, key and member, then the entries in the order of
// dots, payloads in hexadecimal.  Equal lines are equal cells: payloads have one form only.
Bytes dump_line(const core::OwnedAddress& address, const crdt::Cell& cell);

// What one entry of a cell does to what readers see.
struct EntryReport {
  crdt::Dot dot;
  crdt::PayloadType type{};
  core::Stamp stamp;
  bool wins = false;
  Bytes standing;                          // a clause for a person: what it does, or why it loses
  std::optional<Bytes> value;              // of a register, as readers would see it
  std::optional<core::WallTime> deadline;  // of a register or an expiry
};

// One replica's increments since a birth, and how much of them has been absorbed by what saw them.
struct CounterReport {
  core::ReplicaId replica;
  crdt::Tally tally;     // as the replica wrote it; all zero where only a reset is left
  crdt::Tally absorbed;  // as the latest reset saw it
  bool counts = false;   // whether readers see the difference
};

struct CellReport {
  std::vector<EntryReport> entries;
  std::vector<CounterReport> counters;
  Bytes rule;  // by which readers see what they see
};

// The report of an expiry cell, told that the key's deadline is `effective`: that of the string's own write may be
// greater (crdt/expiry.h).
void overrule_deadline(CellReport& expiry, std::optional<core::WallTime> effective);

// A string cell, a hash's field, a sorted set's or a set's member, or an expiry.
CellReport explain_cell(core::Kind kind, const crdt::Cell& cell, core::WallTime now);

}  // namespace skerry::edge
