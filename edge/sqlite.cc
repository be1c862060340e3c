#include "edge/sqlite.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/ensure.h"

namespace skerry::edge {

using core::BytesView;
using core::ensure;
using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

// How long a writer waits for a stranger who holds the file, for example a person with the sqlite3 shell.
constexpr int stranger_milliseconds_max = 5'000;

bool is_full(int system_code) {
  return system_code == ENOSPC || system_code == EDQUOT;
}

// `system_code`: of the system call that failed, if it was one.
ErrorCode code_of(int sqlite_code, int system_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
      return ErrorCode::no_space;
    case SQLITE_IOERR: {
      // A failed sync is another thing: what is on disk is unknown.
      const bool synced = sqlite_code == SQLITE_IOERR_FSYNC || sqlite_code == SQLITE_IOERR_DIR_FSYNC;
      return is_full(system_code) && !synced ? ErrorCode::no_space : ErrorCode::io;
    }
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::busy;
    default:
      return ErrorCode::io;
  }
}

std::string_view advice(int sqlite_code, int system_code) {
  if (is_full(system_code)) sqlite_code = SQLITE_FULL;
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
      return "free some space on the disk";
    case SQLITE_IOERR:
      return "look at the system's log for the disk's state, then start again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged: move the data directory away and start with an empty one, peers will fill it";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds the file: end it and start again";
    case SQLITE_CANTOPEN:  // SQLite has forgotten which of the two it was
      return "free some space if the disk is full, and give this user the right to write there";
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return "give this user the right to write there";
    default:
      return "this should not happen: please report it";
  }
}

}  // namespace

void Statement::bind(int parameter, std::int64_t value) {
  ensure(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK);
}

void Statement::bind(int parameter, BytesView value) {
  // A null pointer would bind NULL.
  const char* const bytes = value.empty() ? "" : value.data();
  ensure(sqlite3_bind_blob64(statement_.get(), parameter, bytes, value.size(), SQLITE_STATIC) == SQLITE_OK);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::make_unexpected(database_->error(sqlite3_stmt_readonly(statement_.get()) != 0 ? "read" : "write"));
}

void Statement::reset() {
  sqlite3_reset(statement_.get());  // repeats what the last step answered
}

Result<void> Statement::run() {
  const Result<bool> row = step();
  reset();
  if (!row) return tl::make_unexpected(row.error());
  return {};
}

bool Statement::busy() const {
  return sqlite3_stmt_busy(statement_.get()) != 0;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

BytesView Statement::blob(int column) const {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? BytesView() : BytesView(bytes, size);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Role role, const char* vfs) {
  const int access = role == Role::writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs);
  ensure(handle != nullptr);  // only when memory is exhausted
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) return tl::make_unexpected(database->error("open"));
  if (Result<void> done = database->configure(role); !done) return tl::make_unexpected(done.error());
  return database;
}

Database::~Database() {
  ensure(sqlite3_close(database_) == SQLITE_OK);
}

Result<void> Database::configure(Role role) {
  // Our own schema is all that may be in the file; a forged one must not act.
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  // Closing is no moment to write: after a failure nobody knows what is on disk.
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(database_, stranger_milliseconds_max);
  // mmap: an I/O error would be a signal.  Temporary tables: none is ever needed, least of all on disk.
  Result<void> done = execute("PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON");
  if (!done) return done;
  return role == Role::reader ? execute("PRAGMA query_only=ON") : done;
}

Result<void> Database::start_writing() {
  {
    Result<Statement> mode = prepare("PRAGMA journal_mode=WAL");
    if (!mode) return tl::make_unexpected(mode.error());
    const Result<bool> row = mode->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row || mode->blob(0) != "wal")
      return fail(ErrorCode::io, path_ +
                                     ": a write-ahead log is not possible there (a network file system?): put the "
                                     "data directory on a local disk");
  }
  Result<void> done = execute("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
  if (!done) return done;
  const Result<std::int64_t> page_bytes = integer("PRAGMA page_size");
  if (!page_bytes) return tl::make_unexpected(page_bytes.error());
  page_bytes_ = static_cast<std::size_t>(*page_bytes);
  const auto committed = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<Database*>(self)->wal_pages_ = static_cast<std::size_t>(pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(database_, committed, this);  // after wal_autocheckpoint, which sets a hook of its own
  return {};
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return tl::make_unexpected(error("write"));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  Statement statement;
  statement.database_ = this;
  sqlite3_stmt* prepared = nullptr;
  const int size = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(database_, sql.data(), size, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK)
    return tl::make_unexpected(error("read the schema"));
  statement.statement_.reset(prepared);
  return statement;
}

Result<void> Database::prepare_all(std::initializer_list<Prepared> all) const {
  for (const Prepared& each : all) {
    Result<Statement> prepared = prepare(each.sql);
    if (!prepared) return tl::make_unexpected(prepared.error());
    each.statement = std::move(*prepared);
  }
  return {};
}

Result<std::int64_t> Database::integer(const std::string& sql) const {
  Result<Statement> statement = prepare(sql);
  if (!statement) return tl::make_unexpected(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return tl::make_unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

Result<void> Database::checkpoint(Checkpoint how) {
  const bool truncate = how == Checkpoint::truncate;
  // Our readers are short, but they are not waited for: the next idle moment will do.
  if (truncate) sqlite3_busy_timeout(database_, 0);
  int pages = 0;
  const int code = sqlite3_wal_checkpoint_v2(
      database_, nullptr, truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &pages, nullptr);
  if (truncate) sqlite3_busy_timeout(database_, stranger_milliseconds_max);
  if ((code & 0xff) == SQLITE_BUSY) return {};
  if (code != SQLITE_OK) return tl::make_unexpected(error("checkpoint"));
  if (truncate) wal_pages_ = 0;
  return {};
}

Result<void> Database::roll_back() {
  return sqlite3_get_autocommit(database_) != 0 ? Result<void>() : execute("ROLLBACK");
}

Error Database::error(std::string_view doing) const {
  const int code = sqlite3_extended_errcode(database_);
  const int reason = (code & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(database_) : 0;
  std::string detail = path_ + ": cannot " + std::string(doing) + ": " + sqlite3_errmsg(database_) + " (SQLite " +
                       std::to_string(code) + (reason != 0 ? ", " + std::system_category().message(reason) : "") +
                       "); " + std::string(advice(code, reason));
  return {code_of(code, reason), std::move(detail)};
}

}  // namespace skerry::edge
