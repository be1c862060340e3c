#include "sync/flusher.h"

#include <algorithm>

#include "core/ensure.h"
#include "sync/cell_rows.h"
#include "sync/fault.h"

namespace skerry::sync {

namespace {

// About half a millisecond of work.
constexpr std::size_t items_a_step = 1'000;
constexpr std::size_t run_rows_max = 1'000;
constexpr std::size_t rows_ordered_a_step = 2'000;

core::Bytes address_of(const CachedKey& key, Kind kind) {
  core::Bytes address;
  address.reserve(key.prefix_size + 1);
  address.append(key.prefix());
  core::put_u8(address, static_cast<std::uint8_t>(kind));
  return address;
}

KeyRow row_of(const CachedKey& key) {
  KeyRow row;
  row.version = key.version;
  row.number = key.vanished() ? 0 : key.number;
  row.due = key.due();
  row.epoch = key.epoch;
  if (!key.members) return row;
  row.counts = key.members->counts;
  if (key.members->pending) row.pending = *key.members->pending;
  return row;
}

}  // namespace

void Flusher::begin(Lsn complete_to, std::vector<Row> facts) {
  core::ensure(stage_ == Stage::idle);
  frozen_ = table_.freeze();
  next_frozen_ = 0;
  rows_ = 0;
  flush_ = {.complete_to = complete_to, .rows = {}, .facts = std::move(facts)};
  stage_ = Stage::encoding;
}

void Flusher::put(core::Bytes key, std::optional<core::Bytes> value) {
  constexpr std::size_t allocator_overhead = 16;
  bytes_ += sizeof(Row) + key.capacity() + (value ? value->capacity() : 0) + 2 * allocator_overhead;
  run_.push_back({std::move(key), std::move(value)});
  ++rows_;
  if (run_.size() >= run_rows_max) end_run();
}

void Flusher::encode(CachedKey& key) {
  table_.settle_frozen(key);
  key.encoded = true;
  const bool vanished = key.vanished();
  const bool row_goes = vanished && !key.pending();
  const auto put_cell = [&](Kind kind, const crdt::Cell& cell) {
    put(address_of(key, kind), cell.empty() ? std::nullopt : std::optional(cell_row(cell, replicas_)));
  };
  if (!row_goes || key.stored) {
    put(address_of(key, Kind::row), row_goes ? std::nullopt : std::optional(key_row(row_of(key), replicas_)));
    if (key.string_dirty) put_cell(Kind::string, key.string.cell);
    if (key.expiry_dirty) put_cell(Kind::expiry, key.expiry());
  }
  if (vanished == key.listed) {
    put(number_row_key(key.space, key.number), vanished ? std::nullopt : std::optional(number_row(key.name())));
  }
  if (key.expires) {
    // A key that has just come (back) cannot know whether the row that it had before has been swept away.
    const std::uint64_t due = vanished ? 0 : key.due();
    std::uint64_t& stored = key.expires->due_stored;
    if (due != stored && stored != 0) put(due_row_key(stored, key.prefix()), std::nullopt);
    if (due != 0 && (due != stored || !key.listed)) put(due_row_key(due, key.prefix()), due_row());
    stored = due;
  }
  if (key.members && key.pending() != key.members->pending_listed) {
    put(pending_row_key(key.prefix()), key.pending() ? std::optional(pending_row()) : std::nullopt);
    key.members->pending_listed = key.pending();
  }
  key.stored = !row_goes;
  key.listed = !vanished;
  key.string_dirty = key.expiry_dirty = false;
  if (vanished) key.number = 0;  // should it come back, SCAN meets it at a new place
}

void Flusher::encode(CachedMember& member) {
  changing(*member.key);  // which may have been removed with all its members
  core::Bytes address;
  member.put_address(address);
  const crdt::Cell& cell = member.slot.cell;
  const bool gone = cell.empty() || table_.removed_when_frozen(member);
  put(std::move(address), gone ? std::nullopt : std::optional(cell_row(cell, replicas_)));
  member.encoded = true;
}

void Flusher::encode_slice() {
  const std::size_t end = std::min(frozen_.size(), next_frozen_ + items_a_step);
  for (; next_frozen_ < end; ++next_frozen_) {
    CacheItem& item = *frozen_[next_frozen_];
    if (!table_.waits_to_be_encoded(item)) continue;  // it was changed since, and encoded before that
    if (item.is_key) {
      encode(static_cast<CachedKey&>(item));
    } else {
      encode(static_cast<CachedMember&>(item));
    }
  }
  if (end < frozen_.size()) return;
  end_run();
  frozen_ = {};
  stage_ = Stage::sweeping;
}

void Flusher::swept() {
  core::ensure(sweeping());
  end_run();
  flush_.rows.reserve(rows_);
  stage_ = Stage::ordering;
}

void Flusher::end_run() {
  if (run_.empty()) return;
  std::sort(run_.begin(), run_.end(), [](const Row& one, const Row& other) { return one.key < other.key; });
  runs_.push_back({std::exchange(run_, {}), 0});
  run_.reserve(run_rows_max);
  heap_.push_back(runs_.size() - 1);
}

// Joins the runs through a heap (Knuth, TAOCP 3, 5.4.1: multiway merging).  Of two rows with one key the one that was
// put first counts: the later one was swept.
void Flusher::order_slice() {
  const auto later = [this](std::size_t one, std::size_t other) {
    const int order = runs_[other].rows[runs_[other].next].key.compare(runs_[one].rows[runs_[one].next].key);
    return order != 0 ? order < 0 : other < one;
  };
  if (flush_.rows.empty()) std::make_heap(heap_.begin(), heap_.end(), later);
  for (std::size_t i = 0; i < rows_ordered_a_step && !heap_.empty(); ++i) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Run& run = runs_[heap_.back()];
    Row& row = run.rows[run.next];
    if (flush_.rows.empty() || flush_.rows.back().key != row.key) flush_.rows.push_back(std::move(row));
    if (++run.next == run.rows.size()) {
      run.rows = {};
      heap_.pop_back();
    } else {
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
  }
  if (!heap_.empty()) return;
  runs_ = {};
  stage_ = Stage::waiting;
}

void Flusher::hand_over() {
  for (; replicas_stored_ < replicas_.size(); ++replicas_stored_) {
    flush_.facts.push_back({replica_fact_key(replicas_stored_), replica_fact(*replicas_.at(replicas_stored_))});
  }
  stage_ = Stage::storing;
  if (planted(NodeFault::flush_claims_too_much)) flush_.complete_to = store_.durable_to();
  const Lsn complete_to = flush_.complete_to;
  store_.flush(std::exchange(flush_, {}));
  flush_.complete_to = complete_to;
}

bool Flusher::waits() const {
  switch (stage_) {
    case Stage::idle:
    case Stage::encoding:
    case Stage::sweeping:
    case Stage::ordering:
      return false;
    case Stage::waiting:
      return store_.durable_to() < flush_.complete_to || store_.flushing();
    case Stage::storing:
      // Two flushes may be of one lsn: what is derived changes without an event.
      return store_.flushing() || store_.flushed_to() < flush_.complete_to;
  }
  return false;
}

bool Flusher::step() {
  switch (stage_) {
    case Stage::idle:
      return false;
    case Stage::encoding:
      encode_slice();
      return false;
    case Stage::sweeping:  // the owner's turn
      return false;
    case Stage::ordering:
      order_slice();
      return false;
    case Stage::waiting:
      if (waits()) return false;
      hand_over();
      [[fallthrough]];
    case Stage::storing:
      if (waits()) return false;
      stage_ = Stage::idle;
      bytes_ = 0;
      table_.flushed();
      return true;
  }
  return false;
}

}  // namespace skerry::sync
