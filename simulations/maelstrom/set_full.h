// The rule of broadcast and g-set: an element that was once known must be in each read that begins late enough.
//
// Source: jepsen-io/jepsen, jepsen/src/jepsen/checker.clj, `set-full` with `set-full-element-results` and
// `frequency-distribution`, without :linearizable?.  Words, limits and the treatment of concurrent reads are theirs.
// One thing differs: Jepsen counts an element as duplicated that a read holds less than once, which never happens; here
// it is one that a read holds more than once, as its documentation says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulations/maelstrom/history.h"
#include "simulations/maelstrom/verdict.h"

namespace skerry::simulations::maelstrom {

// In milliseconds, at the parts 0, 0.5, 0.95, 0.99 and 1 of all.
struct Quantiles {
  static constexpr double parts[] = {0, 0.5, 0.95, 0.99, 1};
  std::int64_t milliseconds[5] = {};
  bool operator==(const Quantiles&) const = default;
};

struct SetFull {
  struct Stale {
    std::int64_t element = 0;
    std::int64_t stable_latency = 0;  // milliseconds
    bool operator==(const Stale&) const = default;
  };

  Valid valid = Valid::unknown;
  std::uint64_t attempt_count = 0;
  std::uint64_t stable_count = 0;
  std::vector<std::int64_t> lost = {};        // known, and from some time on in no read that began later
  std::vector<std::int64_t> never_read = {};  // never known, or no read began after it was
  std::vector<std::int64_t> stale = {};       // stable, yet a read that began after it was known did not hold it
  std::vector<Stale> worst_stale = {};        // eight at most
  std::map<std::int64_t, std::uint64_t> duplicated = {};  // how often at most in one read
  std::optional<Quantiles> stable_latencies = {};         // from being known until no read misses it
  std::optional<Quantiles> lost_latencies = {};
  bool operator==(const SetFull&) const = default;
};

// Adds (`add` or `broadcast`) and reads.  In the number of reads times that of elements.
SetFull check_set_full(const History& history);
Verdict verdict_of(const SetFull& result);

}  // namespace skerry::simulations::maelstrom
