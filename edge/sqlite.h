// SQLite's C interface with owners and Results: nothing more.
// Thread rule: a Database and its Statements are used by one thread at a time (connections are opened without a mutex).
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"

namespace skerry::edge {

class Database;

// A prepared statement.  Lives no longer than its database.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&&) noexcept = default;
  Statement& operator=(Statement&&) noexcept = default;

  // Parameters count from 1.  Bytes are borrowed until reset().
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, core::BytesView value);
  // True: there is a row, to be read with integer() and blob().  False: the statement has run to its end.
  core::Result<bool> step();
  // Ends the statement's transaction if it is a read, and gives back what was bound.
  void reset();
  // For statements that answer no rows: step() and reset().
  core::Result<void> run();
  // Whether it stands on a row.
  bool busy() const;

  // Columns count from 0.  The bytes live until the next step() or reset().
  std::int64_t integer(int column) const;
  core::BytesView blob(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const Database* database_ = nullptr;
};

// A connection.
class Database {
 public:
  // writer: reads, writes and checkpoints; the only connection to its file that does.  The file must exist (an empty
  // one is an empty database), so that its owner decides on its mode.
  // reader: `query_only`.
  enum class Role { writer, reader };
  // `vfs` names the SQLite VFS that has the file; null is SQLite's own.
  static core::Result<std::unique_ptr<Database>> open(const std::string& path, Role role, const char* vfs);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }

  // Prepares a writer: write-ahead log, each commit synced, checkpoints only when asked.  Before this the file is not
  // touched, so that one may first look whether it is one's own.
  core::Result<void> start_writing();
  core::Result<void> execute(const std::string& sql);
  // To be kept and run often.
  core::Result<Statement> prepare(std::string_view sql) const;
  struct Prepared {
    Statement& statement;
    std::string_view sql;
  };
  core::Result<void> prepare_all(std::initializer_list<Prepared> all) const;
  // The first column of the first row that `sql` answers; 0 if there is none.
  core::Result<std::int64_t> integer(const std::string& sql) const;

  // --- the write-ahead log, for a writer
  // Its length in use, as of the last commit or checkpoint.
  std::size_t wal_bytes() const { return wal_pages_ * page_bytes_; }
  // Copies what it can into the database and syncs it.  passive: never waits; once all is copied, the next commit
  // writes from the start of the log again.  truncate: also makes the file empty, if no reader is in the way.
  enum class Checkpoint { passive, truncate };
  core::Result<void> checkpoint(Checkpoint how);

  // Undoes what was written since the last BEGIN, if that was not undone already: after `no_space` the same may be
  // written again.
  core::Result<void> roll_back();

  // `doing` as in "cannot <doing>".  Says what SQLite said last, the file, and what to do.
  core::Error error(std::string_view doing) const;

 private:
  Database(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}
  core::Result<void> configure(Role role);

  std::string path_;
  sqlite3* database_;
  std::size_t page_bytes_ = 0;
  std::size_t wal_pages_ = 0;
};

}  // namespace skerry::edge
