#include "edge/cells_file.h"

#include "core/ensure.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ensure;
using core::ErrorCode;
using core::fail;
using core::Result;
using sync::Flush;
using sync::Lsn;
using sync::Row;

namespace {

constexpr StoreFileFormat cells_format{
    .name = "the cells",
    .application_id = 0x534b'434c,  // SKCL
    .version = 1,
    .page_bytes = 4096,
    .schema = "CREATE TABLE rows(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;",
};

constexpr BytesView complete_to_key = "complete_to";

constexpr std::string_view scan_sql = "SELECT key, value FROM rows WHERE key >= ?1 AND key < ?2 ORDER BY key";
constexpr std::string_view scan_to_end_sql = "SELECT key, value FROM rows WHERE key >= ?1 ORDER BY key";

std::string cache_pragma(std::size_t bytes) {
  return "PRAGMA cache_size=-" + std::to_string(bytes / 1024);
}

}  // namespace

CellsFile::CellsFile(StoreFile file, std::size_t wal_bytes_max)
    : writer_(std::move(file.writer)),
      reader_(std::move(file.reader)),
      incarnation_(file.incarnation),
      wal_bytes_max_(wal_bytes_max),
      write_checker_(file.incarnation),
      read_checker_(file.incarnation) {}

Result<std::unique_ptr<CellsFile>> CellsFile::open(const std::string& path, const Options& options) {
  Result<StoreFile> file = open_store_file(options.files, path, cells_format, options.incarnation_if_new);
  if (!file) return tl::make_unexpected(file.error());
  std::unique_ptr<CellsFile> cells(new CellsFile(std::move(*file), options.wal_bytes));
  Result<void> done = cells->writer_->execute(cache_pragma(options.writer_cache_bytes));
  if (done) done = cells->reader_->execute(cache_pragma(options.reader_cache_bytes));
  if (done) done = cells->prepare();
  if (done) done = cells->find_complete_to();
  if (!done) return tl::make_unexpected(done.error());
  return cells;
}

Result<void> CellsFile::prepare() {
  constexpr std::string_view then_change = " VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value=excluded.value";
  const auto put_into = [&](const char* table) {
    return "INSERT INTO " + std::string(table) + "(key, value)" + std::string(then_change);
  };
  Result<void> done = writer_->prepare_all({{begin_, "BEGIN IMMEDIATE"},
                                            {commit_, "COMMIT"},
                                            {rows_.put, put_into("rows")},
                                            {facts_.put, put_into("facts")},
                                            {store_.put, put_into("store")},
                                            {rows_.remove, "DELETE FROM rows WHERE key=?1"},
                                            {facts_.remove, "DELETE FROM facts WHERE key=?1"},
                                            {store_.remove, "DELETE FROM store WHERE key=?1"}});
  if (!done) return done;
  return reader_->prepare_all({{find_row_, "SELECT value FROM rows WHERE key=?1"},
                               {find_fact_, "SELECT value FROM facts WHERE key=?1"},
                               {scan_, scan_sql},
                               {scan_to_end_, scan_to_end_sql}});
}

Result<void> CellsFile::find_complete_to() {
  Result<Statement> select = reader_->prepare("SELECT value FROM store WHERE key=?1");
  if (!select) return tl::make_unexpected(select.error());
  const Result<std::optional<Bytes>> found = find(Table::store, *select, complete_to_key);
  if (!found) return tl::make_unexpected(found.error());
  if (*found) complete_to_found_ = core::ByteReader(**found).u64();
  return {};
}

Result<void> CellsFile::write(const Flush& flush, const std::function<bool()>& after_row) {
  Result<void> done = write_rows(flush, after_row);
  if (done || done.error().code != ErrorCode::no_space) return done;
  const Result<void> undone = writer_->roll_back();
  return undone ? done : undone;
}

Result<void> CellsFile::write_rows(const Flush& flush, const std::function<bool()>& after_row) {
  Result<void> done = begin_.run();
  for (const Row& row : flush.rows) {
    if (done) done = put(Table::rows, row.key, row.value);
    if (!done) return done;
    if (!after_row())
      return fail(ErrorCode::no_space, path() + ": writing stopped, so that the log gets what space there is");
  }
  for (const Row& fact : flush.facts) {
    if (done) done = put(Table::facts, fact.key, fact.value);
  }
  Bytes complete_to;
  core::put_u64(complete_to, flush.complete_to);
  if (done) done = put(Table::store, complete_to_key, complete_to);
  return done ? commit_.run() : done;
}

Result<void> CellsFile::put(Table table, BytesView key, const std::optional<Bytes>& value) {
  Statement& statement = value ? change(table).put : change(table).remove;
  statement.bind(1, key);
  if (value) {
    write_checker_.put(value_, table, key, *value);
    statement.bind(2, value_);
  }
  return statement.run();
}

CellsFile::Change& CellsFile::change(Table table) {
  ensure(table == Table::rows || table == Table::facts || table == Table::store);
  return table == Table::rows ? rows_ : table == Table::facts ? facts_ : store_;
}

Result<void> CellsFile::settle() {
  if (writer_->wal_bytes() == 0) return {};
  return writer_->checkpoint(Database::Checkpoint::truncate);
}

Result<std::optional<Bytes>> CellsFile::read(BytesView key) {
  return find(Table::rows, find_row_, key);
}

Result<std::optional<Bytes>> CellsFile::fact(BytesView key) {
  return find(Table::facts, find_fact_, key);
}

Result<std::optional<Bytes>> CellsFile::find(Table table, Statement& select, BytesView key) {
  select.bind(1, key);
  const Result<bool> row = select.step();
  if (!row) {
    select.reset();
    return tl::make_unexpected(row.error());
  }
  std::optional<Bytes> found;
  bool whole = true;
  if (*row) {
    const std::optional<BytesView> value = read_checker_.get(table, key, select.blob(0));
    whole = value.has_value();
    if (value) found.emplace(*value);
  }
  select.reset();
  if (!whole) return fail(ErrorCode::corrupt, damaged_row(path(), table));
  return found;
}

Result<void> CellsFile::scan(BytesView first, BytesView limit, const sync::Store::RowVisitor& visit) {
  Statement& kept = limit.empty() ? scan_to_end_ : scan_;
  // A visitor may scan too: an inner scan gets a statement of its own.
  Result<Statement> inner =
      kept.busy() ? reader_->prepare(limit.empty() ? scan_to_end_sql : scan_sql) : Result<Statement>();
  if (!inner) return tl::make_unexpected(inner.error());
  Statement& select = kept.busy() ? *inner : kept;
  select.bind(1, first);
  if (!limit.empty()) select.bind(2, limit);
  Result<void> done = visit_rows(Table::rows, select, visit);
  select.reset();
  return done;
}

Result<void> CellsFile::facts(BytesView prefix, const sync::Store::RowVisitor& visit) {
  Result<Statement> select = reader_->prepare("SELECT key, value FROM facts WHERE key >= ?1 ORDER BY key");
  if (!select) return tl::make_unexpected(select.error());
  select->bind(1, prefix);
  return visit_rows(Table::facts, *select,
                    [&](BytesView key, BytesView value) { return key.starts_with(prefix) && visit(key, value); });
}

Result<void> CellsFile::visit_rows(Table table, Statement& select, const sync::Store::RowVisitor& visit) {
  for (;;) {
    const Result<bool> row = select.step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return {};
    const std::optional<BytesView> value = read_checker_.get(table, select.blob(0), select.blob(1));
    if (!value) return fail(ErrorCode::corrupt, damaged_row(path(), table));
    if (!visit(select.blob(0), *value)) return {};
  }
}

}  // namespace skerry::edge
