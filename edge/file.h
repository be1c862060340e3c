// Files and directories as a data directory needs them, as Results.  Two kinds exist: the operating system's, and those
// of a simulated disk that forgets what was not synced (simulations/forgetting_files.h).
#pragma once

#include <memory>
#include <string>

#include "core/bytes.h"
#include "core/result.h"

namespace skerry::edge {

// An open file.  Closed when it goes.
class File {
 public:
  virtual ~File() = default;

  // Fewer than `size` bytes where the file ends.
  virtual core::Result<core::Bytes> read_at(std::size_t offset, std::size_t size) const = 0;
  virtual core::Result<void> write_at(std::size_t offset, core::BytesView bytes) = 0;
  // What is beyond `size` goes.  REQUIRES that the file is no shorter.
  virtual core::Result<void> truncate(std::size_t size) = 0;
  // From now on the disk has space for the first `size` bytes, which exist.  `no_space`: some more may exist than did.
  virtual core::Result<void> allocate(std::size_t size) = 0;
  // The data, and what is needed to find them again in the file; not the file's name (Files::sync_directory).  Never
  // `no_space`: whatever the reason, what is on disk is unknown after a failed sync.
  virtual core::Result<void> sync() = 0;
  // Takes the lock that only one opener of the file can hold, until it closes it or dies.  False: another holds it.
  virtual core::Result<bool> try_lock() = 0;
};

class Files {
 public:
  virtual ~Files() = default;

  // The SQLite VFS that shows the same files.  Null: SQLite's own.
  virtual const char* vfs() const = 0;

  // What a person may call the process that uses them.
  virtual std::string process() const = 0;

  // For reading and writing.  Null if it does not exist.
  virtual core::Result<std::unique_ptr<File>> open(const std::string& path) const = 0;
  // Made if it does not exist, and then only this user may read or write it.
  virtual core::Result<std::unique_ptr<File>> open_or_make(const std::string& path) const = 0;
  // Opens nothing: whoever closes a file that SQLite has open takes all of SQLite's locks on it away (POSIX locks
  // belong to the process, not to the descriptor).
  virtual core::Result<bool> exists(const std::string& path) const = 0;
  // In place of what had that name, at once.  REQUIRES one directory for both.
  virtual core::Result<void> rename(const std::string& from, const std::string& to) const = 0;
  // Only this user may look into it.  False: something of that name was there.
  virtual core::Result<bool> make_directory(const std::string& path) const = 0;
  // After this the names that were made, changed or removed in the directory survive a crash.
  virtual core::Result<void> sync_directory(const std::string& path) const = 0;
};

// The operating system's.
class SystemFiles final : public Files {
 public:
  const char* vfs() const override { return nullptr; }
  std::string process() const override;
  core::Result<std::unique_ptr<File>> open(const std::string& path) const override;
  core::Result<std::unique_ptr<File>> open_or_make(const std::string& path) const override;
  core::Result<bool> exists(const std::string& path) const override;
  core::Result<void> rename(const std::string& from, const std::string& to) const override;
  core::Result<bool> make_directory(const std::string& path) const override;
  core::Result<void> sync_directory(const std::string& path) const override;
};
inline const SystemFiles system_files;

// The directory that holds `path`.
std::string parent_of(const std::string& path);
// Makes the directory and those above it where they are missing.
core::Result<void> make_directories(const Files& files, const std::string& path);

// What every kind of File says when it fails: `doing` as in "cannot <doing>", and the system's number for the reason.
// `no_space` or `io`.
tl::unexpected<core::Error> fail_with_errno(const std::string& path, const std::string& doing, int number);
// The same for a sync.
tl::unexpected<core::Error> fail_sync_with_errno(const std::string& path, int number);

}  // namespace skerry::edge
