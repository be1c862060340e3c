#include "sync/keyspace.h"

#include <algorithm>

#include "core/ensure.h"
#include "crdt/payload.h"
#include "crdt/string.h"
#include "sync/cells.h"
#include "sync/due_keys.h"
#include "sync/fault.h"
#include "sync/flusher.h"
#include "sync/limits.h"
#include "sync/ranges.h"
#include "sync/staging.h"
#include "sync/sweeper.h"
#include "sync/upkeep.h"

namespace skerry::sync {

namespace {

// A key's prefix or the address of its row, taken apart.
std::optional<core::OwnedAddress> decode_key(BytesView prefix) {
  if (auto row = core::decode_address(prefix)) return row;
  Bytes with_kind(prefix);
  core::put_u8(with_kind, static_cast<std::uint8_t>(Kind::row));
  return core::decode_address(with_kind);
}

tl::unexpected<core::Error> no_address() {
  return core::fail(core::ErrorCode::malformed, "bytes that are no address of a cell");
}

}  // namespace

Keyspace::Keyspace(Store& store, const Options& options)
    : store_(store),
      options_(options),
      table_(std::make_unique<CellTable>(options.seed, store.flushed_to() == 0)),
      flusher_(std::make_unique<Flusher>(store, *table_, replicas_)),
      cells_(std::make_unique<Cells>(store, replicas_, *table_, *flusher_)),
      due_keys_(std::make_unique<DueKeys>(store)),
      upkeep_(std::make_unique<Upkeep>(options.self, *table_, *flusher_, *due_keys_)),
      sweeper_(std::make_unique<Sweeper>(
          store, replicas_, *cells_, *flusher_, *upkeep_,
          Sweeper::Aims{options.ranges.rows_swept_a_flush, options.cache_bytes / 100 * dirty_percent_max / 2})),
      staging_(std::make_unique<Staging>(replicas_, store.appended_to())),
      ranges_(std::make_unique<Ranges>(*cells_, *flusher_, *upkeep_, *staging_, options.ranges)) {}

Keyspace::~Keyspace() = default;

SpaceState& Keyspace::state(Space space) {
  const auto found = states_.find(space);
  if (found != states_.end()) [[likely]]
    return *found->second;
  core::ensure(space.number < pending_rows);
  return *states_.emplace(space, std::make_unique<SpaceState>(space, options_.seed)).first->second;
}

void Keyspace::prefetch(Space space, std::span<const BytesView> names) const {
  table_->prefetch(space, names);
}

void Keyspace::reserve(SpaceState& state) {
  state.reserved_to = state.next - 1 + sequence_block;
  staging_->fact(space_fact_key(block_facts, state.space), block_fact(state.reserved_to));
}

// --- peers

Result<void> Keyspace::join_cell(SpaceState& state, BytesView encoded, const crdt::Cell& theirs,
                                 const crdt::CausalContext& seen, const Now& now) {
  wall_ = now.wall;
  const auto address = core::decode_address(encoded);
  if (!address || address->space != state.space || address->kind == Kind::row) return no_address();
  const auto found = cells_->place(address->view(), theirs.empty());
  if (!found) return core::failure(found);
  if (!*found) return {};
  Slot& slot = (*found)->slot();
  crdt::Cell joined = crdt::join(slot.cell, state.context, theirs, seen);
  // An honest peer sends nothing that a removal of the same chunk holds.  Another's must not be counted and then
  // hidden.
  cells_->pass(*(*found)->key, joined);
  if (joined == slot.cell) return {};
  for (const crdt::Cell::Entry& entry : joined.entries()) {
    if (slot.cell.contains(entry.dot)) continue;
    const auto bound = planted(NodeFault::clock_runs_away) ? std::chrono::hours(24 * 3'650) : crdt::clock_bound;
    if (!clock_.observe(crdt::stamp_of(entry.payload), now.wall, bound)) ++writes_ahead_;
  }
  set(state, **found, std::move(joined), staged_to() + 1, now.wall);
  staging_->joined(&slot, encoded);
  return {};
}

void Keyspace::set(SpaceState& state, const Place& place, crdt::Cell cell, Lsn version, WallTime now) {
  const auto ranked_score = upkeep_->changing(*place.key, place.member, now);
  place.slot().cell = std::move(cell);
  upkeep_->changed(state, *place.key, place.kind, place.member, ranked_score, version, now);
}

Result<void> Keyspace::apply_range(SpaceState& state, BytesView prefix, const crdt::CausalContext& range) {
  return apply_range(state, prefix, range, staged_to() + 1);
}

Result<void> Keyspace::apply_range(SpaceState& state, BytesView prefix, const crdt::CausalContext& range, Lsn version) {
  if (range.empty()) return {};
  range_since_segment_ = true;
  if (prefix.size() == sizeof(Space)) return ranges_->remove_space(state, range, version, wall_);
  const auto address = decode_key(prefix);
  if (!address || address->space != state.space) return no_address();
  return ranges_->remove_key(state, address->key, range, version, wall_);
}

// The image of the cell goes along even if the event changed nothing here: whoever reads the log from the middle has
// nothing else to know the cell by (sync/chunk_slice.h).
Result<Lsn> Keyspace::record(SpaceState& state, LogEntry entry) {
  Slot no_cell;
  Slot* slot = nullptr;
  if (entry.type == EventType::cell) {
    const auto address = core::decode_address(entry.address);
    if (!address || address->space != state.space || address->kind == Kind::row) return no_address();
    const auto found = cells_->place(address->view(), true);
    if (!found) return core::failure(found);
    slot = *found ? &(*found)->slot() : &no_cell;
  }
  const Lsn lsn = staging_->add(state.space, entry, slot, state.log);
  note(state, entry);
  return lsn;
}

// Everything that goes into the log goes into the context.
void Keyspace::note(SpaceState& state, const LogEntry& entry) {
  if (entry.type == EventType::void_) {
    state.context.add(entry.dot.replica, {entry.first, entry.dot.sequence});
  } else {
    state.context.add(entry.dot);
  }
}

Result<crdt::Cell> Keyspace::cell(SpaceState& state, BytesView encoded) {
  const auto address = core::decode_address(encoded);
  if (!address || address->space != state.space || address->kind == Kind::row) return no_address();
  const auto found = cells_->place(address->view(), true);
  if (!found) return core::failure(found);
  return *found ? (*found)->slot().cell : crdt::Cell();
}

Result<void> Keyspace::for_each_cell(SpaceState& state,
                                     const std::function<bool(BytesView address, const crdt::Cell& cell)>& visit) {
  return cells_->walk_space(state.space, {}, visit);
}

// --- the disk

Lsn Keyspace::staged_to() const {
  return staging_->staged_to();
}

// The images of joined cells come after the removals that followed them, and must show what those took.
void Keyspace::settle_joined() {
  if (!std::exchange(range_since_segment_, false)) return;
  for (BytesView address : staging_->joined()) {
    // They are dirty, so they are in memory: this cannot fail.
    core::ensure(cells_->place(core::decode_address(address)->view(), true).has_value());
  }
}

// The rows of a flush under way are cells too, and in memory twice: the clean ones make room for them, up to a half.
void Keyspace::trim() {
  const std::size_t cache_bytes = options_.cache_bytes;
  cells_->table().trim(cache_bytes - std::min(cache_bytes / 2, flusher_->bytes()));
}

std::optional<Segment> Keyspace::take_segment() {
  settle_joined();
  auto segment = staging_->take(clock_.last());
  if (segment) {
    store_moved();
    unflushed_log_bytes_ += segment->bytes.size();
    unsynced_bytes_ += segment->bytes.size();
    unsynced_.push_back({segment->last, segment->bytes.size()});
  }
  trim();
  return segment;
}

void Keyspace::store_moved() {
  const Lsn durable_to = store_.durable_to();
  for (; !unsynced_.empty() && unsynced_.front().last <= durable_to; unsynced_.pop_front()) {
    unsynced_bytes_ -= unsynced_.front().bytes;
  }
}

bool Keyspace::full() const {
  return unsynced_bytes_ > unsynced_bytes_max ||
         cells_->table().dirty_bytes() > options_.cache_bytes / 100 * dirty_percent_max;
}

bool Keyspace::flush_due(const Now& now) const {
  if (flusher_->under_way()) return true;
  const CellTable& table = cells_->table();
  if (!has_dirty() && !sweeps()) return false;
  return !flushed_at_ || now.instant >= *flushed_at_ + (sweeps() ? sweep_every : flush_every) ||
         unflushed_log_bytes_ > flush_log_bytes ||
         table.dirty_bytes() > options_.cache_bytes / 100 * dirty_percent_max / 2;
}

bool Keyspace::has_dirty() const {
  return cells_->table().has_dirty();
}

bool Keyspace::flushed() const {
  return !has_dirty() && !flusher_->under_way();
}

bool Keyspace::sweeps() const {
  return sweeper_->has_work();
}

bool Keyspace::flush_waits() const {
  return flusher_->waits();
}

void Keyspace::flush_step(const Now& now) {
  wall_ = now.wall;
  if (!flusher_->under_way()) {
    if (cells_->table().has_dirty() || sweeps()) begin_flush(now);
  } else if (flusher_->sweeping()) {
    sweeper_->step(now.wall);
  } else if (flusher_->step()) {
    for (const auto& [space, state] : states_) state->new_keys_frozen = {};
    due_keys_->flushed();
    sweeper_->flushed();
  }
  trim();
}

void Keyspace::begin_flush(const Now& now) {
  std::vector<Row> facts;
  for (const auto& [space, state] : states_) {
    state->new_keys_frozen = std::exchange(state->new_keys, {});
    SpaceFact fact{state->keys, state->tallied, state->leftover, state->numbered, {}};
    if (const SpaceRemovals* removals = table_->removals(space)) fact.removals = *removals;
    facts.push_back({space_fact_key(space_facts, space), space_fact(fact, replicas_)});
  }
  due_keys_->freeze();
  sweeper_->begin();
  flusher_->begin(staged_to(), std::move(facts));
  flushed_at_ = now.instant;
  unflushed_log_bytes_ = 0;
}

// --- expiry

Result<core::Instant> Keyspace::remove_expired(const Now& now) {
  const auto early = std::chrono::seconds(planted(NodeFault::expiry_runs_ahead) ? 1 : 0);
  const auto due = due_keys_->take(now.wall + early, expiry_keys_a_turn);
  if (!due) return core::failure(due);
  for (const DueKeys::Due& key : *due) {
    const auto removed = remove_if_due(now, key.space, key.name);
    if (!removed) return core::failure(removed);
  }
  return due->size() == expiry_keys_a_turn ? now.instant : now.instant + expiry_interval;
}

Result<void> Keyspace::remove_if_due(const Now& now, Space space, BytesView name) {
  const auto key = cells_->key(space, name);
  if (!key) return core::failure(key);
  const std::uint64_t due_now = due_of(**key, self(), now.wall);
  const auto early = std::chrono::seconds(planted(NodeFault::expiry_runs_ahead) ? 1 : 0);
  if (due_now != 0 && due_now <= static_cast<std::uint64_t>(core::unix_milliseconds(now.wall + early))) {
    Transaction transaction = begin(space, now);
    auto access = transaction.key(name);
    if (!access) return core::failure(access);
    const auto removed = access->write().remove();
    // Nobody sees the key: that it cannot be removed now is no reason to stop.
    if (!removed && removed.error().code == core::ErrorCode::too_large) return {};
    return removed ? Result<void>() : core::failure(removed);
  }
  upkeep_->due_changed(**key, due_now);
  return {};
}

}  // namespace skerry::sync
