#include "sync/chunk_builder.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/ensure.h"
#include "sync/fault.h"

namespace skerry::sync {

using core::BytesView;
using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

// Decides which entries of a slice a chunk covers.  Asked backwards, so that what a removal holds is known when the
// entries before it come.
class Covers {
 public:
  Covers(const EventLog& log, const PeerView& view, const ChunkSlice& slice) : log_(log), view_(view) {
    for (const Position position : slice.carried) {
      cells_.insert(log.address_at(position));
      keys_.insert(key_prefix_of(log.address_at(position)));
    }
  }

  // Whether an entry that is not own is covered.
  bool holds(Position position) const {
    const Dot dot = log_.dot_at(position);
    const EventType type = log_.type_at(position);
    if (type == EventType::void_ || view_.known.contains(dot) || planted(Fault::covers_own_only)) return false;
    if (removed_from_space_.contains(dot)) return true;
    const BytesView address = log_.address_at(position);
    const bool whole_space = range_prefix_of(address).size() == address.size();
    if (whole_space) return !cells_.empty() && !planted(Fault::ranges_not_carried);
    const BytesView key = key_prefix_of(address);
    const auto removed = removed_.find(key);
    if (removed != removed_.end() && removed->second.contains(dot)) return true;
    if (type == EventType::range) return keys_.contains(key) && !planted(Fault::ranges_not_carried);
    return cells_.contains(address);
  }

  // Takes note of an entry that is covered.
  void add(Position position) {
    if (log_.type_at(position) != EventType::range || planted(Fault::range_without_context)) return;
    const BytesView address = log_.address_at(position);
    const BytesView prefix = range_prefix_of(address);
    CausalContext& removed = prefix.size() == address.size() ? removed_from_space_ : removed_[prefix];
    removed.add(log_.range_at(position));
  }

 private:
  const EventLog& log_;
  const PeerView& view_;
  std::unordered_set<BytesView> cells_;
  std::unordered_set<BytesView> keys_;
  std::unordered_map<BytesView, CausalContext> removed_;
  CausalContext removed_from_space_;
};

std::vector<Position> covers_of(const EventLog& log, const LogWalk& walk, const PeerView& view,
                                const ChunkSlice& slice) {
  if (slice.own.size() == slice.end - walk.cursor()) return slice.own;  // the usual case: nothing to decide
  Covers covers(log, view, slice);
  std::vector<Position> covered;
  auto own = slice.own.rbegin();
  for (Position position = slice.end; position-- > walk.cursor();) {
    const bool is_own = own != slice.own.rend() && *own == position;
    if (is_own) ++own;
    if (!is_own && !covers.holds(position)) continue;
    covers.add(position);
    covered.push_back(position);
  }
  std::reverse(covered.begin(), covered.end());
  return covered;
}

// The slice has counted its own entries, and the address of each cell that is carried: it is not said again.
std::size_t estimate(const EventLog& log, const LogWalk& walk, const ChunkSlice& slice,
                     const std::vector<Position>& covers) {
  std::size_t bytes = slice.bytes + 2 * walk.stands_on().interval_count() * interval_bytes;
  const bool all_own = covers.size() == slice.own.size();
  std::unordered_set<BytesView> said;
  if (!all_own) {
    for (const Position position : slice.carried) said.insert(log.address_at(position));
  }
  for (const Position position : covers) {
    const EventType type = log.type_at(position);
    if (type == EventType::range) bytes += log.range_at(position).interval_count() * interval_bytes;
    const bool in_a_cell = all_own || said.contains(log.address_at(position));
    if (type != EventType::cell || !in_a_cell) bytes += log.address_at(position).size();
    bytes += item_bytes;
  }
  return bytes;
}

CoveredEvent covered_event(const EventLog& log, Position position) {
  CoveredEvent event;
  event.type = log.type_at(position);
  event.dot = log.dot_at(position);
  if (event.type == EventType::void_) event.first = log.interval_at(position).first;
  event.batch = log.batch_at(position);
  event.address = log.address_at(position);
  if (event.type == EventType::range) event.range = log.range_at(position);
  return event;
}

// What the faulty sender says (sync/fault.h).
void plant(Chunk& chunk, const EventLog& log, Position end) {
  if (planted(Fault::base_is_empty)) chunk.base = {};
  if (planted(Fault::seen_after_cells)) {
    for (Position position = end; position < log.end(); ++position)
      chunk.seen.add(log.dot_at(position).replica, log.interval_at(position));
  }
  if (planted(Fault::covers_all_seen)) {
    const CausalContext base = std::exchange(chunk.base, {});
    for (const CausalContext::Part& part : base.parts()) {
      for (const crdt::Interval& interval : part.intervals) {
        CoveredEvent& event = chunk.covers.emplace_back();
        event.type = EventType::void_;
        event.dot = {part.replica, interval.last};
        event.first = interval.first;
        event.batch = {interval.last, 1};
      }
    }
  }
}

// Moves the walk to the end of the last covered entry's batch: the receiver must have what it is not given of that.
// What comes after it in the slice either touches nothing that is carried, or the receiver has it; but the cells are
// those of the slice's end, so that is what they are judged by.
Chunk write(const EventLog& log, LogWalk& walk, ChunkSlice slice, const std::vector<Position>& covers) {
  Chunk chunk;
  chunk.base = walk.stands_on();
  chunk.covers.reserve(covers.size());
  auto next = covers.begin();
  Position end = covers.back() + 1;
  while (end < slice.end && same_batch(log, covers.back(), end)) ++end;
  for (Position position = walk.cursor(); position < end; ++position) {
    if (next == covers.end() || position != *next) {
      chunk.base.add(log.dot_at(position).replica, log.interval_at(position));
      continue;
    }
    ++next;
    chunk.covers.push_back(covered_event(log, position));
  }
  chunk.cells.reserve(slice.carried.size());
  for (std::size_t i = 0; i < slice.carried.size(); ++i)
    chunk.cells.push_back({core::Bytes(log.address_at(slice.carried[i])), std::move(slice.cells[i])});
  walk.advance(log, end);
  chunk.seen = walk.stands_on();
  for (Position position = end; position < slice.end; ++position)
    chunk.seen.add(log.dot_at(position).replica, log.interval_at(position));
  plant(chunk, log, end);
  return chunk;
}

}  // namespace

Result<std::optional<Chunk>> build_chunk(const ChunkSource& source, LogWalk& walk, const PeerView& view,
                                         const ChunkAims& aims) {
  const EventLog& log = source.log;
  walk.settle(log, view);
  const Position limit = std::min<Position>(log.end(), walk.cursor() + LogWalk::entries_a_turn);
  Position first = walk.cursor();
  while (first < limit && !LogWalk::wants(log, first, view)) ++first;
  walk.advance(log, first);
  if (first == limit) return std::nullopt;

  Result<std::optional<ChunkSlice>> slice = slice_now(source, walk, view, aims);
  if (slice && !*slice) slice = slice_past(source, walk, view, aims);
  if (!slice) return tl::make_unexpected(slice.error());
  if (!*slice) return std::nullopt;
  std::vector<Position> covers = covers_of(log, walk, view, **slice);
  if (estimate(log, walk, **slice, covers) > aims.bytes_max) {
    slice = slice_past(source, walk, view, {.events = 1, .bytes = 1, .bytes_max = aims.bytes_max});
    if (!slice) return tl::make_unexpected(slice.error());
    if (!*slice) return std::nullopt;
    covers = covers_of(log, walk, view, **slice);
    if (estimate(log, walk, **slice, covers) > aims.bytes_max)
      return fail(ErrorCode::too_large, "One step of this replica is more than the largest message to a peer.");
  }
  return write(log, walk, std::move(**slice), covers);
}

}  // namespace skerry::sync
