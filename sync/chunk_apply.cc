#include "sync/chunk_apply.h"

#include <unordered_map>
#include <unordered_set>

#include "sync/fault.h"
#include "sync/limits.h"

namespace skerry::sync {

using core::BytesView;
using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

constexpr std::size_t space_prefix_size = 2;

bool in_space(BytesView address, core::Space space) {
  return core::ByteReader(address).u16() == space.number && address.size() >= space_prefix_size;
}

core::Kind kind_of(BytesView address) {
  return static_cast<core::Kind>(address[key_prefix_of(address).size()]);
}

bool address_fits(const CoveredEvent& event, core::Space space) {
  if (event.type == EventType::void_) return event.address.empty();
  if (!in_space(event.address, space)) return false;
  if (event.address.size() == space_prefix_size) return event.type == EventType::range;
  return (kind_of(event.address) == core::Kind::row) == (event.type == EventType::range);
}

bool batch_fits(const CoveredEvent& event) {
  const core::Sequence last = event.dot.sequence;
  const EventBatch& batch = event.batch;
  if (event.type == EventType::void_) return event.first >= 1 && event.first <= last && batch.count <= 1;
  if (batch.count > UINT64_MAX - batch.first) return false;  // no dot has the last sequence there is
  return batch.first >= 1 && batch.first <= last && last - batch.first < batch.count && batch.count <= batch_events_max;
}

// What the removals that the chunk covers hold: of each key, and of the space.
class CoveredRanges {
 public:
  explicit CoveredRanges(const Chunk& chunk) {
    for (const CoveredEvent& event : chunk.covers) {
      if (event.type == EventType::range) ranges_[range_prefix_of(event.address)].add(event.range);
    }
  }
  bool hold(BytesView address, const Dot& dot) const {
    return holds(key_prefix_of(address), dot) || holds(address.substr(0, space_prefix_size), dot);
  }

 private:
  bool holds(BytesView prefix, const Dot& dot) const {
    const auto found = ranges_.find(prefix);
    return found != ranges_.end() && found->second.contains(dot);
  }
  std::unordered_map<BytesView, CausalContext> ranges_;
};

crdt::Interval sequences_of(const CoveredEvent& event) {
  return {event.type == EventType::void_ ? event.first : event.dot.sequence, event.dot.sequence};
}

// What a chunk covers, in the order of dots.
class Covered {
 public:
  explicit Covered(const Chunk& chunk) {
    events_.reserve(chunk.covers.size());
    for (const CoveredEvent& event : chunk.covers) events_.push_back(&event);
    const auto before = [](const CoveredEvent* left, const CoveredEvent* right) { return left->dot < right->dot; };
    if (!std::is_sorted(events_.begin(), events_.end(), before)) std::sort(events_.begin(), events_.end(), before);
  }

  // Whether each sequence is covered by one event at most.
  bool each_once() const {
    const auto overlap = [](const CoveredEvent* left, const CoveredEvent* right) {
      return left->dot.replica == right->dot.replica && sequences_of(*right).first <= left->dot.sequence;
    };
    return std::adjacent_find(events_.begin(), events_.end(), overlap) == events_.end();
  }

  CausalContext dots() const {
    CausalContext dots;  // in order: each is added at its end
    for (const CoveredEvent* event : events_) dots.add(event->dot.replica, sequences_of(*event));
    return dots;
  }

  // Whether that very event is covered, as one of that cell.
  bool holds(BytesView address, const Dot& dot) const {
    const auto before = [](const CoveredEvent* event, const Dot& wanted) { return event->dot < wanted; };
    const auto found = std::lower_bound(events_.begin(), events_.end(), dot, before);
    return found != events_.end() && (*found)->dot == dot && (*found)->type == EventType::cell &&
           (*found)->address == address;
  }

 private:
  std::vector<const CoveredEvent*> events_;
};

// Whether all of the event's batch is there.
bool is_whole(const CausalContext& context, const CoveredEvent& event) {
  if (event.batch.count <= 1) return true;
  CausalContext batch;
  batch.add(event.dot.replica, {event.batch.first, event.batch.first + event.batch.count - 1});
  return context.covers(batch);
}

// An event is known as a whole or not at all; what somebody took a part of for another event is no run of unused ones.
bool splits(const CausalContext& context, const CoveredEvent& run) {
  if (run.type != EventType::void_) return false;
  CausalContext sequences;
  sequences.add(run.dot.replica, sequences_of(run));
  return !context.covers(sequences) && context.contains_any(run.dot.replica, sequences_of(run));
}

}  // namespace

bool knows_more_of(const ReplicaId& self, const CausalContext& theirs, const CausalContext& ours) {
  for (const CausalContext::Part& part : theirs.parts()) {
    if (part.replica != self) continue;
    CausalContext of_self;
    for (const crdt::Interval& interval : part.intervals) of_self.add(self, interval);
    return !ours.covers(of_self);
  }
  return false;
}

Result<void> check_chunk(const Chunk& chunk, core::Space space) {
  if (chunk.covers.empty()) return fail(ErrorCode::malformed, "a chunk covers nothing");
  for (const CoveredEvent& event : chunk.covers) {
    if (event.dot.sequence == 0) return fail(ErrorCode::malformed, "a chunk covers an event without a sequence");
    if (!address_fits(event, space))
      return fail(ErrorCode::malformed, "a covered event has an address that its type cannot have");
    if (!batch_fits(event)) return fail(ErrorCode::malformed, "a covered event stands outside its batch");
    if (!chunk.seen.covers(event.range))
      return fail(ErrorCode::refused, "a removal holds more than its sender has seen");
  }
  if (!chunk.seen.covers(chunk.base))
    return fail(ErrorCode::refused, "a chunk stands on more than its sender has seen");
  const Covered covered_events(chunk);
  if (!covered_events.each_once()) return fail(ErrorCode::malformed, "a chunk covers an event twice");
  if (!chunk.seen.covers(covered_events.dots()))
    return fail(ErrorCode::refused, "a chunk covers more than its sender has seen");

  std::unordered_set<BytesView> carried;
  for (const CarriedCell& cell : chunk.cells) {
    const bool fits = in_space(cell.address, space) && cell.address.size() > space_prefix_size &&
                      kind_of(cell.address) != core::Kind::row && carried.insert(cell.address).second;
    if (!fits) return fail(ErrorCode::malformed, "a chunk carries an address that is no cell's, or one twice");
  }
  const CoveredRanges ranges(chunk);
  std::size_t covered_cells = 0;
  std::unordered_set<BytesView> covered;
  for (const CoveredEvent& event : chunk.covers) {
    if (event.type != EventType::cell) continue;
    if (carried.contains(event.address)) {
      covered_cells += covered.insert(event.address).second ? 1 : 0;
    } else if (!ranges.hold(event.address, event.dot)) {
      return fail(ErrorCode::refused, "a chunk covers an event and does not carry its effect");
    }
  }
  if (covered_cells != carried.size())
    return fail(ErrorCode::refused, "a chunk carries a cell of which it covers nothing");
  return {};
}

Result<void> check_chunk(const Chunk& chunk, const CausalContext& context) {
  const Covered covered(chunk);
  const CoveredRanges ranges(chunk);
  for (const CarriedCell& carried : chunk.cells) {
    for (const Cell::Entry& entry : carried.cell.entries()) {
      if (ranges.hold(carried.address, entry.dot))
        return fail(ErrorCode::refused, "a chunk carries a payload that its removals hold");
      const bool accounted = context.contains(entry.dot) || covered.holds(carried.address, entry.dot);
      if (!accounted || !chunk.seen.contains(entry.dot))
        return fail(ErrorCode::refused, "a chunk carries a payload whose event nobody accounts for");
    }
  }
  CausalContext after = context;
  after.add(covered.dots());
  const bool more = after.interval_count() > context.interval_count() || after.parts().size() > context.parts().size();
  const bool too_many =
      after.interval_count() > context_intervals_kept_max || after.parts().size() > context_replicas_kept_max;
  if (more && too_many) return fail(ErrorCode::too_large, "a chunk would make our context larger than a replica keeps");
  for (const CoveredEvent& event : chunk.covers) {
    if (splits(context, event))
      return fail(ErrorCode::refused, "a run of unused sequences holds an event that is known here");
    if (!is_whole(after, event)) return fail(ErrorCode::refused, "a chunk covers a part of a batch");
    if (!after.covers(event.range))
      return fail(ErrorCode::refused, "a removal holds an event that nobody accounts for");
  }
  return {};
}

Result<std::uint64_t> apply_chunk(Keyspace& keyspace, SpaceState& state, const Chunk& chunk, const core::Now& now) {
  const bool cells_move = !planted(Fault::context_without_cells);
  for (const CoveredEvent& event : chunk.covers) {
    if (event.type != EventType::range || state.context.contains(event.dot) || !cells_move) continue;
    const CausalContext& removed = planted(Fault::range_applied_with_seen) ? chunk.seen : event.range;
    Result<void> applied = keyspace.apply_range(state, range_prefix_of(event.address), removed);
    if (!applied) return tl::make_unexpected(applied.error());
  }
  const CausalContext covered = planted(Fault::judges_by_covers) ? Covered(chunk).dots() : CausalContext();
  for (const CarriedCell& carried : chunk.cells) {
    if (!cells_move) break;
    const CausalContext& seen = planted(Fault::judges_by_covers) ? covered : chunk.seen;
    Result<void> joined = keyspace.join_cell(state, carried.address, carried.cell, seen, now);
    if (!joined) return tl::make_unexpected(joined.error());
  }
  if (planted(Fault::cells_without_context)) return 0;

  std::uint64_t added = 0;
  for (const CoveredEvent& event : chunk.covers) {
    if (state.context.contains(event.dot)) continue;
    if (planted(Fault::covered_not_logged)) {
      state.context.add(event.dot);
      continue;
    }
    LogEntry entry;
    entry.type = event.type;
    entry.dot = event.dot;
    entry.first = event.first;
    entry.batch = event.batch;
    entry.address = event.address;
    entry.range = event.range;
    if (Result<Lsn> recorded = keyspace.record(state, std::move(entry)); !recorded)
      return tl::make_unexpected(recorded.error());
    ++added;
  }
  return added;
}

}  // namespace skerry::sync
