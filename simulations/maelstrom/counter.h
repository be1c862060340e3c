// The rule of g-counter and pn-counter: each last read is the sum of all adds that were done, and of some of those of
// which nobody knows.
//
// Source: jepsen-io/maelstrom, src/maelstrom/workload/pn_counter.clj, `checker`, which g_counter.clj uses too.
#pragma once

#include <vector>

#include "simulations/maelstrom/history.h"
#include "simulations/maelstrom/verdict.h"

namespace skerry::simulations::maelstrom {

// Whole numbers, both ends included.
struct Interval {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
  bool operator==(const Interval&) const = default;
};

// Sets of whole numbers: sorted, with at least one missing number between two intervals.
using Intervals = std::vector<Interval>;
// What `values` may become where something is added that may be done or not.
Intervals with_or_without(const Intervals& values, std::int64_t added);

struct Counter {
  Valid valid = Valid::yes;
  std::vector<Entry> errors;  // last reads that are not acceptable
  std::vector<std::int64_t> final_reads;
  Intervals acceptable;
};

Counter check_counter(const History& history);
Verdict verdict_of(const Counter& result);

}  // namespace skerry::simulations::maelstrom
