#include "edge/log_file.h"

#include <algorithm>

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::fail;
using core::Result;
using sync::Lsn;
using sync::Row;
using sync::Segment;

namespace {

constexpr StoreFileFormat log_format{
    .name = "a log",
    .application_id = 0x534b'4c47,  // SKLG
    .version = 1,
    // A commit is one row of a few kilobytes up to a megabyte, and each page of it costs five system calls.
    .page_bytes = 16384,
    .schema =
        "CREATE TABLE segments(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, format INTEGER NOT NULL,"
        " checksum INTEGER NOT NULL, bytes BLOB NOT NULL);",
};

constexpr std::int64_t segment_format = 1;

std::uint64_t checksum(RowChecker& checker, Lsn first, Lsn last, BytesView bytes) {
  Bytes ends;
  core::put_u64(ends, first);
  core::put_u64(ends, last);
  return checker.checksum(Table::segments, ends, bytes);
}

}  // namespace

LogFile::LogFile(StoreFile file, std::size_t wal_bytes_max)
    : writer_(std::move(file.writer)),
      reader_(std::move(file.reader)),
      incarnation_(file.incarnation),
      wal_bytes_max_(wal_bytes_max),
      write_checker_(file.incarnation),
      read_checker_(file.incarnation) {}

Result<std::unique_ptr<LogFile>> LogFile::open(const std::string& path, const Options& options) {
  Result<StoreFile> file = open_store_file(options.files, path, log_format, options.incarnation_if_new);
  if (!file) return tl::make_unexpected(file.error());
  std::unique_ptr<LogFile> log(new LogFile(std::move(*file), options.wal_bytes));
  Result<void> done = log->prepare();
  if (done) done = log->find_ends();
  if (done) done = log->load_facts();
  if (!done) return tl::make_unexpected(done.error());
  return log;
}

Result<void> LogFile::prepare() {
  return writer_->prepare_all({
      {begin_, "BEGIN IMMEDIATE"},
      {commit_, "COMMIT"},
      {insert_segment_, "INSERT INTO segments(first, last, format, checksum, bytes) VALUES(?1, ?2, ?3, ?4, ?5)"},
      {insert_fact_,
       "INSERT INTO facts(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value=excluded.value"},
      {delete_fact_, "DELETE FROM facts WHERE key=?1"},
  });
}

Result<void> LogFile::find_ends() {
  const Result<std::int64_t> first = reader_->integer("SELECT first FROM segments ORDER BY first LIMIT 1");
  if (!first) return tl::make_unexpected(first.error());
  const Result<std::int64_t> last = reader_->integer("SELECT last FROM segments ORDER BY first DESC LIMIT 1");
  if (!last) return tl::make_unexpected(last.error());
  first_found_ = static_cast<Lsn>(*first);
  last_found_ = static_cast<Lsn>(*last);
  // The ends are worth as much as the last segment's checksum.
  return last_found_ == 0 ? Result<void>() : read(last_found_, last_found_, [](Lsn, Lsn, BytesView) { return true; });
}

Result<void> LogFile::load_facts() {
  Result<Statement> select = reader_->prepare("SELECT key, value FROM facts");
  if (!select) return tl::make_unexpected(select.error());
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return {};
    const std::optional<BytesView> value = read_checker_.get(Table::facts, select->blob(0), select->blob(1));
    if (!value) return fail(ErrorCode::corrupt, damaged_row(path(), Table::facts));
    facts_found_.emplace(select->blob(0), *value);
  }
}

Result<void> LogFile::commit(const std::vector<Segment>& segments) {
  Result<void> done = write(segments);
  if (done || done.error().code != ErrorCode::no_space) return done;
  const Result<void> undone = writer_->roll_back();
  return undone ? done : undone;
}

Result<void> LogFile::write(const std::vector<Segment>& segments) {
  Result<void> done = begin_.run();
  for (std::size_t i = 0; i < segments.size() && done; ++i) {
    done = insert(segments[i]);
    for (std::size_t fact = 0; fact < segments[i].facts.size() && done; ++fact)
      done = put_fact(segments[i].facts[fact]);
  }
  return done ? commit_.run() : done;
}

Result<void> LogFile::insert(const Segment& segment) {
  insert_segment_.bind(1, static_cast<std::int64_t>(segment.first));
  insert_segment_.bind(2, static_cast<std::int64_t>(segment.last));
  insert_segment_.bind(3, segment_format);
  insert_segment_.bind(4,
                       static_cast<std::int64_t>(checksum(write_checker_, segment.first, segment.last, segment.bytes)));
  insert_segment_.bind(5, segment.bytes);
  return insert_segment_.run();
}

Result<void> LogFile::put_fact(const Row& fact) {
  Statement& statement = fact.value ? insert_fact_ : delete_fact_;
  statement.bind(1, fact.key);
  if (fact.value) {
    write_checker_.put(value_, Table::facts, fact.key, *fact.value);
    statement.bind(2, value_);
  }
  return statement.run();
}

Result<void> LogFile::settle() {
  if (writer_->wal_bytes() == 0) return {};
  return writer_->checkpoint(Database::Checkpoint::truncate);
}

Result<void> LogFile::read(Lsn from, Lsn to, const sync::Store::SegmentVisitor& visit) {
  Lsn next = std::max({from, first_found_, Lsn{1}});  // the first entry that must be there
  if (next > to) return {};
  // The segment that holds `from` begins at or before it.
  Result<Statement> select = reader_->prepare(
      "SELECT first, last, format, checksum, bytes FROM segments WHERE first <= ?2 AND"
      " first >= coalesce((SELECT max(first) FROM segments WHERE first <= ?1), 0) ORDER BY first");
  if (!select) return tl::make_unexpected(select.error());
  select->bind(1, static_cast<std::int64_t>(from));
  select->bind(2, static_cast<std::int64_t>(to));
  bool begun = false;
  for (;;) {
    const Result<bool> row = select->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) break;
    const auto first = static_cast<Lsn>(select->integer(0)), last = static_cast<Lsn>(select->integer(1));
    const BytesView bytes = select->blob(4);
    const bool whole = select->integer(2) == segment_format && first <= last &&
                       static_cast<std::uint64_t>(select->integer(3)) == checksum(read_checker_, first, last, bytes);
    if (!whole) return fail(ErrorCode::corrupt, damaged_row(path(), Table::segments));
    if (first > next || (begun && first < next)) return fail(ErrorCode::corrupt, missing_entries(next));
    begun = true;
    next = last + 1;
    if (last >= from && !visit(first, last, bytes)) return {};
  }
  return next > to ? Result<void>() : fail(ErrorCode::corrupt, missing_entries(next));
}

std::string LogFile::missing_entries(Lsn first) const {
  return path() + ": the log lacks its entry " + std::to_string(first) +
         ", though later ones were written: move the data directory away and start with an empty one, peers will fill "
         "it";
}

}  // namespace skerry::edge
