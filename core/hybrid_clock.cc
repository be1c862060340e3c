#include "core/hybrid_clock.h"

#include <algorithm>

namespace skerry::core {

namespace {

// Times before 1970 or beyond 48 bits are a broken clock; they are pulled to the nearest stamp there is.
std::uint64_t earliest_at(WallTime now) {
  constexpr std::int64_t milliseconds_max = (std::int64_t{1} << 48) - 1;
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(unix_milliseconds(now), 0, milliseconds_max)) << 16;
}

}  // namespace

Stamp HybridClock::next(WallTime now) {
  // Adding one to the whole word carries from the counter into the milliseconds.
  last_.value = std::max(last_.value + 1, earliest_at(now));
  return last_;
}

bool HybridClock::observe(Stamp stamp, WallTime now, std::chrono::milliseconds bound) {
  if (stamp.wall() > now + bound) return false;
  last_ = std::max(last_, stamp);
  return true;
}

}  // namespace skerry::core
