#include "simulations/vfs_locks.h"

#include "core/ensure.h"

namespace skerry::simulations {

using core::ensure;

int VfsLocks::lock(FileId file, Holder& holder, int level) {
  if (level <= holder.level) return SQLITE_OK;
  Locks& locks = locks_[file];
  if (level == SQLITE_LOCK_SHARED) {
    if (locks.pending || locks.exclusive) return SQLITE_BUSY;
    ++locks.sharers;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (locks.reserved) return SQLITE_BUSY;
    locks.reserved = true;
  } else {
    ensure(level == SQLITE_LOCK_EXCLUSIVE);
    // Another's: a hot journal may be rolled back by one that never was reserved.
    if (locks.pending && holder.level < SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    if (locks.reserved && holder.level < SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
    locks.reserved = locks.pending = true;
    holder.level = SQLITE_LOCK_PENDING;
    if (locks.sharers > 1) return SQLITE_BUSY;
    locks.exclusive = true;
  }
  holder.level = level;
  return SQLITE_OK;
}

void VfsLocks::unlock(FileId file, Holder& holder, int level) {
  if (level >= holder.level) return;
  Locks& locks = locks_[file];
  if (holder.level >= SQLITE_LOCK_RESERVED) locks.reserved = locks.pending = locks.exclusive = false;
  if (level == SQLITE_LOCK_NONE) --locks.sharers;
  holder.level = level;
}

bool VfsLocks::reserved(FileId file) const {
  const auto found = locks_.find(file);
  return found != locks_.end() && found->second.reserved;
}

std::size_t VfsLocks::regions(FileId file, Holder& holder) {
  Locks& locks = locks_[file];
  if (!holder.maps) ++locks.mappers;
  holder.maps = true;
  return locks.regions.size();
}

void VfsLocks::add_region(FileId file, std::size_t size) {
  locks_[file].regions.push_back(std::make_unique<std::uint64_t[]>((size + 7) / 8));
}

void* VfsLocks::region(FileId file, std::size_t number) {
  return locks_[file].regions.at(number).get();
}

int VfsLocks::lock_shared(FileId file, Holder& holder, int first, int count, int flags) {
  Locks& locks = locks_[file];
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const bool gives_back = (flags & SQLITE_SHM_UNLOCK) != 0;
  ensure(first + count <= SQLITE_SHM_NLOCK);
  for (int i = first; i < first + count && !gives_back; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    const bool mine = (holder.shared >> i & 1) != 0;
    if (locks.exclusively[slot] && (holder.exclusive >> i & 1) == 0) return SQLITE_BUSY;
    if (exclusive && locks.shared[slot] > (mine ? 1 : 0)) return SQLITE_BUSY;
  }
  for (int i = first; i < first + count; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    const unsigned bit = 1u << i;
    if (gives_back) {
      if ((holder.exclusive & bit) != 0) locks.exclusively[slot] = false;
      if ((holder.shared & bit) != 0) --locks.shared[slot];
      holder.exclusive &= ~bit;
      holder.shared &= ~bit;
    } else if (exclusive) {
      locks.exclusively[slot] = true;
      holder.exclusive |= bit;
    } else if ((holder.shared & bit) == 0) {
      ++locks.shared[slot];
      holder.shared |= bit;
    }
  }
  return SQLITE_OK;
}

void VfsLocks::unmap(FileId file, Holder& holder) {
  if (!holder.maps) return;
  lock_shared(file, holder, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
  holder.maps = false;
  Locks& locks = locks_[file];
  if (--locks.mappers == 0) locks.regions.clear();
}

void VfsLocks::leave(FileId file, Holder& holder) {
  unmap(file, holder);
  unlock(file, holder, SQLITE_LOCK_NONE);
}

}  // namespace skerry::simulations
