// A file descriptor with an owner, and the system calls that a data directory needs, as Results.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/bytes.h"
#include "core/result.h"

namespace skerry::edge {

class File {
 public:
  // For reading and writing.  Nothing if it does not exist.
  static core::Result<std::optional<File>> open(const std::string& path);
  // Made if it does not exist, and then only this user may read or write it.
  static core::Result<File> open_or_make(const std::string& path);

  File(File&& other) noexcept : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept;
  ~File();

  const std::string& path() const { return path_; }

  // At most `size` bytes from the start.
  core::Result<core::Bytes> read(std::size_t size) const;
  core::Result<void> write_at(std::size_t offset, core::BytesView bytes) const;
  core::Result<void> truncate() const;
  // In place of what had that name, at once, and so that it survives a crash.
  core::Result<void> rename(const std::string& path);
  // The data, and what is needed to find them again.
  core::Result<void> sync() const;
  // Takes the lock that only one opener of the file can hold, until it closes it or dies.  False: another holds it.
  core::Result<bool> try_lock() const;

 private:
  File(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
};

// Opens nothing: whoever closes a file that SQLite has open takes all of SQLite's locks on it away (POSIX locks belong
// to the process, not to the descriptor).
core::Result<bool> exists(const std::string& path);
// Makes the directory and those above it where they are missing; only this user may look into what was made.
core::Result<void> make_directories(const std::string& path);
// After this the names of files made in the directory survive a crash.
core::Result<void> sync_directory(const std::string& path);

}  // namespace skerry::edge
