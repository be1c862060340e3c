// Space that is kept for the day when the disk is full: a file of zeros that goes, a piece at a time, when the log
// finds none, so that what was accepted becomes durable and deletions still work
// (docs/decisions/0014-a-full-disk-is-a-mode.md).
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "edge/file.h"

namespace skerry::edge {

// One thread at a time.
class Reserve {
 public:
  // Of `bytes`, 0 being none.  Takes what the disk has; a full disk is no error.
  static core::Result<Reserve> open(const Files& files, const std::string& path, std::size_t bytes);
  // Gives all of it back to the disk, whoever left it.
  static core::Result<void> give_up(const Files& files, const std::string& path);

  // What of it there is.
  std::size_t bytes() const { return bytes_; }
  std::size_t bytes_wanted() const { return bytes_wanted_; }
  // Gives one piece of 16 back to the disk.  False: none was left.
  core::Result<bool> give();
  // Takes what is missing, as far as the disk has it.  True: it is whole, and the disk has `beyond` bytes more.
  core::Result<bool> refill(std::size_t beyond);

 private:
  Reserve(const Files& files, std::string path, std::size_t bytes)
      : files_(&files), path_(std::move(path)), bytes_wanted_(bytes) {}
  core::Result<bool> make_file();
  core::Result<bool> take(std::size_t size);
  core::Result<void> keep(std::size_t size);

  const Files* files_;
  std::string path_;
  std::size_t bytes_wanted_;
  std::unique_ptr<File> file_;  // null: there was no space for its name
  std::size_t bytes_ = 0;
};

}  // namespace skerry::edge
