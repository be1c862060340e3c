// The locks and the shared memory that SQLite's connections within one process have on files.
// The rules are those of https://sqlite.org/lockingv3.html and, for the shared memory, of sqlite3_io_methods.xShmLock.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace skerry::simulations {

class VfsLocks {
 public:
  using FileId = std::uint64_t;
  // What one connection has of one file.
  struct Holder {
    int level = SQLITE_LOCK_NONE;
    bool maps = false;
    unsigned shared = 0, exclusive = 0;  // of the shared memory's locks, one bit each
  };

  // --- the file's lock.  SQLITE_OK or SQLITE_BUSY.
  int lock(FileId file, Holder& holder, int level);
  void unlock(FileId file, Holder& holder, int level);
  bool reserved(FileId file) const;

  // --- the shared memory.  It is there as long as somebody maps it.
  // How many regions there are; from now on the holder maps it.
  std::size_t regions(FileId file, Holder& holder);
  void add_region(FileId file, std::size_t size);
  void* region(FileId file, std::size_t number);  // REQUIRES number < regions
  int lock_shared(FileId file, Holder& holder, int first, int count, int flags);
  void unmap(FileId file, Holder& holder);

  // All of it is given back.
  void leave(FileId file, Holder& holder);

 private:
  struct Locks {
    int sharers = 0;  // with any level
    bool reserved = false, pending = false, exclusive = false;
    int mappers = 0;
    std::vector<std::unique_ptr<std::uint64_t[]>> regions;
    std::array<int, SQLITE_SHM_NLOCK> shared{};
    std::array<bool, SQLITE_SHM_NLOCK> exclusively{};
  };
  std::map<FileId, Locks> locks_;
};

}  // namespace skerry::simulations
