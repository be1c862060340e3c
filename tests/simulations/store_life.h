// A life of the real store on a forgetting disk, with a record of what it has promised, to compare with what is there
// after power cuts, kills and errors.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "edge/sqlite_store.h"
#include "simulations/forgetting_files.h"

namespace skerry::simulations {

// What may be done with a store, each a kind of transaction on its disk.
enum class Step {
  open,            // of a directory that is there or is made
  append,          // a small segment
  append_several,  // three, and facts that are put, changed and removed
  append_large,    // of several pages
  commit,          // what was appended; beyond log_wal_bytes a checkpoint follows
  flush,           // with commits meanwhile; rows put, changed and removed; beyond cells_wal_bytes a checkpoint follows
  flush_large,     // more than the writer's cache holds, so that pages leave it before the commit
  write_flush,     // that waits
  settle_log,      // empties the write-ahead log
  settle_cells,    //
  read,            // rows and log
  look_for_room,   // and write what waited for it
  close,           // settles both
};

// What a look at a reopened store found.  The first is good.
enum class Verdict { holds, lost, damaged, wrong };

class StoreLife {
 public:
  struct Finding {
    Verdict verdict = Verdict::holds;
    std::string what;
  };

  explicit StoreLife(std::uint64_t seed)
      : disk(core::Random(seed)), vfs(disk, "store life " + std::to_string(seed)), files(disk, vfs), chance_(~seed) {}

  // Takes the step if it makes sense now (only `open` does without a store), and notes what was promised.
  void take(Step step);
  bool is_open() const { return store_ != nullptr; }
  const edge::SqliteStore& store() const { return *store_; }
  // The last failure to open, or the store's.
  const std::optional<core::Error>& failure() const { return failure_; }

  // The store's process ends, not on its own terms.
  void kill() {
    end();
    disk.kill();
  }
  void lose_power(std::optional<Survival> survival) {
    end();
    disk.lose_power(survival);
  }
  // Opens, compares, and from then on promises what it found.  Leaves no store if it does not open.
  Finding look();

  std::size_t reserve_bytes = 64 << 10;  // of stores that are opened from now on
  ForgettingDisk disk;
  ForgettingVfs vfs;
  ForgettingFiles files;

 private:
  using Rows = std::map<core::Bytes, core::Bytes>;
  struct FlushState {
    sync::Lsn complete_to = 0;
    Rows rows;
  };

  static constexpr const char* data = "/srv/data";

  // Not well: a store that is left to itself would tidy up.
  void end() {
    disk.plan({.at = 0, .fault = ForgettingDisk::Fault::stop, .lasts = false});
    store_.reset();
  }
  void open();
  void append(std::size_t size, std::vector<sync::Row> facts);
  void flush(std::size_t rows);
  void commit_meanwhile();
  void read();
  void note();
  core::Bytes content(std::size_t size);
  Finding compare_log();
  Finding compare_facts() const;
  Finding compare_rows();

  core::Random chance_;
  std::unique_ptr<edge::SqliteStore> store_;
  std::optional<core::Error> failure_;
  std::uint64_t contents_ = 0;

  // What was handed over, and how much of it was said to be safe.
  std::vector<sync::Segment> appended_;
  sync::Lsn durable_to_ = 0;
  std::vector<FlushState> flushes_{FlushState{}};
  std::size_t flushed_ = 0;  // index
};

inline void StoreLife::take(Step step) {
  if (step == Step::open) return open();
  if (!store_) return;
  switch (step) {
    case Step::open:
      break;
    case Step::append:
      append(20 + chance_.below(200), {{"last", content(8)}});
      break;
    case Step::append_several:
      append(100, {{"kept", content(40)}, {"removed", content(10)}});
      append(600, {{"kept", content(30)}, {"removed", std::nullopt}});
      append(10, {{"fact " + std::to_string(chance_.below(9)), content(700)}});
      break;
    case Step::append_large:
      append(20'000 + chance_.below(60'000), {});
      break;
    case Step::commit:
      store_->commit_appended();
      store_->checkpoint_log();
      break;
    case Step::flush:
      flush(1 + chance_.below(20));
      break;
    case Step::flush_large:
      flush(150);
      break;
    case Step::write_flush:
      store_->write_flush();
      break;
    case Step::settle_log:
      store_->settle_log();
      break;
    case Step::settle_cells:
      store_->settle_cells();
      break;
    case Step::read:
      read();
      break;
    case Step::look_for_room:
      store_->look_for_room();
      if (store_->has_flush()) store_->write_flush();
      break;
    case Step::close:
      store_.reset();
      // What was not committed is gone.
      while (!appended_.empty() && appended_.back().last > durable_to_) appended_.pop_back();
      break;
  }
  note();
}

inline void StoreLife::open() {
  if (store_) return;
  core::ReplicaId incarnation;
  incarnation.bytes.fill(7);
  auto opened = edge::SqliteStore::open(data, {.incarnation_if_new = incarnation,
                                               .pace = {.rows = 5, .rest = {}},
                                               .rest = [this](core::Duration) { commit_meanwhile(); },
                                               .log_wal_bytes = 100'000,
                                               .cells_wal_bytes = 60'000,
                                               .writer_cache_bytes = 32'768,
                                               .reader_cache_bytes = 32'768,
                                               .reserve_bytes = reserve_bytes,
                                               .files = &files});
  failure_.reset();
  if (!opened) {
    failure_ = opened.error();
    return;
  }
  store_ = std::move(*opened);
  // What was flushed and never written, for lack of space, is gone or there; the next flush follows what there is.
  if (flushes_.size() - 1 == flushed_) return;
  const auto fact = store_->row_fact("flush");
  const std::size_t there = fact && *fact ? std::stoul(**fact) : 0;
  if (fact && there >= flushed_ && there < flushes_.size()) flushes_.resize(there + 1);
}

// No two contents are the same, so that one in the place of another is noticed.
inline core::Bytes StoreLife::content(std::size_t size) {
  core::Bytes bytes = std::to_string(++contents_) + ".";
  while (bytes.size() < size) bytes += bytes;
  bytes.resize(size);
  return bytes;
}

inline void StoreLife::append(std::size_t size, std::vector<sync::Row> facts) {
  if (store_->failure()) return;
  const sync::Lsn first = store_->appended_to() + 1;
  appended_.push_back({.first = first, .last = first + chance_.below(3), .bytes = content(size), .facts = facts});
  store_->append(appended_.back());
}

inline void StoreLife::flush(std::size_t rows) {
  if (store_->failure() || store_->flushing()) return;
  FlushState next = flushes_.back();
  next.complete_to = store_->durable_to();
  Rows changed;
  sync::Flush flush{.complete_to = next.complete_to, .rows = {}, .facts = {}};
  for (std::size_t i = 0; i < rows; ++i) changed["key " + std::to_string(chance_.below(500))] = "";
  for (auto& [key, value] : changed) {
    if (chance_.chance(0.2)) {
      next.rows.erase(key);
      flush.rows.push_back({key, std::nullopt});
    } else {
      next.rows[key] = content(chance_.chance(0.02) ? 9'000 : 10 + chance_.below(150));
      flush.rows.push_back({key, next.rows[key]});
    }
  }
  flush.facts.push_back({"flush", std::to_string(flushes_.size())});
  flushes_.push_back(std::move(next));
  store_->flush(std::move(flush));
  store_->write_flush();
}

// The two lent threads have a file each, so a commit may fall anywhere into a flush.
inline void StoreLife::commit_meanwhile() {
  if (!chance_.chance(0.1)) return;
  append(50, {{"last", content(8)}});
  store_->commit_appended();
  store_->checkpoint_log();
}

inline void StoreLife::read() {
  // What it answers is compared elsewhere; here it is for the disk to be asked.
  (void)store_->read("key " + std::to_string(chance_.below(500)));
  (void)store_->scan("key 2", "key 3", [](core::BytesView, core::BytesView) { return true; });
  (void)store_->read_log(store_->durable_to() / 2, [](sync::Lsn, sync::Lsn, core::BytesView) { return true; });
}

inline void StoreLife::note() {
  if (!store_) return;
  durable_to_ = std::max(durable_to_, store_->durable_to());
  if (!store_->flushing()) flushed_ = flushes_.size() - 1;
  failure_ = store_->failure();
}

inline StoreLife::Finding StoreLife::look() {
  open();
  if (!store_) {
    const std::string& why = failure_->detail;
    if (failure_->code != core::ErrorCode::corrupt) return {Verdict::wrong, why};
    // The witness has noticed that promises were broken.
    return {why.find("its end was lost") == std::string::npos ? Verdict::damaged : Verdict::lost, why};
  }
  Finding finding = compare_log();
  if (finding.verdict == Verdict::holds) finding = compare_facts();
  if (finding.verdict == Verdict::holds) finding = compare_rows();
  if (finding.verdict == Verdict::holds) note();
  return finding;
}

inline StoreLife::Finding StoreLife::compare_log() {
  const sync::Lsn found = store_->durable_to();
  if (found < durable_to_)
    return {Verdict::lost, "the log ends at " + std::to_string(found) + ", and " + std::to_string(durable_to_) +
                               " was called durable"};
  std::size_t next = 0;
  std::string wrong;
  const auto done = store_->read_log(1, [&](sync::Lsn first, sync::Lsn last, core::BytesView bytes) {
    const bool same = next < appended_.size() && appended_[next].first == first && appended_[next].last == last &&
                      appended_[next].bytes == bytes;
    if (!same) wrong = "the segment from " + std::to_string(first) + " is not what was appended";
    ++next;
    return same;
  });
  if (!done) return {Verdict::damaged, done.error().detail};
  if (!wrong.empty()) return {Verdict::wrong, wrong};
  // What was lost was never promised, and its entries will be others.
  appended_.resize(next);
  if (found != (appended_.empty() ? 0 : appended_.back().last))
    return {Verdict::wrong, "the log says that it ends at " + std::to_string(found) + ", and it does not"};
  return {};
}

inline StoreLife::Finding StoreLife::compare_facts() const {
  Rows expected, found;
  for (const sync::Segment& segment : appended_) {
    for (const sync::Row& fact : segment.facts) {
      if (fact.value)
        expected[fact.key] = *fact.value;
      else
        expected.erase(fact.key);
    }
  }
  const auto done = store_->log_facts("", [&](core::BytesView key, core::BytesView value) {
    found.emplace(key, value);
    return true;
  });
  if (!done) return {Verdict::damaged, done.error().detail};
  if (found != expected) return {Verdict::wrong, "the facts are not those of the log's end"};
  return {};
}

inline StoreLife::Finding StoreLife::compare_rows() {
  const auto fact = store_->row_fact("flush");
  if (!fact) return {Verdict::damaged, fact.error().detail};
  const std::size_t flush = *fact ? std::stoul(**fact) : 0;
  if (flush < flushed_)
    return {Verdict::lost, "the rows are those of flush " + std::to_string(flush) + ", and " +
                               std::to_string(flushed_) + " was complete"};
  if (flush >= flushes_.size()) return {Verdict::wrong, "a flush that never was"};
  Rows found;
  const auto done = store_->scan("", "", [&](core::BytesView key, core::BytesView value) {
    found.emplace(key, value);
    return true;
  });
  if (!done) return {Verdict::damaged, done.error().detail};
  if (found != flushes_[flush].rows)
    return {Verdict::wrong, "the rows are not those of flush " + std::to_string(flush)};
  if (store_->flushed_to() != flushes_[flush].complete_to) return {Verdict::wrong, "flushed_to is of another flush"};
  flushes_.resize(flush + 1);
  return {};
}

}  // namespace skerry::simulations
