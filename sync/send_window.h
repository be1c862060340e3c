// How much may be on its way to one peer: what its road takes in about a second, found out by trying.  Begins small and
// grows with what is acknowledged soon, as TCP's slow start does (RFC 5681, section 3.1), but by the time until the
// peer has it on disk, because a thin road loses nothing: its queue only grows longer, and all of that is sent again
// when the session ends.  It triples each round trip and not doubles, because TCP below begins slowly as well.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/time.h"
#include "sync/limits.h"

namespace skerry::sync {

class SendWindow {
 public:
  std::size_t bytes() const { return bytes_; }
  // A session that ends takes what was on its way along, so a chunk is a part of that.
  std::size_t chunk_bytes() const { return std::max(bytes_ / 4, chunk_bytes_min); }

  // The peer has so many bytes, which were sent so long ago, of all that were on their way.  Of a road that is not half
  // full nothing is learned: a thin one takes a trickle as quickly as a wide one (RFC 7661, section 4).
  void acknowledged(std::size_t bytes, std::size_t in_flight, core::Instant sent, core::Instant now) {
    const bool filled = in_flight >= bytes_ / 2;
    if (filled && now - sent <= window_takes_aim) bytes_ = std::min(bytes_ + 2 * bytes, link_bytes_in_flight_max);
    // What was sent before the last cut says nothing about what came of it.
    if (now - sent <= window_takes_max || sent < cut_at_) return;
    bytes_ = std::max(bytes_ / 2, window_bytes_min);
    cut_at_ = now;
  }

 private:
  std::size_t bytes_ = window_bytes_min;
  core::Instant cut_at_ = core::Instant::min();
};

}  // namespace skerry::sync
