// What a keyspace does once, at the start: facts, the log from its first entry, redo beyond what was flushed.
#include <map>

#include "core/ensure.h"
#include "sync/cells.h"
#include "sync/fault.h"
#include "sync/flusher.h"
#include "sync/keyspace.h"
#include "sync/segment.h"
#include "sync/staging.h"
#include "sync/upkeep.h"

namespace skerry::sync {

namespace {

tl::unexpected<core::Error> damaged(const char* what) {
  return core::fail(core::ErrorCode::corrupt, what);
}

}  // namespace

Result<void> Keyspace::load(const Now& now) {
  wall_ = now.wall;
  if (store_.flushed_to() > store_.appended_to()) {
    return damaged("The rows hold more than the log: one of the two files was replaced.");
  }
  auto loaded = load_replicas();
  if (loaded) loaded = load_spaces();
  if (!loaded) return loaded;
  std::optional<core::Error> error;
  const auto read = store_.read_log(1, [&](Lsn first, Lsn last, BytesView bytes) {
    auto replayed = replay(first, last, bytes, now);
    if (!replayed) error = std::move(replayed.error());
    return !error;
  });
  if (!read) return read;
  if (error) return tl::make_unexpected(std::move(*error));
  void_unfinished_blocks();
  flushed_at_ = now.instant;
  return {};
}

// Both files know the numbers of replica ids; the log may know more, the rows never others.
Result<void> Keyspace::load_replicas() {
  std::map<Bytes, Bytes> facts;
  bool agree = true;
  const auto add = [&](BytesView key, BytesView value) {
    const auto [found, added] = facts.emplace(key, value);
    agree = agree && found->second == value;
    return agree;
  };
  ReplicaTable::Index of_log = 0;
  ReplicaTable::Index of_rows = 0;
  auto read =
      store_.log_facts(replica_facts, [&](BytesView key, BytesView value) { return ++of_log, add(key, value); });
  if (!read) return read;
  read = store_.row_facts(replica_facts, [&](BytesView key, BytesView value) { return ++of_rows, add(key, value); });
  if (!read) return read;
  if (!agree) return damaged("The two files number replicas differently: one of them was replaced.");
  for (const auto& [key, value] : facts) {
    auto added = add_replica_fact(replicas_, key, value);
    if (!added) return added;
  }
  staging_->replicas_known(of_log);
  flusher_->replicas_known(of_rows);
  return {};
}

Result<void> Keyspace::load_spaces() {
  std::optional<core::Error> error;
  const auto take = [&](BytesView facts, BytesView key, auto value, auto&& apply) {
    const auto space = read_space_fact_key(facts, key);
    if (!space)
      error = space.error();
    else if (!value)
      error = value.error();
    else
      apply(state(*space), *value);
    return !error;
  };
  auto read = store_.row_facts(space_facts, [&](BytesView key, BytesView value) {
    return take(space_facts, key, read_space_fact(value, replicas_), [&](SpaceState& state, const SpaceFact& fact) {
      state.keys = fact.keys;
      state.tallied = fact.tallied;
      state.leftover = fact.leftover;
      state.numbered = fact.numbered;
      if (fact.removals.epoch > 0) table_->set_removals(state.space, fact.removals);
    });
  });
  if (!read) return read;
  read = store_.log_facts(block_facts, [&](BytesView key, BytesView value) {
    return take(block_facts, key, read_block_fact(value),
                [](SpaceState& state, core::Sequence reserved_to) { state.reserved_to = reserved_to; });
  });
  if (!read) return read;
  if (error) return tl::make_unexpected(std::move(*error));
  std::uint64_t pending = 0;
  const Bytes first = pending_row_key({});
  read = store_.scan(first, beyond_prefix(first), [&](BytesView, BytesView) { return ++pending > 0; });
  table_->pending_keys_loaded(pending);
  return read;
}

Result<void> Keyspace::replay(Lsn first, Lsn last, BytesView bytes, const Now& now) {
  auto segment = SegmentReader::open(bytes, replicas_);
  if (!segment) return core::failure(segment);
  if (segment->count() != last - first + 1) return damaged("A log segment does not hold the entries that it should.");
  if (segment->stamp() > clock_.last() && !planted(NodeFault::clock_begins_again))
    clock_ = core::HybridClock(segment->stamp());
  for (Lsn lsn = first;; ++lsn) {
    auto entry = segment->next();
    if (!entry) return core::failure(entry);
    if (!*entry) break;
    const auto replayed = replay(*segment, **entry, lsn, now);
    if (!replayed) return replayed;
    trim();
  }
  if (last > store_.flushed_to()) unflushed_log_bytes_ += bytes.size();
  return {};
}

Result<void> Keyspace::replay(const SegmentReader& segment, SegmentEntry& entry, Lsn lsn, const Now& now) {
  core::ByteReader reader(entry.address);
  SpaceState& space = state(Space{reader.u16()});
  const bool redo = lsn > store_.flushed_to();
  if (redo && entry.type == EventType::range && !planted(NodeFault::redo_forgets_removals)) {
    const auto applied = apply_range(space, entry.address, entry.range, lsn);
    if (!applied) return applied;
  }
  if (entry.type) {
    LogEntry logged;
    logged.type = *entry.type;
    logged.dot = entry.dot;
    logged.first = entry.first;
    logged.batch = entry.batch;
    if (entry.type != EventType::void_) logged.address = entry.address;
    logged.range = std::move(entry.range);
    logged.lsn = lsn;
    space.log.append(logged);
    note(space, logged);
  }
  if (!redo || !entry.image || planted(NodeFault::redo_forgets_cells)) return {};
  auto cell = segment.cell(*entry.image);
  if (!cell) return core::failure(cell);
  const auto address = core::decode_address(entry.address);  // the reader has checked it
  const auto place = cells_->place(address->view(), cell->empty());
  if (!place) return core::failure(place);
  if (*place) set(space, **place, std::move(*cell), lsn, now.wall);
  return {};
}

// Every sequence of a block that was reserved and not used before the stop is accounted for by one event, so that
// contexts have no holes; none of them can be given to a second event (I1).
void Keyspace::void_unfinished_blocks() {
  for (const auto& [space, state] : states_) {
    const core::Sequence used = state->context.greatest(self());
    if (planted(NodeFault::block_used_twice) && state->reserved_to > 0) {
      state->next = state->reserved_to - sequence_block + 1;
      continue;
    }
    if (used < state->reserved_to) {
      LogEntry entry;
      entry.type = EventType::void_;
      entry.dot = {self(), state->reserved_to};
      entry.first = used + 1;
      entry.batch = {state->reserved_to, 1};
      core::ensure(record(*state, std::move(entry)).has_value());  // it reads no cell
    }
    state->next = std::max(used, state->reserved_to) + 1;
  }
}

}  // namespace skerry::sync
