// A small file beside the log that says how far the log had got: SQLite takes a damaged frame of its write-ahead log
// for the end of it and drops what follows without a word, so somebody else must know.
// It never runs ahead of the log: it is written after a commit.  A power cut may leave it behind, which only makes
// it a weaker witness.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/ids.h"
#include "core/result.h"
#include "edge/checked_row.h"
#include "edge/file.h"
#include "sync/store.h"

namespace skerry::edge {

// One thread at a time.
class Witness {
 public:
  // A new witness, that has seen nothing.
  static core::Result<Witness> make(const Files& files, const std::string& path, const core::ReplicaId& incarnation);
  // The one that is there; nothing if there is none; `corrupt` if it is damaged or speaks of another incarnation.
  static core::Result<std::optional<Witness>> open(const Files& files, const std::string& path,
                                                   const core::ReplicaId& incarnation);

  // The log had got at least this far.
  sync::Lsn reached() const { return reached_; }
  // Microseconds: it reaches the disk when the system pleases.  `no_space`: it stays where it was.
  core::Result<void> reach(sync::Lsn lsn);
  core::Result<void> sync() { return file_->sync(); }

 private:
  Witness(std::unique_ptr<File> file, const core::ReplicaId& incarnation)
      : file_(std::move(file)), incarnation_(incarnation), checker_(incarnation) {}
  core::Bytes record(sync::Lsn lsn);
  std::optional<sync::Lsn> read_record(core::BytesView bytes);

  std::unique_ptr<File> file_;
  core::ReplicaId incarnation_;
  RowChecker checker_;
  sync::Lsn reached_ = 0;
  unsigned slot_ = 0;  // the one written last
};

}  // namespace skerry::edge
