// Stamps that order concurrent writes close to real time, yet never run backwards.
// Source: Kulkarni, Demirbas, Madappa, Avva, Leone: Logical Physical Clocks (OPODIS 2014).
#pragma once

#include <compare>
#include <cstdint>

#include "core/time.h"

namespace skerry::core {

// 48 bits of Unix milliseconds, 16 of counter.
struct Stamp {
  std::uint64_t value = 0;
  auto operator<=>(const Stamp&) const = default;
  WallTime wall() const { return from_unix_milliseconds(static_cast<std::int64_t>(value >> 16)); }
};

class HybridClock {
 public:
  // `last`: the greatest stamp this replica has ever given or observed, so that a clock that was set back, or a
  // device without one, goes on from there.
  explicit HybridClock(Stamp last = {}) : last_(last) {}

  // The stamp of the next write: greater than any given or observed before, and not before the wall clock.  When
  // the counter overflows, the milliseconds advance by one.
  Stamp next(WallTime now);

  // Takes note of a stamp of another replica; whether it does.  One further ahead than `bound` is ignored: a stranger's
  // wrong clock must not drag ours along.
  bool observe(Stamp stamp, WallTime now, std::chrono::milliseconds bound);

  Stamp last() const { return last_; }

 private:
  Stamp last_;
};

}  // namespace skerry::core
