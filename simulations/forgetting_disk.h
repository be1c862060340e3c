// A disk in memory with directories and files, that forgets in a power cut what was not synced.  It counts what it is
// asked, and at a given count it stops the world, fails once or for good, or is full: so each single I/O of a program
// can be the one at which it happens.  No clock, and no chance but what it was given.
// One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"
#include "core/result.h"
#include "simulations/unsynced_file.h"

namespace skerry::simulations {

class ForgettingDisk {
 public:
  using FileId = std::uint64_t;
  enum class Refusal { missing, io_error, full };
  template <class T>
  using Answer = tl::expected<T, Refusal>;

  explicit ForgettingDisk(core::Random chance) : chance_(chance) {}
  ForgettingDisk(const ForgettingDisk&) = delete;
  ForgettingDisk& operator=(const ForgettingDisk&) = delete;

  // --- what a program may ask: each call counts as one operation.  Paths are absolute; "/" is there.
  // `missing` if there is no such file, or no directory to make it in.
  Answer<FileId> open(const std::string& path);
  Answer<FileId> open_or_make(const std::string& path);
  Answer<std::size_t> size(FileId file);
  // At most `size` bytes.  They live until the file is changed.
  Answer<core::BytesView> read(FileId file, std::size_t offset, std::size_t size);
  Answer<void> write(FileId file, std::size_t offset, core::BytesView bytes);
  Answer<void> resize(FileId file, std::size_t size);
  // The first `size` bytes exist.
  Answer<void> allocate(FileId file, std::size_t size);
  Answer<void> sync(FileId file);
  Answer<bool> exists(const std::string& path);
  Answer<void> remove(const std::string& path);
  Answer<void> rename(const std::string& from, const std::string& to);
  Answer<bool> make_directory(const std::string& path);
  Answer<void> sync_directory(const std::string& path);
  // Takes space that no power cut needs to keep: SQLite's shared memory is such a file.
  Answer<void> take_space(FileId file);

  // --- no operations: these never fail.
  // As often as it was opened.
  void close(FileId file);
  bool try_lock(FileId file) { return locked_.insert(file).second; }
  void unlock(FileId file) { locked_.erase(file); }

  // --- faults: one at a time
  enum class Fault {
    stop,          // the world ends before this operation: it and all later ones have no effect and fail
    io_error,      // whatever it is
    sync_error,    // the next sync
    full,          // the next that writes, also in place
    full_to_grow,  // the next that needs more space
  };
  struct Plan {
    std::uint64_t at = 0;  // from this operation on; the first one has the number 0
    Fault fault = Fault::stop;
    bool lasts = false;  // until the next kill or power cut; else it happens once
  };
  void plan(const Plan& plan) { plan_ = plan; }
  // So many bytes in all files are all there is space for, and that is no fault: it stays, and files that shrink or go
  // give space back.
  void set_capacity(std::size_t bytes) { capacity_ = bytes; }
  std::size_t bytes_used() const;
  // Nothing fails any more, unless the world has ended.  What the fault struck first, as struck(), which is forgotten.
  std::string end_plan() {
    plan_.reset();
    return std::exchange(struck_, {});
  }
  // What the fault struck first, for a person; empty if nothing yet.
  const std::string& struck() const { return struck_; }
  std::uint64_t operations() const { return operations_; }

  // --- the end of a life; the plan is over.  REQUIRES that all is closed.
  // The process is gone, and what it wrote is in the system's cache, to be read and not safe.
  void kill();
  // Power is lost and comes back.  Without `survival` each file and each directory fares as chance has it.
  void lose_power(std::optional<Survival> survival);

 private:
  struct Node {
    std::string path;  // as it was opened last
    bool directory = false;
    int opened = 0;
    UnsyncedFile file;
  };
  // Takes place as a whole or not at all.  0 is "no such name".
  using Naming = std::vector<std::pair<std::string, FileId>>;

  enum class Need { nothing, safety, space, more_space };
  std::optional<Refusal> begin(const std::string& what, const std::string& path, Need need);
  bool strikes(Need need) const;
  Answer<FileId> opened(FileId file, const std::string& path);
  FileId find(const std::string& path) const;
  FileId make(bool directory, const std::string& path);
  void name(const std::string& directory, Naming naming);
  void forget_the_lost();
  // How long the file may become, if it shall be `wanted` bytes long.
  std::size_t size_possible(const Node& node, std::size_t wanted) const;

  core::Random chance_;
  std::map<FileId, Node> nodes_;
  std::map<std::string, FileId> seen_names_, kept_names_;
  std::map<std::string, std::vector<Naming>> unsynced_names_;  // by directory
  std::set<FileId> locked_;
  FileId last_made_ = 0;

  std::uint64_t operations_ = 0;
  std::optional<Plan> plan_;
  std::optional<std::size_t> capacity_;
  bool stopped_ = false;
  std::string struck_;
};

}  // namespace skerry::simulations
