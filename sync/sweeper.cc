#include "sync/sweeper.h"

#include <algorithm>

#include "core/ensure.h"
#include "sync/event_log.h"

namespace skerry::sync {

namespace {

// About a millisecond of work.
constexpr std::size_t rows_a_step = 1'000;
constexpr std::size_t keys_a_step = 200;  // each is read by itself

Bytes with_kind(BytesView prefix, Kind kind) {
  Bytes address(prefix);
  core::put_u8(address, static_cast<std::uint8_t>(kind));
  return address;
}

// The next possible key of a row.
Bytes behind(BytesView address) {
  Bytes next(address);
  next.push_back('\0');
  return next;
}

}  // namespace

// A stretch of rows, and what they pass through.
struct Sweeper::Slice {
  const SpaceRemovals* removals = nullptr;  // null: none of the space
  Bytes prefix;                             // of the key whose rows come
  crdt::CausalContext pending;              // of that key
  std::vector<Bytes> to_touch;
};

bool Sweeper::has_work() const {
  if (failed_) return false;
  const CellTable& table = cells_.table();
  const auto stale = [](const auto& entry) { return !entry.second.context.empty(); };
  return table.pending_keys() > 0 || std::any_of(table.removals().begin(), table.removals().end(), stale);
}

std::size_t Sweeper::slice_rows() const {
  core::ensure(rows_left_ > 0);
  return std::min(rows_a_step, rows_left_);
}

void Sweeper::begin() {
  rows_left_ = failed_ ? 0 : aims_.rows_a_flush;
  keys_done_ = cells_.table().pending_keys() == 0;
  for (const auto& [space, removals] : cells_.table().removals()) {
    SpaceSweep& sweep = spaces_[space];
    if (sweep.removals == removals) continue;
    sweep.removals = removals;
    sweep.done = removals.context.empty();
    sweep.next.clear();
    core::put_space_prefix(sweep.next, space);
    sweep.next_number = number_row_key(space, 0);
  }
}

void Sweeper::step(WallTime now) {
  if (rows_left_ > 0 && has_work()) {
    if (const auto swept = sweep(now); !swept) failed_ = true;
  } else {
    rows_left_ = 0;
  }
  if (failed_ || rows_left_ == 0) flusher_.swept();
}

// One slice.  Keys take half of a flush at most, if there are spaces too.
Result<void> Sweeper::sweep(WallTime now) {
  const auto todo = std::find_if(spaces_.begin(), spaces_.end(), [](const auto& entry) { return !entry.second.done; });
  if (!keys_done_ && (todo == spaces_.end() || rows_left_ > aims_.rows_a_flush / 2)) return sweep_key();
  if (todo != spaces_.end()) return sweep_space(todo->first, todo->second, now);
  rows_left_ = 0;
  return {};
}

// --- one key

Result<std::optional<KeyRow>> Sweeper::key_row(BytesView prefix) const {
  const auto bytes = store_.read(with_kind(prefix, Kind::row));
  if (!bytes) return core::failure(bytes);
  if (!*bytes) return std::nullopt;
  auto row = read_key_row(**bytes, replicas_);
  if (!row) return core::failure(row);
  return std::move(*row);
}

// The next one in the index whose removals are pending.
Result<bool> Sweeper::next_key() {
  const Bytes first = pending_row_key({});
  std::optional<core::Error> error;
  std::optional<KeySweep> found;
  const Bytes from = std::max(first, next_key_);
  const auto scanned = store_.scan(from, beyond_prefix(first), [&](BytesView key, BytesView row) {
    auto address = read_pending_row(key, row);
    if (!address) {
      error = address.error();
      return false;
    }
    next_key_ = behind(key);
    found.emplace();
    found->prefix = key.substr(first.size());
    found->address = std::move(*address);
    return false;
  });
  if (!scanned) return core::failure(scanned);
  if (error) return tl::make_unexpected(std::move(*error));
  key_ = std::move(found);
  if (!key_) next_key_.clear();
  return key_.has_value();
}

Result<void> Sweeper::sweep_key() {
  if (!key_) {
    --rows_left_;
    const auto next = next_key();
    if (!next) return core::failure(next);
    keys_done_ = !*next;
    if (!*next || rows_left_ == 0) return {};
  }
  const auto row = key_row(key_->prefix);
  if (!row) return core::failure(row);
  if (!*row || (*row)->pending.empty()) {  // its index row goes with this flush
    key_.reset();
    return {};
  }
  if (key_->context != (*row)->pending) {
    key_->context = (*row)->pending;
    key_->next = with_kind(key_->prefix, Kind::hash);
  }
  Slice slice;
  const auto of_space = spaces_.find(key_->address.space);
  if (of_space != spaces_.end()) slice.removals = &of_space->second.removals;
  slice.prefix = key_->prefix;
  slice.pending = key_->context;
  const auto ended = scan(slice, key_->next, beyond_prefix(key_->prefix));
  if (!ended) return core::failure(ended);
  if (!*ended) return {};
  swept_keys_.push_back(std::move(*key_));
  key_.reset();
  return {};
}

// --- a whole space

Result<void> Sweeper::sweep_space(Space space, SpaceSweep& sweep, WallTime now) {
  Bytes prefix;
  core::put_space_prefix(prefix, space);
  const Bytes limit = beyond_prefix(prefix);
  if (sweep.next == limit) return sweep_numbers(space, sweep);
  Slice slice;
  slice.removals = &sweep.removals;
  if (sweep.next != prefix) {
    slice.prefix = key_prefix_of(sweep.next);
    auto row = key_row(slice.prefix);
    if (!row) return core::failure(row);
    if (*row) slice.pending = std::move((*row)->pending);
  }
  const auto ended = scan(slice, sweep.next, limit);
  if (!ended) return core::failure(ended);
  if (*ended) sweep.next = limit;
  return touch(slice.to_touch, space, now);
}

// Every key that is left has a number beyond.
Result<void> Sweeper::sweep_numbers(Space space, SpaceSweep& sweep) {
  std::size_t looked_at = 0;
  const std::size_t rows_max = slice_rows();
  const Bytes limit = number_row_key(space, sweep.removals.numbered + 1);
  const Bytes first = sweep.next_number;
  const auto scanned = store_.scan(first, limit, [&](BytesView key, BytesView) {
    flusher_.put_swept(Bytes(key), std::nullopt);
    sweep.next_number = behind(key);
    return ++looked_at < rows_max;
  });
  rows_left_ -= looked_at;
  rows_looked_at_ += looked_at;
  if (!scanned) return scanned;
  sweep.done = looked_at < rows_max;
  return {};
}

// Keys that may have survived are looked into by loading them.
Result<void> Sweeper::touch(const std::vector<Bytes>& names, Space space, WallTime now) {
  for (const Bytes& name : names) {
    const auto key = cells_.key(space, name);
    if (!key) return core::failure(key);
    upkeep_.touched(**key, now);
  }
  if (!names.empty() && cells_.table().dirty_bytes() > aims_.dirty_bytes) rows_left_ = 0;
  return {};
}

// --- rows

// Whether the end was reached.
Result<bool> Sweeper::scan(Slice& slice, Bytes& next, BytesView limit) {
  std::size_t looked_at = 0;
  const std::size_t rows_max = slice_rows();
  bool full = false;
  Result<void> looked;
  const Bytes first = next;
  const auto scanned = store_.scan(first, limit, [&](BytesView address, BytesView row) {
    looked = look_at(slice, address, row);
    next = behind(address);
    ++looked_at;
    full = looked_at == rows_max || slice.to_touch.size() == keys_a_step;
    return !full && looked.has_value();
  });
  rows_left_ -= looked_at;
  rows_looked_at_ += looked_at;
  if (!scanned) return core::failure(scanned);
  if (!looked) return core::failure(looked);
  return !full;
}

Result<void> Sweeper::look_at(Slice& slice, BytesView address, BytesView row) {
  if (slice.prefix.empty() || !address.starts_with(slice.prefix)) {
    slice.prefix = key_prefix_of(address);
    slice.pending = {};
  }
  if (static_cast<Kind>(address[slice.prefix.size()]) == Kind::row) {
    auto read = read_key_row(row, replicas_);
    if (!read) return core::failure(read);
    slice.pending = std::move(read->pending);
    if (read->epoch < slice.removals->unresolved) {
      slice.to_touch.push_back(core::decode_address(address)->key);
    } else if (read->epoch < slice.removals->epoch && slice.pending.empty()) {
      flusher_.put_swept(Bytes(address), std::nullopt);
      if (read->due != 0) flusher_.put_swept(due_row_key(read->due, slice.prefix), std::nullopt);
    }
    return {};
  }
  auto cell = read_cell_row(row, replicas_);
  if (!cell) return core::failure(cell);
  bool removed = cell->remove_seen(slice.pending);
  if (slice.removals != nullptr && cell->remove_seen(slice.removals->context)) removed = true;
  if (!removed) return {};
  flusher_.put_swept(Bytes(address), cell->empty() ? std::nullopt : std::optional(cell_row(*cell, replicas_)));
  return {};
}

void Sweeper::flushed() {
  CellTable& table = cells_.table();
  for (const KeySweep& swept : swept_keys_) {
    const auto key = cells_.key(swept.address.space, swept.address.key);
    if (!key) {
      failed_ = true;
      continue;
    }
    if (!(*key)->pending() || *(*key)->members->pending != swept.context) continue;
    table.set_pending(**key, {});
    table.dirtied(**key);
  }
  swept_keys_.clear();
  for (auto& [space, sweep] : spaces_) {
    if (!sweep.done || sweep.removals.context.empty() || *table.removals(space) != sweep.removals) continue;
    sweep.removals.context = {};
    table.set_removals(space, sweep.removals);
  }
}

}  // namespace skerry::sync
