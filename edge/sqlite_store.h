// The Store on SQLite: one directory, with log.db (edge/log_file.h), cells.db (edge/cells_file.h), the witness of the
// log's end and a lock.  Two files, because a flush must not hold up a commit (docs/architecture.md, "Threads").
//
// Threads: the store owns none.  sync::Store's functions are for the loop.  Its owner lends two more:
//     one calls commit_appended() and checkpoint_log() whenever has_appended(), and settle_log() when nothing came for
//     a while;
//     one calls write_flush() whenever has_flush(), and settle_cells() when nothing came for a while.
// The loop may be either of them while the lent one rests.
// When something moved (durable_to, flushed_to, room or failure), the listener is called on the thread that moved it.
//
// A full disk ends nothing (docs/decisions/0014-a-full-disk-is-a-mode.md): what the log lacks it takes from a reserve,
// what the cells lack waits, and room() says so until look_for_room() has found enough for both.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"
#include "edge/cells_file.h"
#include "edge/data_directory.h"
#include "edge/log_file.h"
#include "edge/reserve.h"
#include "edge/witness.h"
#include "sync/store.h"

namespace skerry::edge {

class SqliteStore final : public sync::Store {
 public:
  // After so many rows of a flush its thread rests so long, so that commits and clients get the disk and the processor.
  struct Pace {
    std::size_t rows = 0;
    core::Duration rest{};
  };
  struct Options {
    // Of a directory that is made now: random, and never used before (I1).
    core::ReplicaId incarnation_if_new;
    Pace pace;
    // How the flushing thread rests: the store knows no clock.  Not called when empty.
    std::function<void(core::Duration)> rest;
    // Where a checkpoint follows: small, for commits wait for the log's; larger, for pages that change often.
    std::size_t log_wal_bytes = 4 << 20;
    std::size_t cells_wal_bytes = 32 << 20;
    std::size_t writer_cache_bytes = 8 << 20;
    std::size_t reader_cache_bytes = 8 << 20;
    // Kept for a full disk: some ten thousand deletions, and what was under way when it became full.
    std::size_t reserve_bytes = 16 << 20;
    const Files* files = &system_files;  // that hold the directory
  };

  // Opens the directory, or makes it; on a full disk with the help of the reserve that is in it.  What is found in it
  // survives a power cut from then on, whatever became of the process that wrote it.  Errors: `busy` if another process
  // has it open; `unsupported` if a newer skerry wrote it; `corrupt` if it lacks what was written there: a file, the
  // end of the log, entries between the rows and the log; or if the files are not of one incarnation; `no_space`; `io`.
  // The detail names the file and what to do.
  static core::Result<std::unique_ptr<SqliteStore>> open(const std::string& path, Options options);
  // What was appended and not committed is lost, as in a crash.  REQUIRES that the lent threads have returned.
  ~SqliteStore() override;

  // The name of the life that this directory holds.
  const core::ReplicaId& incarnation() const { return log_->incarnation(); }

  // Before the threads are lent.
  void set_listener(std::function<void()> moved) { moved_ = std::move(moved); }

  // --- any thread
  bool has_appended() const;
  // Of what was appended and is not yet being committed.
  std::size_t appended_bytes() const;
  bool has_flush() const;
  // What the disk had no space for first, since room() is not `enough`; for a person.
  std::string shortage() const;
  // Of the log, since it was opened.
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
  // The flush under way rests no more: writes wait for it.
  void hurry() { hurried_.store(true, std::memory_order_relaxed); }

  // --- the committing thread: these block until the disk has done it
  // All that was appended so far, in one transaction.
  void commit_appended();
  // A checkpoint of the log, if it is due.  The next commit waits for it, so it is kept small (Options::log_wal_bytes).
  bool log_checkpoint_due() const { return committed_since_checkpoint_ && log_->checkpoint_due(); }
  void checkpoint_log();
  void settle_log();
  // To be called every second or so while room() is not `enough`: tries what waits for space, and looks whether there
  // is enough of it again.
  void look_for_room();

  // --- the flushing thread: these block until the disk has done it
  void write_flush();
  void settle_cells();

  // --- sync::Store: the loop
  void append(sync::Segment segment) override;
  sync::Lsn durable_to() const override { return durable_to_.load(std::memory_order_acquire); }
  sync::Lsn appended_to() const override { return appended_to_; }
  core::Result<void> read_log(sync::Lsn from, const SegmentVisitor& visit) const override;
  core::Result<std::optional<core::Bytes>> log_fact(core::BytesView key) const override;
  core::Result<void> log_facts(core::BytesView prefix, const RowVisitor& visit) const override;
  core::Result<std::optional<core::Bytes>> read(core::BytesView key) const override { return cells_->read(key); }
  core::Result<void> scan(core::BytesView first, core::BytesView limit, const RowVisitor& visit) const override;
  core::Result<std::optional<core::Bytes>> row_fact(core::BytesView key) const override { return cells_->fact(key); }
  core::Result<void> row_facts(core::BytesView prefix, const RowVisitor& visit) const override;
  void flush(sync::Flush flush) override;
  bool flushing() const override { return flushing_.load(std::memory_order_acquire); }
  sync::Lsn flushed_to() const override { return flushed_to_.load(std::memory_order_acquire); }
  sync::Room room() const override { return room_.load(std::memory_order_acquire); }
  const std::optional<core::Error>& failure() const override;

 private:
  static core::Result<std::unique_ptr<SqliteStore>> open_files(const DataDirectory& directory, const Options& options);
  SqliteStore(std::unique_ptr<LogFile> log, Witness witness, std::unique_ptr<CellsFile> cells, Reserve reserve,
              Options options);
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  void fail_with(const core::Error& error);
  void moved() const;
  void commit_all();
  core::Result<void> commit(const std::vector<sync::Segment>& segments);
  core::Result<void> write(const sync::Flush& flush);

  // --- when the disk is full
  void set_room(sync::Room room);
  void fall_short(const core::Error& error);
  core::Result<void> from_reserve(core::Result<void> failed, std::size_t kept,
                                  const std::function<core::Result<void>()>& work);
  void append_again(std::vector<sync::Segment> segments);
  void flush_again(sync::Flush flush);
  void cells_fall_short(const core::Error& error);

  std::optional<DataDirectory> directory_;
  Options options_;
  std::function<void()> moved_;
  std::unique_ptr<LogFile> log_;
  Witness witness_;                          // the committing thread's
  bool committed_since_checkpoint_ = false;  // the committing thread's
  Reserve reserve_;                          // the committing thread's
  std::unique_ptr<CellsFile> cells_;

  // The loop's.
  sync::Lsn appended_to_;
  std::map<core::Bytes, core::Bytes, std::less<>> facts_;

  // Handed over.
  mutable std::mutex mutex_;
  std::vector<sync::Segment> appended_;
  std::size_t appended_bytes_ = 0;
  std::optional<sync::Flush> flush_;
  std::optional<core::Error> failure_;  // written once, before failed_ is set
  std::atomic<bool> failed_ = false;
  std::atomic<bool> flushing_ = false;
  std::atomic<bool> hurried_ = false;
  std::atomic<sync::Room> room_ = sync::Room::enough;
  std::string shortage_;
  // The flushing thread has it while it writes, and the committing thread while it makes space: what the reserve gives
  // shall not go to the cells.  Recursive, for where both are one thread a flush that rests lets a commit in.
  std::recursive_mutex cells_write_;
  std::atomic<bool> cells_give_way_ = false;         // the flush under way is to be called off
  std::atomic<bool> cells_may_try_ = false;          // though room() is scarce
  std::atomic<std::size_t> cells_bytes_lacked_ = 0;  // for which they wait; 0: they do not
  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<sync::Lsn> durable_to_;
  std::atomic<sync::Lsn> flushed_to_;
};

}  // namespace skerry::edge
