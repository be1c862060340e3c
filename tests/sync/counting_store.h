// A Store that counts what it is asked for: how much work a step is, whatever the machine.
#pragma once

#include <algorithm>

#include "sync/memory_store.h"

namespace skerry::sync {

class CountingStore final : public Store {
 public:
  MemoryStore& inner() { return inner_; }
  std::size_t rows_read() const { return rows_read_; }
  std::size_t flush_rows_max() const { return flush_rows_max_; }
  void reset() { rows_read_ = flush_rows_max_ = 0; }

  void append(Segment segment) override { inner_.append(std::move(segment)); }
  Lsn durable_to() const override { return inner_.durable_to(); }
  Lsn appended_to() const override { return inner_.appended_to(); }
  core::Result<void> read_log(Lsn from, const SegmentVisitor& visit) const override {
    return inner_.read_log(from, visit);
  }
  core::Result<std::optional<core::Bytes>> log_fact(core::BytesView key) const override { return inner_.log_fact(key); }
  core::Result<void> log_facts(core::BytesView prefix, const RowVisitor& visit) const override {
    return inner_.log_facts(prefix, visit);
  }
  core::Result<std::optional<core::Bytes>> read(core::BytesView key) const override {
    ++rows_read_;
    return inner_.read(key);
  }
  core::Result<void> scan(core::BytesView first, core::BytesView limit, const RowVisitor& visit) const override {
    return inner_.scan(first, limit, [&](core::BytesView key, core::BytesView value) {
      ++rows_read_;
      return visit(key, value);
    });
  }
  core::Result<std::optional<core::Bytes>> row_fact(core::BytesView key) const override { return inner_.row_fact(key); }
  core::Result<void> row_facts(core::BytesView prefix, const RowVisitor& visit) const override {
    return inner_.row_facts(prefix, visit);
  }
  void flush(Flush flush) override {
    flush_rows_max_ = std::max(flush_rows_max_, flush.rows.size());
    inner_.flush(std::move(flush));
  }
  bool flushing() const override { return inner_.flushing(); }
  Lsn flushed_to() const override { return inner_.flushed_to(); }
  Room room() const override { return inner_.room(); }
  const std::optional<core::Error>& failure() const override { return inner_.failure(); }

 private:
  MemoryStore inner_{MemoryStore::Mode::automatic};
  mutable std::size_t rows_read_ = 0;
  std::size_t flush_rows_max_ = 0;
};

}  // namespace skerry::sync
