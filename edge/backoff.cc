#include "edge/backoff.h"

namespace skerry::edge {

std::chrono::milliseconds Backoff::next() {
  const std::chrono::milliseconds half = wait_ / 2;
  const std::chrono::milliseconds rest = wait_ - half;
  wait_ = std::min(2 * wait_, options_.wait_max);
  return half + std::chrono::milliseconds(random_.below(static_cast<std::uint64_t>(rest.count()) + 1));
}

}  // namespace skerry::edge
