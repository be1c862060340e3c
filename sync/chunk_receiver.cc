#include "sync/chunk_receiver.h"

#include "sync/fault.h"
#include "sync/limits.h"

namespace skerry::sync {

core::Result<void> ChunkReceiver::add(Chunk chunk, std::size_t bytes, core::Instant deadline) {
  if (chunk.number != number_ + 1)
    return core::fail(core::ErrorCode::malformed, "A peer's chunk does not follow the one before it.");
  number_ = chunk.number;
  held_.push_back({std::move(chunk), bytes, deadline});
  held_bytes_ += bytes;
  return {};
}

std::optional<Chunk> ChunkReceiver::take(const CausalContext& context) {
  if (held_.empty()) return std::nullopt;
  if (!context.covers(held_.front().chunk.base) && !planted(Fault::no_base_check)) return std::nullopt;
  Chunk chunk = std::move(held_.front().chunk);
  held_bytes_ -= held_.front().bytes;
  held_.pop_front();
  taken_ = chunk.number;
  refusing_ = false;
  return chunk;
}

std::optional<std::uint64_t> ChunkReceiver::give_up(core::Instant now) {
  if (held_.empty()) return std::nullopt;
  // One chunk is held whatever its size: a batch at its limit is larger than what is held otherwise.
  const bool too_much = held_.size() > held_chunks_max || (held_.size() > 1 && held_bytes_ > held_bytes_max);
  if (!refusing_ && !too_much && now < held_.front().deadline) return std::nullopt;
  held_.clear();
  held_bytes_ = 0;
  refusing_ = true;
  return number_;
}

}  // namespace skerry::sync
