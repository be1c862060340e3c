// The directory that one node owns: the names of its files, and the lock that keeps a second process out.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "edge/file.h"

namespace skerry::edge {

class DataDirectory {
 public:
  // Makes the directory if it is missing.  `busy` if another process has it open: the error names the process.
  static core::Result<DataDirectory> open(const Files& files, const std::string& path);

  const std::string& path() const { return path_; }
  std::string log() const { return path_ + "/log.db"; }
  std::string cells() const { return path_ + "/cells.db"; }
  std::string witness() const { return path_ + "/witness"; }
  std::string reserve() const { return path_ + "/reserve"; }

 private:
  DataDirectory(std::string path, std::unique_ptr<File> lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  std::unique_ptr<File> lock_;  // held as long as this lives
};

}  // namespace skerry::edge
