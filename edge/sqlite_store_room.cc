// The store on a full disk (docs/decisions/0014-a-full-disk-is-a-mode.md).
#include <algorithm>
#include <iterator>

#include "edge/sqlite_store.h"

namespace skerry::edge {

using core::ErrorCode;
using core::Result;
using sync::Flush;
using sync::Room;
using sync::Segment;

namespace {

std::size_t bytes_of(const Flush& flush) {
  std::size_t bytes = 0;
  for (const sync::Row& row : flush.rows) bytes += row.key.size() + (row.value ? row.value->size() : 0);
  return bytes;
}

// The least and the most that a flush and a checkpoint may take: its rows lie together, or each of them costs the page
// where it is, those beside it and the one above.
struct Demand {
  std::size_t least = 0;
  std::size_t most = 0;
};
Demand demand_of(const Flush& flush, std::size_t wal_bytes) {
  constexpr std::size_t pages_a_row = 4, page_bytes = 4096;
  const std::size_t least = wal_bytes + 2 * bytes_of(flush);
  return {least, least + flush.rows.size() * pages_a_row * page_bytes};
}

}  // namespace

std::string SqliteStore::shortage() const {
  const std::lock_guard lock(mutex_);
  return shortage_;
}

void SqliteStore::set_room(Room room) {
  if (room_.exchange(room, std::memory_order_acq_rel) != room) moved();
}

void SqliteStore::fall_short(const core::Error& error) {
  if (room() != Room::enough) return;
  {
    const std::lock_guard lock(mutex_);
    shortage_ = error.detail;
  }
  set_room(Room::scarce);
}

// Of the log: while `work` fails for lack of space it is done again, each time with a piece of the reserve more, until
// only `kept` bytes of that are left.  What the last try came to; `failed` is the first.
Result<void> SqliteStore::from_reserve(Result<void> failed, std::size_t kept,
                                       const std::function<Result<void>()>& work) {
  const auto lacks = [](const Result<void>& done) { return !done && done.error().code == ErrorCode::no_space; };
  if (!lacks(failed)) return failed;
  fall_short(failed.error());
  cells_give_way_.store(true, std::memory_order_relaxed);
  hurry();
  const std::lock_guard alone(cells_write_);
  while (lacks(failed) && reserve_.bytes() > kept) {
    if (const Result<bool> given = reserve_.give(); !given) return tl::make_unexpected(given.error());
    failed = work();
  }
  return failed;
}

void SqliteStore::append_again(std::vector<Segment> segments) {
  const std::lock_guard lock(mutex_);
  for (const Segment& segment : segments) appended_bytes_ += segment.bytes.size();
  appended_.insert(appended_.begin(), std::make_move_iterator(segments.begin()),
                   std::make_move_iterator(segments.end()));
}

void SqliteStore::flush_again(Flush flush) {
  const std::lock_guard lock(mutex_);
  flush_ = std::move(flush);
}

// What they have written in vain goes back to the disk, unless what is before it cannot go to cells.db: then it stays
// set aside for the next try.  That comes when the disk has what they may do with, and twice what was not enough: each
// try fills the disk.
void SqliteStore::cells_fall_short(const core::Error& error) {
  Demand demand{cells_->wal_bytes(), cells_->wal_bytes()};
  {
    const std::lock_guard lock(mutex_);
    if (flush_) demand = demand_of(*flush_, cells_->wal_bytes());
  }
  const std::size_t not_enough = cells_bytes_lacked_.load(std::memory_order_acquire);
  const std::size_t lacked = std::min(std::max(demand.least, 2 * not_enough), demand.most);
  cells_bytes_lacked_.store(std::max<std::size_t>(lacked, 1), std::memory_order_release);
  fall_short(error);
  const Result<void> done = cells_->give_back();
  if (!done && done.error().code != ErrorCode::no_space) fail_with(done.error());
}

void SqliteStore::look_for_room() {
  if (failed() || room() == Room::enough) return;
  commit_all();
  if (failed() || room() == Room::none) return;
  // To look for space is to take it, for a moment: not from under a flush.
  const std::unique_lock alone(cells_write_, std::try_to_lock);
  if (!alone) return;
  // More than the reserve, or the next write would end it at once; and what waits for space shall find it.
  const std::size_t beyond =
      reserve_.bytes_wanted() / 2 + log_->wal_bytes() + cells_bytes_lacked_.load(std::memory_order_acquire);
  const Result<bool> enough = reserve_.refill(beyond);
  if (!enough) return fail_with(enough.error());
  if (!*enough) return;
  if (log_->checkpoint_due()) {
    const Result<void> done = log_->checkpoint();
    if (!done && done.error().code == ErrorCode::no_space) return;
    if (!done) return fail_with(done.error());
  }
  if (cells_bytes_lacked_.load(std::memory_order_acquire) == 0) return set_room(Room::enough);
  // The room is enough when they have written what they had to.
  cells_may_try_.store(true, std::memory_order_release);
  moved();
}

}  // namespace skerry::edge
