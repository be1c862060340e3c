// log.db: segments, and the facts that became durable with them.
// Thread rule: commit, checkpoint and settle from one thread at a time; everything else from the loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "edge/checked_row.h"
#include "edge/store_file.h"
#include "sync/store.h"

namespace skerry::edge {

class LogFile {
 public:
  struct Options {
    const Files& files;
    std::optional<core::ReplicaId> incarnation_if_new;
    std::size_t wal_bytes = 0;  // beyond this a commit is followed by a checkpoint
  };
  static core::Result<std::unique_ptr<LogFile>> open(const std::string& path, const Options& options);

  const std::string& path() const { return writer_->path(); }
  const core::ReplicaId& incarnation() const { return incarnation_; }
  // As found on disk when it was opened; 0 and 0 if the log was empty.
  sync::Lsn first_found() const { return first_found_; }
  sync::Lsn last_found() const { return last_found_; }
  // Moves the facts out, as found on disk when it was opened.
  std::map<core::Bytes, core::Bytes, std::less<>> take_facts() { return std::move(facts_found_); }

  // Writes all in one transaction and syncs it.  `no_space`: nothing of it was written, and it may be tried again.
  core::Result<void> commit(const std::vector<sync::Segment>& segments);
  // Whether the write-ahead log has passed its bound.
  std::size_t wal_bytes() const { return writer_->wal_bytes(); }
  bool checkpoint_due() const { return wal_bytes() > wal_bytes_max_; }
  // `no_space`: nothing is lost by it, and it may be tried again; as settle().
  core::Result<void> checkpoint() { return writer_->checkpoint(Database::Checkpoint::passive); }
  // For idle moments: empties the write-ahead log.
  core::Result<void> settle();

  // sync::Store::read_log, up to the entry `to`.
  core::Result<void> read(sync::Lsn from, sync::Lsn to, const sync::Store::SegmentVisitor& visit);

 private:
  explicit LogFile(StoreFile file, std::size_t wal_bytes_max);
  core::Result<void> prepare();
  core::Result<void> find_ends();
  core::Result<void> load_facts();
  core::Result<void> write(const std::vector<sync::Segment>& segments);
  core::Result<void> insert(const sync::Segment& segment);
  core::Result<void> put_fact(const sync::Row& fact);
  std::string missing_entries(sync::Lsn first) const;

  std::unique_ptr<Database> writer_;
  std::unique_ptr<Database> reader_;
  core::ReplicaId incarnation_;
  std::size_t wal_bytes_max_;
  sync::Lsn first_found_ = 0;
  sync::Lsn last_found_ = 0;
  std::map<core::Bytes, core::Bytes, std::less<>> facts_found_;

  // The committing thread's.
  RowChecker write_checker_;
  core::Bytes value_;
  Statement begin_, commit_, insert_segment_, insert_fact_, delete_fact_;
  // The loop's.
  RowChecker read_checker_;
};

}  // namespace skerry::edge
