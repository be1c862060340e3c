// The machine's clocks and its entropy: the only place that reads them.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/result.h"
#include "core/time.h"

namespace skerry::edge {

// Any thread.
class SystemClock {
 public:
  core::Now now() const { return {instant(), wall()}; }
  core::Instant instant() const;
  core::WallTime wall() const;
};

// What an Asio timer is armed with.  core::never stays "never".
std::chrono::steady_clock::time_point steady_time(core::Instant instant);

// Prepares libsodium.  Once, before anything that is random or encrypted.
core::Result<void> start_entropy();
// REQUIRES start_entropy.  From the kernel's generator; any thread.
std::uint64_t entropy_u64();

}  // namespace skerry::edge
