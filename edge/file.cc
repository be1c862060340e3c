#include "edge/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

constexpr mode_t file_mode = 0600;
constexpr mode_t directory_mode = 0700;

auto fail_with_errno(const std::string& path, const std::string& doing) {
  return fail(ErrorCode::io, path + ": cannot " + doing + ": " + std::system_category().message(errno));
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

Result<std::optional<File>> File::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return std::nullopt;
  if (descriptor < 0) return fail_with_errno(path, "open");
  return File(path, descriptor);
}

Result<File> File::open_or_make(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
  if (descriptor < 0) return fail_with_errno(path, "make");
  return File(path, descriptor);
}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Bytes> File::read(std::size_t size) const {
  Bytes bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_with_errno(path_, "read");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

Result<void> File::write_at(std::size_t offset, BytesView bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_with_errno(path_, "write");
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> File::truncate() const {
  if (::ftruncate(descriptor_, 0) != 0) return fail_with_errno(path_, "truncate");
  return {};
}

Result<void> File::rename(const std::string& path) {
  if (::rename(path_.c_str(), path.c_str()) != 0) return fail_with_errno(path, "put this file in its place");
  path_ = path;
  return sync_directory(parent_of(path));
}

Result<void> File::sync() const {
  if (::fdatasync(descriptor_) != 0) return fail_with_errno(path_, "sync");
  return {};
}

Result<bool> File::try_lock() const {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return fail_with_errno(path_, "lock");
}

Result<bool> exists(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  return fail_with_errno(path, "look at");
}

Result<void> make_directories(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (!part.empty() && ::mkdir(part.c_str(), directory_mode) == 0) {
      if (Result<void> done = sync_directory(parent_of(part)); !done) return done;
    } else if (!part.empty() && errno != EEXIST) {
      return fail_with_errno(part, "make this directory");
    }
    if (end == std::string::npos) return {};
  }
}

Result<void> sync_directory(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return fail_with_errno(path, "open this directory");
  const bool synced = ::fsync(descriptor) == 0;
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  if (!synced) return fail_with_errno(path, "sync this directory");
  return {};
}

}  // namespace skerry::edge
