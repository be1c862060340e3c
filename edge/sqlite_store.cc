#include "edge/sqlite_store.h"

#include <algorithm>

#include "core/ensure.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ensure;
using core::Error;
using core::ErrorCode;
using core::fail;
using core::ReplicaId;
using core::Result;
using sync::Flush;
using sync::Lsn;
using sync::Room;
using sync::Row;
using sync::Segment;

namespace {

constexpr std::string_view start_again =
    ": move the data directory away and start with an empty one, peers will fill it";

// A log may be made where there is neither cells nor a witness: then nothing was ever committed here.
Result<std::unique_ptr<LogFile>> open_log(const DataDirectory& directory, const SqliteStore::Options& options) {
  const Result<bool> cells = options.files->exists(directory.cells()),
                     witness = options.files->exists(directory.witness());
  if (!cells) return tl::make_unexpected(cells.error());
  if (!witness) return tl::make_unexpected(witness.error());
  const bool is_new = !*cells && !*witness;
  return LogFile::open(directory.log(),
                       {.files = *options.files,
                        .incarnation_if_new = is_new ? std::optional(options.incarnation_if_new) : std::nullopt,
                        .wal_bytes = options.log_wal_bytes});
}

// Nothing if there is none, and need be none.
Result<std::optional<Witness>> open_witness(const DataDirectory& directory, const LogFile& log, const Files& files) {
  Result<std::optional<Witness>> witness = Witness::open(files, directory.witness(), log.incarnation());
  if (!witness) return witness;
  if (!*witness && log.last_found() != 0)
    return fail(ErrorCode::corrupt, directory.witness() +
                                        ": this file is missing, so nobody knows whether the log is "
                                        "whole: bring it back as it was with log.db, or" +
                                        std::string(start_again).substr(1));
  if (*witness && log.last_found() < (*witness)->reached())
    return fail(ErrorCode::corrupt, log.path() + ": the log ends at entry " + std::to_string(log.last_found()) +
                                        ", but had reached " + std::to_string((*witness)->reached()) +
                                        " (see the witness beside it): its end was lost or it is an old copy" +
                                        std::string(start_again));
  return witness;
}

// Cells may be made where the log is empty: then nothing was ever flushed here.
Result<std::unique_ptr<CellsFile>> open_cells(const DataDirectory& directory, const LogFile& log,
                                              const SqliteStore::Options& options) {
  const bool log_is_empty = log.last_found() == 0;
  Result<std::unique_ptr<CellsFile>> cells = CellsFile::open(
      directory.cells(), {.files = *options.files,
                          .incarnation_if_new = log_is_empty ? std::optional(log.incarnation()) : std::nullopt,
                          .wal_bytes = options.cells_wal_bytes,
                          .writer_cache_bytes = options.writer_cache_bytes,
                          .reader_cache_bytes = options.reader_cache_bytes});
  if (!cells) return cells;
  if ((*cells)->incarnation() != log.incarnation())
    return fail(ErrorCode::corrupt, directory.path() + ": log.db is of incarnation " + to_hex(log.incarnation()) +
                                        ", cells.db of " + to_hex((*cells)->incarnation()) +
                                        ": bring back the two that belong together, or" +
                                        std::string(start_again).substr(1));
  const Lsn complete_to = (*cells)->complete_to_found();
  if (complete_to > log.last_found())
    return fail(ErrorCode::corrupt, log.path() + ": the log ends at entry " + std::to_string(log.last_found()) +
                                        ", but cells.db holds the effect of entries up to " +
                                        std::to_string(complete_to) + std::string(start_again));
  // TODO(soon): with reconciliation a gap is repaired from the peers, cells and context given up together.
  if (!log_is_empty && complete_to + 1 < log.first_found())
    return fail(ErrorCode::corrupt, log.path() + ": the log begins at entry " + std::to_string(log.first_found()) +
                                        ", but cells.db holds the effect of entries up to " +
                                        std::to_string(complete_to) + " only" + std::string(start_again));
  return cells;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, Options options) {
  Result<DataDirectory> directory = DataDirectory::open(*options.files, path);
  if (!directory) return tl::make_unexpected(directory.error());
  Result<std::unique_ptr<SqliteStore>> store = open_files(*directory, options);
  if (!store && store.error().code == ErrorCode::no_space && Reserve::give_up(*options.files, directory->reserve()))
    store = open_files(*directory, options);
  if (store) (*store)->directory_ = std::move(*directory);
  return store;
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_files(const DataDirectory& directory, const Options& options) {
  const Files& files = *options.files;
  Result<std::unique_ptr<LogFile>> log = open_log(directory, options);
  if (!log) return tl::make_unexpected(log.error());
  Result<std::optional<Witness>> witness = open_witness(directory, **log, files);
  if (!witness) return tl::make_unexpected(witness.error());
  // A witness speaks of a log that is safe.
  Result<void> done = make_safe(files, (*log)->path());
  if (done && !*witness)
    done = Witness::make(files, directory.witness(), (*log)->incarnation()).map([&](Witness made) {
      witness->emplace(std::move(made));
    });
  if (!done) return tl::make_unexpected(done.error());
  Result<std::unique_ptr<CellsFile>> cells = open_cells(directory, **log, options);
  if (!cells) return tl::make_unexpected(cells.error());
  // The names of all files too, write-ahead logs included: SQLite sees to it and does not look whether it worked.
  done = make_safe(files, (*cells)->path()).and_then([&] { return files.sync_directory(directory.path()); });
  if (!done) return tl::make_unexpected(done.error());
  Result<Reserve> reserve = Reserve::open(files, directory.reserve(), options.reserve_bytes);
  if (!reserve) return tl::make_unexpected(reserve.error());
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::move(*log), std::move(**witness), std::move(*cells), std::move(*reserve), options));
}

SqliteStore::SqliteStore(std::unique_ptr<LogFile> log, Witness witness, std::unique_ptr<CellsFile> cells,
                         Reserve reserve, Options options)
    : options_(std::move(options)),
      log_(std::move(log)),
      witness_(std::move(witness)),
      reserve_(std::move(reserve)),
      cells_(std::move(cells)),
      appended_to_(log_->last_found()),
      facts_(log_->take_facts()),
      durable_to_(log_->last_found()),
      flushed_to_(cells_->complete_to_found()) {
  if (reserve_.bytes() == reserve_.bytes_wanted()) return;
  shortage_ = log_->path() + ": of the " + std::to_string(reserve_.bytes_wanted()) +
              " bytes of the reserve beside it there is space for " + std::to_string(reserve_.bytes());
  room_ = Room::scarce;
}

SqliteStore::~SqliteStore() {
  settle_log();
  settle_cells();
}

// --- the loop

void SqliteStore::append(Segment segment) {
  if (failed()) return;
  ensure(segment.first == appended_to_ + 1);
  ensure(segment.first <= segment.last);
  appended_to_ = segment.last;
  for (const Row& fact : segment.facts) {
    if (fact.value)
      facts_.insert_or_assign(fact.key, *fact.value);
    else
      facts_.erase(fact.key);
  }
  const std::lock_guard lock(mutex_);
  appended_bytes_ += segment.bytes.size();
  appended_.push_back(std::move(segment));
}

Result<void> SqliteStore::read_log(Lsn from, const SegmentVisitor& visit) const {
  return log_->read(from, durable_to(), visit);
}

Result<std::optional<Bytes>> SqliteStore::log_fact(BytesView key) const {
  const auto found = facts_.find(key);
  if (found == facts_.end()) return std::nullopt;
  return found->second;
}

Result<void> SqliteStore::log_facts(BytesView prefix, const RowVisitor& visit) const {
  for (auto fact = facts_.lower_bound(prefix); fact != facts_.end() && fact->first.starts_with(prefix); ++fact) {
    if (!visit(fact->first, fact->second)) break;
  }
  return {};
}

Result<void> SqliteStore::scan(BytesView first, BytesView limit, const RowVisitor& visit) const {
  return cells_->scan(first, limit, visit);
}

Result<void> SqliteStore::row_facts(BytesView prefix, const RowVisitor& visit) const {
  return cells_->facts(prefix, visit);
}

void SqliteStore::flush(Flush flush) {
  if (failed()) return;
  ensure(!flushing());
  ensure(flushed_to() <= flush.complete_to);
  ensure(flush.complete_to <= durable_to());
  const auto out_of_order = [](const Row& left, const Row& right) { return !(left.key < right.key); };
  ensure(std::adjacent_find(flush.rows.begin(), flush.rows.end(), out_of_order) == flush.rows.end());
  flushing_.store(true, std::memory_order_release);
  hurried_.store(false, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  flush_ = std::move(flush);
}

const std::optional<Error>& SqliteStore::failure() const {
  static const std::optional<Error> none;
  return failed() ? failure_ : none;
}

// --- any thread

bool SqliteStore::has_appended() const {
  const std::lock_guard lock(mutex_);
  return !appended_.empty() && room() != Room::none && !failed();
}

std::size_t SqliteStore::appended_bytes() const {
  const std::lock_guard lock(mutex_);
  return appended_bytes_;
}

bool SqliteStore::has_flush() const {
  if (failed()) return false;
  if (room() != Room::enough) return cells_may_try_.load(std::memory_order_acquire);
  const std::lock_guard lock(mutex_);
  return flush_.has_value();
}

void SqliteStore::fail_with(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (failure_) return;
    failure_ = error;
    failed_.store(true, std::memory_order_release);
  }
  moved();
}

void SqliteStore::moved() const {
  if (moved_) moved_();
}

// --- the committing thread

void SqliteStore::commit_appended() {
  // With no room at all each try would write it all for nothing: look_for_room() tries now and then.
  if (room() != Room::none) commit_all();
}

void SqliteStore::commit_all() {
  std::vector<Segment> segments;
  {
    const std::lock_guard lock(mutex_);
    segments.swap(appended_);
    appended_bytes_ = 0;
  }
  if (segments.empty() || failed()) return;
  const auto work = [&] { return commit(segments); };
  const Result<void> done = from_reserve(work(), 0, work);
  if (done) {
    if (room() == Room::none) set_room(Room::scarce);
  } else if (done.error().code == ErrorCode::no_space) {
    append_again(std::move(segments));
    set_room(Room::none);
  } else {
    fail_with(done.error());
  }
}

void SqliteStore::checkpoint_log() {
  if (failed() || !log_checkpoint_due()) return;
  // A checkpoint makes the log longer by what is new in it, mostly little, and saves much: but not all of the reserve.
  const std::size_t kept = reserve_.bytes_wanted() / 2;
  if (room() != Room::enough && reserve_.bytes() <= kept) return;
  const auto work = [this] { return log_->checkpoint(); };
  Result<void> done = from_reserve(work(), kept, work);
  if (!done && done.error().code == ErrorCode::no_space) return;
  committed_since_checkpoint_ = false;
  if (done) done = witness_.sync();
  if (!done) fail_with(done.error());
}

Result<void> SqliteStore::commit(const std::vector<Segment>& segments) {
  Result<void> done = log_->commit(segments);
  if (!done) return done;
  commits_.fetch_add(1, std::memory_order_relaxed);
  committed_since_checkpoint_ = true;
  done = witness_.reach(segments.back().last);
  if (!done && done.error().code == ErrorCode::no_space) {
    // It is a weaker witness until the next time.
    fall_short(done.error());
    done = {};
  }
  durable_to_.store(segments.back().last, std::memory_order_release);
  moved();
  return done;
}

void SqliteStore::settle_log() {
  // On a full disk what the write-ahead log has is worth keeping.
  if (failed() || room() != Room::enough) return;
  Result<void> done = log_->settle();
  if (!done && done.error().code == ErrorCode::no_space) return fall_short(done.error());
  if (done) done = witness_.sync();
  if (!done) fail_with(done.error());
}

// --- the flushing thread

void SqliteStore::write_flush() {
  const std::lock_guard writing(cells_write_);
  if (room() != Room::enough && !cells_may_try_.exchange(false, std::memory_order_acq_rel)) return;
  cells_give_way_.store(false, std::memory_order_relaxed);
  std::optional<Flush> flush;
  {
    const std::lock_guard lock(mutex_);
    flush.swap(flush_);
  }
  if (failed()) return;
  if (flush) {
    if (const Result<void> done = write(*flush); !done) {
      if (done.error().code != ErrorCode::no_space) return fail_with(done.error());
      flush_again(std::move(*flush));
      return cells_fall_short(done.error());
    }
    flushed_to_.store(flush->complete_to, std::memory_order_release);
    flushing_.store(false, std::memory_order_release);
    moved();
    flush.reset();  // many rows: not to be kept through a checkpoint
  }
  if (cells_->checkpoint_due()) {
    if (const Result<void> done = cells_->checkpoint(); !done) {
      if (done.error().code != ErrorCode::no_space) return fail_with(done.error());
      return cells_fall_short(done.error());
    }
  }
  cells_bytes_lacked_.store(0, std::memory_order_release);
}

Result<void> SqliteStore::write(const Flush& flush) {
  const bool rests = options_.rest && options_.pace.rows > 0;
  std::size_t rows = 0;
  return cells_->write(flush, [&] {
    if (rests && ++rows % options_.pace.rows == 0 && !hurried_.load(std::memory_order_relaxed))
      options_.rest(options_.pace.rest);
    return !cells_give_way_.load(std::memory_order_relaxed);
  });
}

void SqliteStore::settle_cells() {
  const std::lock_guard writing(cells_write_);
  if (failed() || room() != Room::enough) return;
  const Result<void> done = cells_->settle();
  if (done) return;
  if (done.error().code != ErrorCode::no_space) return fail_with(done.error());
  cells_fall_short(done.error());
}

}  // namespace skerry::edge
