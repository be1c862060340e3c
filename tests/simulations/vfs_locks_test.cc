#include "simulations/vfs_locks.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

using Holder = VfsLocks::Holder;

TEST(VfsLocks, OneWriterAmongReadersAndNobodyBesideAnExclusiveOne) {
  VfsLocks locks;
  Holder reader, writer, other;
  EXPECT_EQ(locks.lock(1, reader, SQLITE_LOCK_SHARED), SQLITE_OK);
  EXPECT_EQ(locks.lock(1, writer, SQLITE_LOCK_SHARED), SQLITE_OK);
  EXPECT_FALSE(locks.reserved(1));
  EXPECT_EQ(locks.lock(1, writer, SQLITE_LOCK_RESERVED), SQLITE_OK);
  EXPECT_TRUE(locks.reserved(1));
  EXPECT_FALSE(locks.reserved(2)) << "another file's";
  EXPECT_EQ(locks.lock(1, reader, SQLITE_LOCK_RESERVED), SQLITE_BUSY);
  // It waits for the readers, and lets no new ones in.
  EXPECT_EQ(locks.lock(1, writer, SQLITE_LOCK_EXCLUSIVE), SQLITE_BUSY);
  EXPECT_EQ(locks.lock(1, other, SQLITE_LOCK_SHARED), SQLITE_BUSY);
  locks.unlock(1, reader, SQLITE_LOCK_NONE);
  EXPECT_EQ(locks.lock(1, writer, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
  EXPECT_EQ(locks.lock(1, other, SQLITE_LOCK_SHARED), SQLITE_BUSY);
  locks.unlock(1, writer, SQLITE_LOCK_SHARED);
  EXPECT_EQ(locks.lock(1, other, SQLITE_LOCK_SHARED), SQLITE_OK);
  locks.leave(1, writer);
  EXPECT_EQ(locks.lock(1, other, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
}

TEST(VfsLocks, SharedMemoryIsThereAsLongAsSomebodyMapsIt) {
  VfsLocks locks;
  Holder one, other;
  EXPECT_EQ(locks.regions(1, one), 0u);
  locks.add_region(1, 32'768);
  EXPECT_EQ(locks.regions(1, other), 1u);
  auto* const number = static_cast<std::uint64_t*>(locks.region(1, 0));
  *number = 7;
  locks.unmap(1, one);
  EXPECT_EQ(*static_cast<std::uint64_t*>(locks.region(1, 0)), 7u);
  locks.leave(1, other);
  EXPECT_EQ(locks.regions(1, one), 0u);
}

TEST(VfsLocks, OfTheSharedMemoryLocksAreSharedOrExclusive) {
  VfsLocks locks;
  Holder one, other;
  constexpr int take = SQLITE_SHM_LOCK, give = SQLITE_SHM_UNLOCK;
  locks.regions(1, one);
  locks.regions(1, other);
  EXPECT_EQ(locks.lock_shared(1, one, 3, 1, take | SQLITE_SHM_SHARED), SQLITE_OK);
  EXPECT_EQ(locks.lock_shared(1, other, 3, 1, take | SQLITE_SHM_SHARED), SQLITE_OK);
  EXPECT_EQ(locks.lock_shared(1, other, 2, 3, take | SQLITE_SHM_EXCLUSIVE), SQLITE_BUSY);
  EXPECT_EQ(locks.lock_shared(1, one, 2, 1, take | SQLITE_SHM_EXCLUSIVE), SQLITE_OK) << "none of three was taken";
  EXPECT_EQ(locks.lock_shared(1, other, 2, 1, take | SQLITE_SHM_SHARED), SQLITE_BUSY);
  EXPECT_EQ(locks.lock_shared(1, one, 2, 1, give | SQLITE_SHM_EXCLUSIVE), SQLITE_OK);
  EXPECT_EQ(locks.lock_shared(1, one, 3, 1, give | SQLITE_SHM_SHARED), SQLITE_OK);
  EXPECT_EQ(locks.lock_shared(1, other, 3, 1, give | SQLITE_SHM_SHARED), SQLITE_OK);
  EXPECT_EQ(locks.lock_shared(1, other, 0, 8, take | SQLITE_SHM_EXCLUSIVE), SQLITE_OK);
  EXPECT_EQ(locks.lock_shared(1, one, 7, 1, take | SQLITE_SHM_SHARED), SQLITE_BUSY);
  locks.leave(1, other);
  EXPECT_EQ(locks.lock_shared(1, one, 7, 1, take | SQLITE_SHM_SHARED), SQLITE_OK);
}

}  // namespace
}  // namespace skerry::simulations
