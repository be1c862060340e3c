// The chunks of one peer on their way into one space: applied in order, each as soon as we have what it stands on
// (schema/sync.capnp).  What it lacks normally comes from its origin in a moment, so a chunk waits for a while; then
// it is refused, with all that came behind it.  A value; driven by sync/link.h.
#pragma once

#include <deque>
#include <optional>

#include "core/result.h"
#include "core/time.h"
#include "sync/message.h"

namespace skerry::sync {

class ChunkReceiver {
 public:
  // The next chunk, held until `deadline` at most.  `malformed` if it is not the next.
  core::Result<void> add(Chunk chunk, core::Instant deadline);
  // The next chunk, if `context` has what it stands on.
  std::optional<Chunk> take(const CausalContext& context);
  // What is held may wait for longer.
  void hold_until(core::Instant deadline);
  // Drops what has waited too long, or is too much to hold; the number of the last chunk dropped, to be refused.
  std::optional<std::uint64_t> give_up(core::Instant now);
  // When to call give_up; `never` if nothing is held.
  core::Instant deadline() const { return held_.empty() ? core::never : held_.front().deadline; }

  std::size_t held() const { return held_.size(); }

 private:
  struct Held {
    Chunk chunk;
    std::size_t bytes;  // in memory
    core::Instant deadline;
  };
  std::deque<Held> held_;
  std::size_t held_bytes_ = 0;
  std::uint64_t number_ = 0;  // of the last chunk that came
  // Chunks that were on their way when we refused stand on what we refused: they are refused without waiting.  So is
  // the sender's next try if it lacks anything, since that passes over nothing.
  bool refusing_ = false;
};

}  // namespace skerry::sync
