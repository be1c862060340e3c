#include "simulations/forgetting_vfs.h"

#include <cerrno>
#include <cstring>
#include <new>

#include "core/ensure.h"
#include "simulations/vfs_locks.h"

namespace skerry::simulations {

using core::BytesView;
using core::ensure;
using FileId = ForgettingDisk::FileId;
using Refusal = ForgettingDisk::Refusal;

class ForgettingVfs::State {
 public:
  State(ForgettingDisk& used, std::string named) : disk(used), name(std::move(named)) {}

  ForgettingDisk& disk;
  const std::string name;
  sqlite3_vfs vfs{};
  VfsLocks locks;
  std::optional<Synchronous> weakened;
  int last_errno = 0;
};

namespace {

using State = ForgettingVfs::State;

// SQLite gives the memory and knows the first member only.
struct Handle {
  sqlite3_file base;
  State* state;
  FileId file;
  std::string* directory;  // to be synced with the file, the first time: the name of a new log or journal is part of it
  VfsLocks::Holder locks;
};

Handle& of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}
State& of(sqlite3_vfs* vfs) {
  return *static_cast<State*>(vfs->pAppData);
}

// SQLite's code for a call that failed; SQLite may ask later for the system's.
int failed(State& state, Refusal refusal, int sqlite_code) {
  state.last_errno = refusal == Refusal::missing ? ENOENT : refusal == Refusal::full ? ENOSPC : EIO;
  return sqlite_code;
}
template <class T>
int code(State& state, const ForgettingDisk::Answer<T>& answer, int sqlite_code) {
  return answer ? SQLITE_OK : failed(state, answer.error(), sqlite_code);
}

// --- a file

int close_file(sqlite3_file* file) {
  Handle& handle = of(file);
  handle.state->locks.leave(handle.file, handle.locks);
  handle.state->disk.close(handle.file);
  delete handle.directory;
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  Handle& handle = of(file);
  const auto wanted = static_cast<std::size_t>(size);
  const auto bytes = handle.state->disk.read(handle.file, static_cast<std::size_t>(offset), wanted);
  if (!bytes) return failed(*handle.state, bytes.error(), SQLITE_IOERR_READ);
  std::memcpy(to, bytes->data(), bytes->size());
  std::memset(static_cast<char*>(to) + bytes->size(), 0, wanted - bytes->size());
  return bytes->size() == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  Handle& handle = of(file);
  const BytesView bytes(static_cast<const char*>(from), static_cast<std::size_t>(size));
  const auto written = handle.state->disk.write(handle.file, static_cast<std::size_t>(offset), bytes);
  const bool is_full = !written && written.error() == Refusal::full;
  return code(*handle.state, written, is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  Handle& handle = of(file);
  return code(*handle.state, handle.state->disk.resize(handle.file, static_cast<std::size_t>(size)),
              SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int) {
  Handle& handle = of(file);
  const auto synced = handle.state->disk.sync(handle.file);
  if (!synced) return failed(*handle.state, synced.error(), SQLITE_IOERR_FSYNC);
  if (handle.directory != nullptr) {
    // SQLite's own does not look whether this succeeds ("Many systems are unable to fsync a directory").
    (void)handle.state->disk.sync_directory(*handle.directory);
    delete std::exchange(handle.directory, nullptr);
  }
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  Handle& handle = of(file);
  const auto found = handle.state->disk.size(handle.file);
  if (!found) return failed(*handle.state, found.error(), SQLITE_IOERR_FSTAT);
  *size = static_cast<sqlite3_int64>(*found);
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
  Handle& handle = of(file);
  return handle.state->locks.lock(handle.file, handle.locks, level);
}
int unlock_file(sqlite3_file* file, int level) {
  Handle& handle = of(file);
  handle.state->locks.unlock(handle.file, handle.locks, level);
  return SQLITE_OK;
}
int check_reserved(sqlite3_file* file, int* found) {
  Handle& handle = of(file);
  *found = handle.state->locks.reserved(handle.file) ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file* file, int operation, void* argument) {
  State& state = *of(file).state;
  if (operation != SQLITE_FCNTL_PRAGMA || !state.weakened) return SQLITE_NOTFOUND;
  char** const pragma = static_cast<char**>(argument);
  // SQLite goes on with the same text if we say that we do not know the pragma; it takes levels as numbers too.
  if (sqlite3_stricmp(pragma[1], "synchronous") == 0 && pragma[2] != nullptr && pragma[2][0] != '\0') {
    pragma[2][0] = static_cast<char>('0' + static_cast<int>(*state.weakened));
    pragma[2][1] = '\0';
  }
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) {
  return 4096;  // what SQLite's own says
}
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;  // what SQLite's own says; a write tears within itself only
}

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** to) {
  Handle& handle = of(file);
  State& state = *handle.state;
  const auto number = static_cast<std::size_t>(region);
  *to = nullptr;
  while (state.locks.regions(handle.file, handle.locks) <= number) {
    if (extend == 0) return SQLITE_OK;
    if (const auto grown = state.disk.take_space(handle.file); !grown) return code(state, grown, SQLITE_IOERR_SHMSIZE);
    state.locks.add_region(handle.file, static_cast<std::size_t>(size));
  }
  *to = state.locks.region(handle.file, number);
  return SQLITE_OK;
}
int lock_shared(sqlite3_file* file, int first, int count, int flags) {
  Handle& handle = of(file);
  return handle.state->locks.lock_shared(handle.file, handle.locks, first, count, flags);
}
void barrier(sqlite3_file*) {}
int unmap_shared(sqlite3_file* file, int) {
  Handle& handle = of(file);
  handle.state->locks.unmap(handle.file, handle.locks);
  return SQLITE_OK;
}

constexpr sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = barrier,
    .xShmUnmap = unmap_shared,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// --- the disk

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_given) {
  file->pMethods = nullptr;
  if (path == nullptr) return SQLITE_CANTOPEN;  // a temporary file: the store needs none
  State& state = of(vfs);
  const bool makes = (flags & SQLITE_OPEN_CREATE) != 0;
  auto opened = makes ? state.disk.open_or_make(path) : state.disk.open(path);
  if (!opened && (flags & SQLITE_OPEN_READWRITE) != 0) {
    // As SQLite's own does: perhaps it may at least be read.
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    opened = state.disk.open(path);
  }
  if (!opened) return failed(state, opened.error(), SQLITE_CANTOPEN);
  const bool beside = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  std::string* const directory =
      makes && beside ? new std::string(std::string(path).substr(0, std::string(path).rfind('/'))) : nullptr;
  new (file)
      Handle{.base = {.pMethods = &methods}, .state = &state, .file = *opened, .directory = directory, .locks = {}};
  if (flags_given != nullptr) *flags_given = flags;
  return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, const char* path, int sync) {
  State& state = of(vfs);
  if (const auto removed = state.disk.remove(path); !removed)
    return failed(state, removed.error(),
                  removed.error() == Refusal::missing ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE);
  if (sync == 0) return SQLITE_OK;
  const std::string name = path;
  return code(state, state.disk.sync_directory(name.substr(0, name.rfind('/'))), SQLITE_IOERR_DIR_FSYNC);
}

// SQLite's own takes an empty file for none, and one that it cannot look at too.
int access_file(sqlite3_vfs* vfs, const char* path, int, int* found) {
  State& state = of(vfs);
  *found = 0;
  const auto file = state.disk.open(path);
  if (!file) return SQLITE_OK;
  const auto size = state.disk.size(*file);
  state.disk.close(*file);
  *found = size && *size > 0 ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* to) {
  return sqlite3_snprintf(size, to, "%s", path) != nullptr ? SQLITE_OK : SQLITE_CANTOPEN;
}

// The moment and the chance of a world that has none.  (SQLite seeds itself from the default VFS, once a process.)
int no_chance(sqlite3_vfs*, int size, char* to) {
  std::memset(to, 0, static_cast<std::size_t>(size));
  return size;
}
int no_pause(sqlite3_vfs*, int microseconds) {
  return microseconds;
}
int last_errno(sqlite3_vfs* vfs, int, char*) {
  return of(vfs).last_errno;
}
int no_time(sqlite3_vfs*, sqlite3_int64* milliseconds) {
  *milliseconds = 0;
  return SQLITE_OK;
}

}  // namespace

ForgettingVfs::ForgettingVfs(ForgettingDisk& disk, std::string name)
    : state_(std::make_unique<State>(disk, std::move(name))) {
  ensure(sqlite3_vfs_find(state_->name.c_str()) == nullptr);
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 512;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = state_.get();
  vfs.xOpen = open_file;
  vfs.xDelete = remove_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = no_chance;
  vfs.xSleep = no_pause;
  vfs.xCurrentTimeInt64 = no_time;
  vfs.xGetLastError = last_errno;
  ensure(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

ForgettingVfs::~ForgettingVfs() {
  ensure(sqlite3_vfs_unregister(&state_->vfs) == SQLITE_OK);
}

const char* ForgettingVfs::name() const {
  return state_->name.c_str();
}

void ForgettingVfs::weaken(Synchronous level) {
  state_->weakened = level;
}

}  // namespace skerry::simulations
