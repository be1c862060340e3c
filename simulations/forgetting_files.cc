#include "simulations/forgetting_files.h"

#include <cerrno>

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using core::Result;
using edge::File;

namespace {

using Refusal = ForgettingDisk::Refusal;

auto failed(const std::string& path, const std::string& doing, Refusal refusal) {
  return edge::fail_with_errno(path, doing,
                               refusal == Refusal::missing ? ENOENT
                               : refusal == Refusal::full  ? ENOSPC
                                                           : EIO);
}

class ForgettingFile final : public File {
 public:
  ForgettingFile(ForgettingDisk& disk, std::string path, ForgettingDisk::FileId file)
      : disk_(disk), path_(std::move(path)), file_(file) {}
  ~ForgettingFile() override {
    if (locks_) disk_.unlock(file_);
    disk_.close(file_);
  }
  ForgettingFile(const ForgettingFile&) = delete;
  ForgettingFile& operator=(const ForgettingFile&) = delete;

  Result<Bytes> read_at(std::size_t offset, std::size_t size) const override {
    const auto bytes = disk_.read(file_, offset, size);
    if (!bytes) return failed(path_, "read", bytes.error());
    return Bytes(*bytes);
  }
  Result<void> write_at(std::size_t offset, BytesView bytes) override {
    return done("write", disk_.write(file_, offset, bytes));
  }
  Result<void> truncate(std::size_t size) override { return done("truncate", disk_.resize(file_, size)); }
  Result<void> allocate(std::size_t size) override { return done("set space aside for", disk_.allocate(file_, size)); }
  Result<void> sync() override {
    const auto answer = disk_.sync(file_);
    if (!answer) return edge::fail_sync_with_errno(path_, EIO);
    return {};
  }
  Result<bool> try_lock() override {
    locks_ = locks_ || disk_.try_lock(file_);
    return locks_;
  }

 private:
  Result<void> done(const char* doing, const ForgettingDisk::Answer<void>& answer) const {
    if (!answer) return failed(path_, doing, answer.error());
    return {};
  }

  ForgettingDisk& disk_;
  std::string path_;
  ForgettingDisk::FileId file_;
  bool locks_ = false;
};

}  // namespace

Result<std::unique_ptr<File>> ForgettingFiles::open(const std::string& path) const {
  const auto file = disk_.open(path);
  if (!file && file.error() == Refusal::missing) return nullptr;
  if (!file) return failed(path, "open", file.error());
  return std::make_unique<ForgettingFile>(disk_, path, *file);
}

Result<std::unique_ptr<File>> ForgettingFiles::open_or_make(const std::string& path) const {
  const auto file = disk_.open_or_make(path);
  if (!file) return failed(path, "make", file.error());
  return std::make_unique<ForgettingFile>(disk_, path, *file);
}

Result<bool> ForgettingFiles::exists(const std::string& path) const {
  const auto found = disk_.exists(path);
  if (!found) return failed(path, "look at", found.error());
  return *found;
}

Result<void> ForgettingFiles::rename(const std::string& from, const std::string& to) const {
  if (const auto done = disk_.rename(from, to); !done) return failed(to, "put this file in its place", done.error());
  return {};
}

Result<bool> ForgettingFiles::make_directory(const std::string& path) const {
  const auto made = disk_.make_directory(path);
  if (!made) return failed(path, "make this directory", made.error());
  return *made;
}

Result<void> ForgettingFiles::sync_directory(const std::string& path) const {
  if (const auto done = disk_.sync_directory(path); !done) return failed(path, "sync this directory", done.error());
  return {};
}

}  // namespace skerry::simulations
