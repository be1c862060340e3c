#include "edge/reserve.h"

#include <algorithm>

namespace skerry::edge {

using core::ErrorCode;
using core::Result;

namespace {

constexpr std::size_t pieces = 16;

// False: the disk is full.
Result<bool> unless_full(const Result<void>& done) {
  if (done) return true;
  if (done.error().code == ErrorCode::no_space) return false;
  return tl::make_unexpected(done.error());
}

}  // namespace

Result<Reserve> Reserve::open(const Files& files, const std::string& path, std::size_t bytes) {
  Reserve reserve(files, path, bytes);
  if (const Result<bool> filled = reserve.refill(0); !filled) return tl::make_unexpected(filled.error());
  return reserve;
}

Result<void> Reserve::give_up(const Files& files, const std::string& path) {
  const Result<std::unique_ptr<File>> file = files.open(path);
  if (!file) return tl::make_unexpected(file.error());
  return *file ? (*file)->truncate(0) : Result<void>();
}

Result<bool> Reserve::give() {
  if (bytes_ == 0) return false;
  const std::size_t piece = std::max<std::size_t>(bytes_wanted_ / pieces, 1);
  if (Result<void> done = keep(bytes_ - std::min(bytes_, piece)); !done) return tl::make_unexpected(done.error());
  return true;
}

Result<bool> Reserve::refill(std::size_t beyond) {
  if (bytes_wanted_ + beyond == 0) return true;
  const Result<bool> made = make_file();
  if (!made || !*made) return made;
  const Result<bool> taken = take(bytes_wanted_ + beyond);
  if (!taken) return taken;
  std::size_t size = *taken ? bytes_wanted_ : bytes_;
  for (std::size_t i = 1; i <= pieces && !*taken; ++i) {
    const std::size_t wanted = bytes_wanted_ * i / pieces;
    if (wanted <= bytes_) continue;
    const Result<bool> some = take(wanted);
    if (!some) return some;
    if (!*some) break;
    size = wanted;
  }
  if (Result<void> done = keep(size); !done) return tl::make_unexpected(done.error());
  return *taken;
}

// False: the disk is full.
Result<bool> Reserve::make_file() {
  if (file_) return true;
  Result<std::unique_ptr<File>> file = files_->open_or_make(path_);
  if (!file && file.error().code == ErrorCode::no_space) return false;
  if (!file) return tl::make_unexpected(file.error());
  file_ = std::move(*file);
  return true;
}

Result<bool> Reserve::take(std::size_t size) {
  return unless_full(file_->allocate(size));
}

Result<void> Reserve::keep(std::size_t size) {
  // A file that was longer, or that got some of the way, too.
  Result<void> done = file_->truncate(size);
  if (done) bytes_ = size;
  return done;
}

}  // namespace skerry::edge
