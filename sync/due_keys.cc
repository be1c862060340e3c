#include "sync/due_keys.h"

#include <algorithm>

#include "crdt/expiry.h"
#include "crdt/payload.h"
#include "crdt/string.h"
#include "sync/cell_rows.h"
#include "sync/limits.h"

namespace skerry::sync {

namespace {

std::uint64_t in_milliseconds(core::WallTime time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, core::unix_milliseconds(time)));
}

// Deadlines may be as far away as 64 bits of milliseconds reach: those are never due, to us.
core::WallTime long_after(core::WallTime time) {
  const core::WallTime last = core::WallTime::max() - expiry_by_another_after;
  return std::min(time, last) + expiry_by_another_after;
}

// Of an expiry cell without a key: at once where it was written.  Elsewhere it counts when that was, not what it says,
// which may be a time for ever away, or none.  A stamp of a wrong clock tells nothing.
std::uint64_t due_of_stray(const crdt::Cell& expiry, const core::ReplicaId& self, core::WallTime now) {
  if (expiry.empty()) return 0;
  core::WallTime written{};
  for (const crdt::Cell::Entry& entry : expiry.entries()) {
    if (entry.dot.replica == self) return 1;
    const core::WallTime stamped = crdt::stamp_of(entry.payload).wall();
    if (stamped <= now + crdt::clock_bound) written = std::max(written, stamped);
  }
  return in_milliseconds(long_after(written));
}

}  // namespace

std::uint64_t due_of(const CachedKey& key, const core::ReplicaId& self, core::WallTime now) {
  if (!key.present()) return due_of_stray(key.expiry(), self, now);
  const crdt::Cell& string = key.string.cell;
  core::WallTime due = core::WallTime::max();
  if (const auto deadline = crdt::effective_deadline(string, key.expiry(), now)) {
    const bool ours = crdt::deadline_writer(string, key.expiry(), now) == self;
    due = ours ? *deadline : long_after(*deadline);
  }
  if (string.size() > 1) {  // concurrent registers may have different deadlines
    if (const auto time = crdt::winner_changes_at(string, now)) due = std::min(due, *time);
  }
  return due == core::WallTime::max() ? 0 : in_milliseconds(due);
}

void DueKeys::changed(CachedKey& key) {
  if (key.due() == 0) return;
  changed_.push_back({key.due(), &key});
  std::push_heap(changed_.begin(), changed_.end());
}

void DueKeys::freeze() {
  frozen_ = std::exchange(changed_, {});
}

void DueKeys::flushed() {
  frozen_ = {};
  looked_to_.clear();
  stored_from_ = 0;
}

void DueKeys::take_from(std::vector<Entry>& heap, std::uint64_t now, std::size_t count, std::vector<Due>& to) {
  while (!heap.empty() && heap.front().due <= now && to.size() < count) {
    const Entry& entry = heap.front();
    if (entry.key->due() == entry.due) to.push_back({entry.due, entry.key->space, core::Bytes(entry.key->name())});
    std::pop_heap(heap.begin(), heap.end());
    heap.pop_back();
  }
}

core::Result<std::vector<DueKeys::Due>> DueKeys::take(core::WallTime wall, std::size_t count) {
  std::vector<Due> due;
  const std::uint64_t now = in_milliseconds(wall);
  take_from(frozen_, now, count, due);
  take_from(changed_, now, count, due);
  if (due.size() >= count || now < stored_from_) return due;
  std::optional<core::Error> error;
  const core::Bytes first = looked_to_.empty() ? due_row_key(0, {}) : looked_to_;
  stored_from_ = UINT64_MAX;
  const auto scanned =
      store_.scan(first, beyond_prefix(core::Bytes("\xff\xfe", 2)), [&](BytesView key, BytesView value) {
        auto row = read_due_row(key, value);
        if (!row) {
          error = row.error();
          return false;
        }
        if (row->due > now || due.size() >= count) {
          stored_from_ = row->due;
          return false;
        }
        looked_to_.assign(key);
        looked_to_.push_back('\0');  // the next possible key
        due.push_back({row->due, row->space, std::move(row->name)});
        return true;
      });
  if (!scanned) return core::failure(scanned);
  if (error) return tl::make_unexpected(std::move(*error));
  return due;
}

}  // namespace skerry::sync
