#include "edge/data_directory.h"

namespace skerry::edge {

using core::ErrorCode;
using core::fail;
using core::Result;

Result<DataDirectory> DataDirectory::open(const Files& files, const std::string& path) {
  if (path.empty()) return fail(ErrorCode::invalid, "the data directory has no name: give one");
  if (Result<void> made = make_directories(files, path); !made) return tl::make_unexpected(made.error());
  const Result<bool> known = files.exists(path + "/lock");
  if (!known) return tl::make_unexpected(known.error());
  // As in make_directories: nobody got any further with this directory.
  if (!*known) (void)files.sync_directory(parent_of(path));
  Result<std::unique_ptr<File>> lock = files.open_or_make(path + "/lock");
  if (!lock) return tl::make_unexpected(lock.error());
  const Result<bool> locked = (*lock)->try_lock();
  if (!locked) return tl::make_unexpected(locked.error());
  if (!*locked) {
    const std::string holder = (*lock)->read_at(0, 20).value_or("");
    return fail(ErrorCode::busy, path + ": another process has this data directory open" +
                                     (holder.empty() ? "" : " (process " + holder + ")") +
                                     ": end it, or use another directory");
  }
  // For the message above, nothing else: what counts is the lock.
  Result<void> noted = (*lock)->truncate(0).and_then([&] { return (*lock)->write_at(0, files.process()); });
  if (!noted && noted.error().code != ErrorCode::no_space) return tl::make_unexpected(noted.error());
  return DataDirectory(path, std::move(*lock));
}

}  // namespace skerry::edge
