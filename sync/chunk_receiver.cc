#include "sync/chunk_receiver.h"

#include <algorithm>

#include "sync/fault.h"
#include "sync/limits.h"

namespace skerry::sync {

namespace {

std::size_t heap_bytes(const CausalContext& context) {
  return context.parts().size() * sizeof(CausalContext::Part) + context.interval_count() * sizeof(crdt::Interval);
}

// About what a chunk takes in memory.  In frames a context that has not changed takes nothing, and an address that two
// events share is there once.
std::size_t heap_bytes(const Chunk& chunk) {
  std::size_t bytes = sizeof(Chunk) + heap_bytes(chunk.base) + heap_bytes(chunk.seen);
  for (const CoveredEvent& event : chunk.covers)
    bytes += sizeof(CoveredEvent) + event.address.size() + heap_bytes(event.range);
  for (const CarriedCell& carried : chunk.cells)
    bytes += sizeof(CarriedCell) + carried.address.size() + carried.cell.heap_bytes();
  return bytes;
}

}  // namespace

core::Result<void> ChunkReceiver::add(Chunk chunk, core::Instant deadline) {
  if (chunk.number != number_ + 1)
    return core::fail(core::ErrorCode::malformed, "A peer's chunk does not follow the one before it.");
  number_ = chunk.number;
  const std::size_t bytes = heap_bytes(chunk);
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
  refusing_ = false;
  return chunk;
}

void ChunkReceiver::hold_until(core::Instant deadline) {
  for (Held& held : held_) held.deadline = std::max(held.deadline, deadline);
  refusing_ = false;
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
