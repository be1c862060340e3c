// A string cell: a register, and counters that add to it.  Also each field of a hash, and (with the score as register)
// each member of a sorted set.  The rules are docs/semantics.md's "Strings" and "Counters are exact".
//
//   value = winning register + Σ over live tallies (tally − its latest reset)
//
// A SET supersedes all it has seen and writes down how much of each tally it saw (resets), so an increment is absorbed
// by the SETs and DELs that saw it and by no other: none lost, none twice (I7).
#pragma once

#include <optional>

#include "core/result.h"
#include "core/time.h"
#include "crdt/cell.h"
#include "crdt/number.h"
#include "crdt/payload.h"

namespace skerry::crdt {

// How far ahead of our clock a register's stamp may be before it loses to the others (docs/semantics.md, "Strings").
inline constexpr std::chrono::milliseconds clock_bound{60'000};

// The register that readers see, or null: among concurrent ones those not further in the future than clock_bound are
// preferred, then the greatest (stamp, replica id).  Lives as long as the cell is not changed.
const Cell::Entry* winning_register(const Cell& cell, WallTime now);
// When the answer of winning_register may change by time alone; nothing if never.
std::optional<WallTime> winner_changes_at(const Cell& cell, WallTime now);

// How fractions are summed: as scores, which Redis adds as doubles, within what a double can hold; or as decimals, so
// that a sum has no more digits than what was added to it.
enum class Fractions { doubles, decimals };

// What the tallies add, beyond what resets absorbed.
struct Additions {
  bool any = false;  // whether at least one tally counts (presence is a question of counts, not of sums)
  Sum sum = 0;
  long double fraction = 0;        // summed in the order of replica ids
  long double fraction_error = 0;  // how far the rounding of doubles may have moved it
  bool fractional = false;         // whether any of the tallies, or what was absorbed of it, has a fraction
};
Additions additions(const Cell& cell, Fractions fractions);

// Whether the cell exists for readers: a register, or a tally that counts.
bool present(const Cell& cell);

// What GET shows.  Nothing if the cell is not present.  For a plain register the view lives as long as the cell;
// a computed number is put into `scratch` and viewed there.
std::optional<BytesView> read_string(const Cell& cell, WallTime now, Bytes& scratch);

// SET.  `value` may be a view into the cell.
void set_register(Cell& cell, const Event& event, BytesView value, std::optional<WallTime> deadline);

// INCRBY.  The new value; or not_a_number when the visible register is none, or overflow when the value or the result
// leaves int64 (then the cell is unchanged and the event was not used).
core::Result<std::int64_t> increment(Cell& cell, const Event& event, std::int64_t by, WallTime now);
// INCRBYFLOAT.  The new value as Redis prints it.  not_a_number as above; overflow when the result or what this replica
// has added would be infinite (beyond a double).
core::Result<Bytes> increment_float(Cell& cell, const Event& event, long double by, WallTime now);

// DEL, HDEL.  Leaves resets where there were tallies or resets, else an empty cell.
// REQUIRES removable(cell): a removal that removes nothing mints no dot.  Or that its resets are to be written again.
void remove_string(Cell& cell, const Event& event);
std::size_t reset_bytes_max(const Cell& cell);  // of the payload that is left
bool removable(const Cell& cell);               // holds anything a removal would change: more than resets payloads
bool only_resets(const Cell& cell);             // not empty, and nothing but resets payloads
bool holds_resets(const Cell& cell);            // a payload that is only resets, maybe beside others
bool has_tallies(const Cell& cell);             // any live tally payload, counted or not
// Whether a range removal must not simply take the cell along, because how much has been seen of a tally would be
// forgotten: it holds a tally, or a register that carries resets.  False for the cells of other kinds.
bool leaves_resets(const Cell& cell);

// Sorted set member: base score as register (8 bytes, see score_bytes) plus tallies.
Bytes score_bytes(double score);
std::optional<double> read_score(const Cell& cell, WallTime now);
void set_score(Cell& cell, const Event& event, double score);
// ZINCRBY.  The new score; overflow if `by`, or what this replica has added, would be infinite or no number.
core::Result<double> increment_score(Cell& cell, const Event& event, double by, WallTime now);

}  // namespace skerry::crdt
