// How often cells were written behind, and for how long in all.  Any thread may read what the flushing thread writes.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/time.h"

namespace skerry::edge {

class FlushClock {
 public:
  void begun(core::Instant now) {
    ++count_;
    since_ = now;
  }
  void ended(core::Instant now) {
    past_ = past_.load() + (now - since_.load());
    since_ = core::never;
  }

  std::uint64_t count() const { return count_; }
  // The one under way included.
  core::Duration total(core::Instant now) const {
    const core::Instant since = since_;
    return past_.load() + (since == core::never ? core::Duration{} : now - since);
  }

 private:
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<core::Duration> past_{core::Duration{}};
  std::atomic<core::Instant> since_{core::never};
};

}  // namespace skerry::edge
