// A Store in memory: the disk of tests and simulations.  It outlives the Replica that uses it, as a disk does, and does
// at every instant exactly what its owner says: what becomes durable, when, and what a crash leaves.
// A value: a copy is a disk image, to come back to later.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "sync/store.h"

namespace skerry::sync {

class MemoryStore final : public Store {
 public:
  // automatic: append is durable and flush complete before the call returns.
  // by_hand: only the calls under "the owner" make them so.
  enum class Mode { automatic, by_hand };
  explicit MemoryStore(Mode mode) : mode_(mode) {}

  // --- the owner
  void set_mode(Mode mode) { mode_ = mode; }
  // Segments that a crash may lose.
  std::size_t undurable() const { return undurable_.size(); }
  // Makes all of them durable; or the oldest, if there is one.
  void sync();
  void sync_one();
  // The flush under way reaches the disk and readers see it, but flushed_to() does not say so yet: a crash now
  // keeps it.  REQUIRES flushing().
  void write_flush();
  // flushed_to() says so too.  REQUIRES flushing().
  void complete_flush();
  // Power is lost and comes back: what was not durable is forgotten, but for the oldest `segments_kept` undurable
  // segments, which happened to reach the disk.  The store is then as if newly opened, its failure gone.
  void crash() { crash(0); }
  void crash(std::size_t segments_kept);
  // From now on nothing reaches the disk.  What it holds stays readable.
  void fail_writes(core::Error error) { failure_ = std::move(error); }
  // How full the disk is, as it says.  What is appended becomes durable all the same.
  void set_room(Room room) { room_ = room; }
  // The row's checksum does not match any more.  REQUIRES the row to be there.
  void damage_row(core::BytesView key);

  // --- Store
  void append(Segment segment) override;
  Lsn durable_to() const override { return durable_.empty() ? 0 : durable_.back().last; }
  Lsn appended_to() const override { return undurable_.empty() ? durable_to() : undurable_.back().last; }
  core::Result<void> read_log(Lsn from, const SegmentVisitor& visit) const override;
  core::Result<std::optional<core::Bytes>> log_fact(core::BytesView key) const override;
  core::Result<void> log_facts(core::BytesView prefix, const RowVisitor& visit) const override;

  core::Result<std::optional<core::Bytes>> read(core::BytesView key) const override;
  core::Result<void> scan(core::BytesView first, core::BytesView limit, const RowVisitor& visit) const override;
  core::Result<std::optional<core::Bytes>> row_fact(core::BytesView key) const override;
  core::Result<void> row_facts(core::BytesView prefix, const RowVisitor& visit) const override;
  void flush(Flush flush) override;
  bool flushing() const override { return flush_.has_value(); }
  Lsn flushed_to() const override { return flushed_to_; }

  Room room() const override { return room_; }
  const std::optional<core::Error>& failure() const override { return failure_; }

 private:
  struct Value {
    core::Bytes bytes;
    bool damaged = false;
  };
  using Rows = std::map<core::Bytes, Value, std::less<>>;
  static void apply(Rows& to, const std::vector<Row>& rows);
  static core::Result<std::optional<core::Bytes>> find(const Rows& rows, core::BytesView key);
  static core::Result<void> visit_prefix(const Rows& rows, core::BytesView prefix, const RowVisitor& visit);

  Mode mode_;
  std::vector<Segment> durable_;
  std::deque<Segment> undurable_;
  Rows durable_facts_;  // of the log: as of durable_to()
  Rows facts_;          // of the log: as of appended_to()

  Rows rows_;
  Rows row_facts_;
  Lsn flushed_to_ = 0;
  std::optional<Flush> flush_;
  bool flush_written_ = false;

  Room room_ = Room::enough;
  std::optional<core::Error> failure_;
};

}  // namespace skerry::sync
