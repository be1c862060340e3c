#include "sync/chunk_sender.h"

#include <algorithm>

#include "sync/fault.h"
#include "sync/limits.h"

namespace skerry::sync {

using core::ErrorCode;
using core::fail;
using core::Result;

// What an honest peer says it knows grows within a session; of one that takes back what it said, the last word is kept.
void ChunkSender::peer_knows(const CausalContext& context) {
  view_.known.add(context);
  if (view_.known.interval_count() > context_intervals_max) view_.known = context;
}

void ChunkSender::peer_meets(std::vector<ReplicaId> sessions) {
  std::sort(sessions.begin(), sessions.end());
  const std::vector<ReplicaId> before = std::exchange(view_.live_sessions, std::move(sessions));
  const bool all_stay =
      std::includes(view_.live_sessions.begin(), view_.live_sessions.end(), before.begin(), before.end());
  if (!all_stay && !planted(Fault::session_loss_ignored)) walk_.restart();
}

Result<void> ChunkSender::acknowledged(std::uint64_t number, core::Instant now) {
  if (number > number_) return fail(ErrorCode::malformed, "A peer acknowledges a chunk that it was not sent.");
  if (planted(NodeFault::acknowledgements_ignored)) return {};
  const std::size_t in_flight = bytes_in_flight_;
  while (!in_flight_.empty() && in_flight_.front().number <= number) {
    const InFlight& chunk = in_flight_.front();
    bytes_in_flight_ -= chunk.bytes;
    window_.acknowledged(chunk.bytes, in_flight, chunk.sent, now);
    in_flight_.pop_front();
  }
  if (number < walk_begins_at_) return {};
  view_.relays_all = false;
  refused_in_a_row_ = 0;
  return {};
}

Result<void> ChunkSender::refused(std::uint64_t number, core::Instant now, core::Random& random) {
  if (number == 0 || number > number_)
    return fail(ErrorCode::malformed, "A peer refuses a chunk that it was not sent.");
  ++refusals_;
  if (number < walk_begins_at_) return {};  // the walk has begun again since
  walk_.restart();
  view_.relays_all = true;
  in_flight_.clear();
  bytes_in_flight_ = 0;
  walk_begins_at_ = number_ + 1;
  if (++refused_in_a_row_ < 2) return {};
  const unsigned doublings = std::min(refused_in_a_row_ - 2, 16u);
  const core::Duration wait = std::min<core::Duration>(refusal_retry_min * (1u << doublings), refusal_retry_max);
  const auto jitter = static_cast<core::Duration::rep>(random.below(static_cast<std::uint64_t>(wait.count()) / 4 + 1));
  retry_at_ = now + wait + core::Duration(jitter);
  return {};
}

bool ChunkSender::may_send(core::Instant now) {
  if (retry_at_ != core::never) {
    if (now < retry_at_) return false;
    retry_at_ = core::never;
  }
  return bytes_in_flight_ < window_.bytes() && in_flight_.size() < held_chunks_max;
}

Result<std::optional<Chunk>> ChunkSender::next(const ChunkSource& source, const ChunkAims& aims, core::Instant now) {
  eager_ = false;
  view_.old_before = source.old_before;
  walk_.settle(source.log, view_);
  if (!may_send(now) || walk_.cursor() == source.log.end()) return std::nullopt;
  const Position before = walk_.cursor();
  ChunkAims fitting = aims;
  fitting.bytes = std::min(aims.bytes, window_.chunk_bytes());
  Result<std::optional<Chunk>> chunk = build_chunk(source, walk_, view_, fitting);
  if (!chunk) return chunk;
  eager_ = walk_.cursor() != before && walk_.cursor() < source.log.end();
  if (!*chunk) return chunk;
  (*chunk)->number = ++number_;
  events_sent_ += (*chunk)->covers.size();
  if (planted(Fault::known_moved_by_sending)) view_.known.add((*chunk)->seen);
  return chunk;
}

void ChunkSender::sent(std::size_t bytes, core::Instant now) {
  in_flight_.push_back({number_, bytes, now});
  bytes_in_flight_ += bytes;
}

}  // namespace skerry::sync
