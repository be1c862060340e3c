// cells.db: the rows as of one lsn of the log, and facts that hold as of the same.
// Thread rule: write, checkpoint and settle from one thread at a time; everything else from the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/time.h"
#include "edge/checked_row.h"
#include "edge/store_file.h"
#include "sync/store.h"

namespace skerry::edge {

class CellsFile {
 public:
  struct Options {
    const Files& files;
    std::optional<core::ReplicaId> incarnation_if_new;
    std::size_t wal_bytes = 0;           // beyond this a flush is followed by a checkpoint
    std::size_t writer_cache_bytes = 0;  // pages; a flush goes through in the order of keys and needs few
    std::size_t reader_cache_bytes = 0;  // pages; forgotten at each flush
  };
  static core::Result<std::unique_ptr<CellsFile>> open(const std::string& path, const Options& options);

  const std::string& path() const { return writer_->path(); }
  const core::ReplicaId& incarnation() const { return incarnation_; }
  // As found on disk when it was opened.
  sync::Lsn complete_to_found() const { return complete_to_found_; }

  // Writes all in one transaction and syncs it.  Calls `after_row` in between, for pauses; when that is false it is
  // called off.  `no_space`, also if called off: nothing of it was written, and it may be tried again.
  core::Result<void> write(const sync::Flush& flush, const std::function<bool()>& after_row);
  std::size_t wal_bytes() const { return writer_->wal_bytes(); }
  bool checkpoint_due() const { return writer_->wal_bytes() > wal_bytes_max_; }
  core::Result<void> checkpoint() { return writer_->checkpoint(Database::Checkpoint::passive); }
  // For idle moments: empties the write-ahead log.
  core::Result<void> settle();
  // After `no_space`: gives back what a part of a flush may have taken, if all before it can be checkpointed.
  core::Result<void> give_back() { return writer_->checkpoint(Database::Checkpoint::truncate); }

  // sync::Store's.
  core::Result<std::optional<core::Bytes>> read(core::BytesView key);
  core::Result<void> scan(core::BytesView first, core::BytesView limit, const sync::Store::RowVisitor& visit);
  core::Result<std::optional<core::Bytes>> fact(core::BytesView key);
  core::Result<void> facts(core::BytesView prefix, const sync::Store::RowVisitor& visit);

 private:
  explicit CellsFile(StoreFile file, std::size_t wal_bytes_max);
  core::Result<void> prepare();
  core::Result<void> find_complete_to();
  core::Result<void> write_rows(const sync::Flush& flush, const std::function<bool()>& after_row);
  core::Result<void> put(Table table, core::BytesView key, const std::optional<core::Bytes>& value);
  core::Result<std::optional<core::Bytes>> find(Table table, Statement& select, core::BytesView key);
  core::Result<void> visit_rows(Table table, Statement& select, const sync::Store::RowVisitor& visit);

  std::unique_ptr<Database> writer_;
  std::unique_ptr<Database> reader_;
  core::ReplicaId incarnation_;
  std::size_t wal_bytes_max_;
  sync::Lsn complete_to_found_ = 0;

  // The flushing thread's.
  RowChecker write_checker_;
  core::Bytes value_;
  struct Change {
    Statement put, remove;
  };
  Statement begin_, commit_;
  Change rows_, facts_, store_;
  Change& change(Table table);
  // The loop's.
  RowChecker read_checker_;
  Statement find_row_, find_fact_, scan_, scan_to_end_;
};

}  // namespace skerry::edge
