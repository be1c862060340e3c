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

auto fail_now(const std::string& path, const std::string& doing) {
  return fail_with_errno(path, doing, errno);
}

class SystemFile final : public File {
 public:
  SystemFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  ~SystemFile() override { ::close(descriptor_); }
  SystemFile(const SystemFile&) = delete;
  SystemFile& operator=(const SystemFile&) = delete;

  Result<Bytes> read_at(std::size_t offset, std::size_t size) const override {
    Bytes bytes(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::pread(descriptor_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail_now(path_, "read");
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
  }

  Result<void> write_at(std::size_t offset, BytesView bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count =
          ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail_now(path_, "write");
      done += static_cast<std::size_t>(count);
    }
    return {};
  }

  Result<void> truncate(std::size_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return fail_now(path_, "truncate");
    return {};
  }

  Result<void> allocate(std::size_t size) override {
    int number = EINTR;
    while (number == EINTR) number = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(size));
    if (number != 0) return fail_with_errno(path_, "set space aside for", number);
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_) != 0) return fail_sync_with_errno(path_, errno);
    return {};
  }

  Result<bool> try_lock() override {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    return fail_now(path_, "lock");
  }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace

std::string SystemFiles::process() const {
  return std::to_string(::getpid());
}

Result<std::unique_ptr<File>> SystemFiles::open(const std::string& path) const {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return nullptr;
  if (descriptor < 0) return fail_now(path, "open");
  return std::make_unique<SystemFile>(path, descriptor);
}

Result<std::unique_ptr<File>> SystemFiles::open_or_make(const std::string& path) const {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
  if (descriptor < 0) return fail_now(path, "make");
  return std::make_unique<SystemFile>(path, descriptor);
}

Result<bool> SystemFiles::exists(const std::string& path) const {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  return fail_now(path, "look at");
}

Result<void> SystemFiles::rename(const std::string& from, const std::string& to) const {
  if (::rename(from.c_str(), to.c_str()) != 0) return fail_now(to, "put this file in its place");
  return {};
}

Result<bool> SystemFiles::make_directory(const std::string& path) const {
  if (::mkdir(path.c_str(), directory_mode) == 0) return true;
  if (errno == EEXIST) return false;
  return fail_now(path, "make this directory");
}

Result<void> SystemFiles::sync_directory(const std::string& path) const {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return fail_now(path, "open this directory");
  const bool synced = ::fsync(descriptor) == 0;
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  if (!synced) return fail_now(path, "sync this directory");
  return {};
}

std::string parent_of(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path.empty() ? "." : "/";
  const std::size_t slash = path.rfind('/', end);
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// Whoever made the directory above may have been killed before that name was safe, so it is synced once more.  Not
// everybody may do that to a directory of others, and those have been there for long.
Result<void> make_directories(const Files& files, const std::string& path) {
  bool above_is_safe = false;
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    const Result<bool> made = part.empty() ? Result<bool>(false) : files.make_directory(part);
    if (!made) return tl::make_unexpected(made.error());
    if (*made) {
      if (!above_is_safe) (void)files.sync_directory(parent_of(parent_of(part)));
      above_is_safe = true;
      if (Result<void> done = files.sync_directory(parent_of(part)); !done) return done;
    }
    if (end == std::string::npos) return {};
  }
}

tl::unexpected<core::Error> fail_with_errno(const std::string& path, const std::string& doing, int number) {
  const bool full = number == ENOSPC || number == EDQUOT;
  const char* const advice = full            ? "; free some space on the disk"
                             : number == EIO ? "; look at the system's log for the disk's state, then start again"
                                             : "";
  return fail(full ? ErrorCode::no_space : ErrorCode::io,
              path + ": cannot " + doing + ": " + std::system_category().message(number) + advice);
}

tl::unexpected<core::Error> fail_sync_with_errno(const std::string& path, int number) {
  return fail(ErrorCode::io, fail_with_errno(path, "sync", number).value().detail);
}

}  // namespace skerry::edge
