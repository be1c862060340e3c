// How long to wait before the next try: soon at first, then less and less often, and never together with others who
// lost the same peer at the same time.
#pragma once

#include <algorithm>
#include <chrono>

#include "core/random.h"

namespace skerry::edge {

class Backoff {
 public:
  struct Options {
    std::chrono::milliseconds wait_min{100};
    std::chrono::milliseconds wait_max{30'000};
  };

  Backoff(Options options, std::uint64_t seed) : options_(options), wait_(options.wait_min), random_(seed) {}

  // Between half of the wait that is due and all of it; the next one is twice as long, up to wait_max.
  std::chrono::milliseconds next();
  // The last try went well.
  void reset() { wait_ = options_.wait_min; }

 private:
  Options options_;
  std::chrono::milliseconds wait_;
  core::Random random_;
};

}  // namespace skerry::edge
