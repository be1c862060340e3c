// Time as an argument.  Below `edge` nothing reads a clock: whoever calls says what time it is.
#pragma once

#include <chrono>
#include <cstdint>

namespace skerry::core {

using namespace std::chrono_literals;
using Duration = std::chrono::nanoseconds;

struct MonotonicClock {};  // never steps; its zero means nothing
struct CalendarClock {};   // Unix time; may step either way

using Instant = std::chrono::time_point<MonotonicClock, std::chrono::nanoseconds>;
using WallTime = std::chrono::time_point<CalendarClock, std::chrono::milliseconds>;

inline constexpr Instant never = Instant::max();

// What a step is told about time.
struct Now {
  Instant instant;
  WallTime wall;
};

inline std::int64_t unix_milliseconds(WallTime time) {
  return time.time_since_epoch().count();
}
inline WallTime from_unix_milliseconds(std::int64_t value) {
  return WallTime(std::chrono::milliseconds(value));
}

}  // namespace skerry::core
