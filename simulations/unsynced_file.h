// The bytes of one file twice: as its readers see them, and as the disk holds them.  Between the two are the changes
// since the last sync, and a power cut chooses among those: lost, kept, torn, or the later kept though the earlier is
// lost.
#pragma once

#include <vector>

#include "core/bytes.h"
#include "core/random.h"

namespace skerry::simulations {

// What a power cut leaves of unsynced changes.
enum class Survival {
  nothing,
  everything,
  beginning,  // the first ones, as when a disk keeps their order; the one that it was at is torn
  changes,    // some as a whole, in no order
  sectors,    // of each change some sectors
};

class UnsyncedFile {
 public:
  // What a disk writes as a whole.  SQLite and the witness count on no more than that.
  static constexpr std::size_t sector_bytes = 512;

  core::BytesView bytes() const { return seen_; }

  void write(std::size_t offset, core::BytesView bytes);
  void resize(std::size_t size);
  void sync();
  // Like Linux after a failed fsync: some of the changes are on disk, no later sync will bring the others, and readers
  // do not know it.
  void fail_sync(core::Random& chance);
  // From now on readers see what the disk holds.
  void lose_power(Survival survival, core::Random& chance);

 private:
  struct Change {
    bool resizes = false;
    std::size_t offset = 0;  // or the size
    core::Bytes bytes;
  };
  static void apply(core::Bytes& to, const Change& change);
  void keep(Survival survival, core::Random& chance);
  void tear(const Change& change, core::Random& chance);

  core::Bytes seen_;
  core::Bytes kept_;
  std::vector<Change> unsynced_;
};

}  // namespace skerry::simulations
