#include "edge/system.h"

#include <sodium.h>

namespace skerry::edge {

core::Instant SystemClock::instant() const {
  return core::Instant(std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

core::WallTime SystemClock::wall() const {
  return core::WallTime(
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
}

std::chrono::steady_clock::time_point steady_time(core::Instant instant) {
  return std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(instant.time_since_epoch()));
}

core::Result<void> start_entropy() {
  if (sodium_init() < 0) return core::fail(core::ErrorCode::io, "libsodium finds no source of entropy");
  return {};
}

std::uint64_t entropy_u64() {
  std::uint64_t value;
  randombytes_buf(&value, sizeof(value));
  return value;
}

}  // namespace skerry::edge
