#include "sync/memory_store.h"

#include <algorithm>

#include "core/ensure.h"

namespace skerry::sync {

using core::Bytes;
using core::BytesView;
using core::ensure;
using core::ErrorCode;
using core::fail;
using core::Result;

void MemoryStore::append(Segment segment) {
  if (failure_) return;
  ensure(segment.first == appended_to() + 1);
  ensure(segment.first <= segment.last);
  apply(facts_, segment.facts);
  segment.bytes.shrink_to_fit();  // it stays for as long as the store, and may have been written into a large buffer
  undurable_.push_back(std::move(segment));
  if (mode_ == Mode::automatic) sync();
}

void MemoryStore::sync() {
  while (!undurable_.empty() && !failure_) sync_one();
}

void MemoryStore::sync_one() {
  if (undurable_.empty() || failure_) return;
  apply(durable_facts_, undurable_.front().facts);
  durable_.push_back(std::move(undurable_.front()));
  durable_.back().facts.clear();
  undurable_.pop_front();
}

void MemoryStore::flush(Flush flush) {
  if (failure_) return;
  ensure(!flush_);
  ensure(flushed_to_ <= flush.complete_to);
  ensure(flush.complete_to <= durable_to());
  const auto out_of_order = [](const Row& left, const Row& right) { return !(left.key < right.key); };
  ensure(std::adjacent_find(flush.rows.begin(), flush.rows.end(), out_of_order) == flush.rows.end());
  flush_ = std::move(flush);
  flush_written_ = false;
  if (mode_ == Mode::automatic) complete_flush();
}

void MemoryStore::write_flush() {
  ensure(flush_.has_value());
  if (flush_written_ || failure_) return;
  apply(rows_, flush_->rows);
  apply(row_facts_, flush_->facts);
  flush_written_ = true;
}

void MemoryStore::complete_flush() {
  write_flush();
  if (failure_) return;
  flushed_to_ = flush_->complete_to;
  flush_.reset();
}

void MemoryStore::crash(std::size_t segments_kept) {
  failure_.reset();
  for (std::size_t i = 0; i < segments_kept; ++i) sync_one();
  undurable_.clear();
  facts_ = durable_facts_;
  if (flush_ && flush_written_) flushed_to_ = flush_->complete_to;
  flush_.reset();
}

void MemoryStore::damage_row(BytesView key) {
  const auto found = rows_.find(key);
  ensure(found != rows_.end());
  found->second.damaged = true;
}

Result<void> MemoryStore::read_log(Lsn from, const SegmentVisitor& visit) const {
  const auto ends_before = [](const Segment& segment, Lsn lsn) { return segment.last < lsn; };
  auto segment = std::lower_bound(durable_.begin(), durable_.end(), from, ends_before);
  for (; segment != durable_.end(); ++segment) {
    if (!visit(segment->first, segment->last, segment->bytes)) break;
  }
  return {};
}

Result<std::optional<Bytes>> MemoryStore::log_fact(BytesView key) const {
  return find(facts_, key);
}

Result<void> MemoryStore::log_facts(BytesView prefix, const RowVisitor& visit) const {
  return visit_prefix(facts_, prefix, visit);
}

Result<std::optional<Bytes>> MemoryStore::read(BytesView key) const {
  return find(rows_, key);
}

Result<void> MemoryStore::scan(BytesView first, BytesView limit, const RowVisitor& visit) const {
  for (auto row = rows_.lower_bound(first); row != rows_.end(); ++row) {
    if (!limit.empty() && row->first >= limit) break;
    if (row->second.damaged) return fail(ErrorCode::corrupt, "a row of the memory store is damaged");
    if (!visit(row->first, row->second.bytes)) break;
  }
  return {};
}

Result<std::optional<Bytes>> MemoryStore::row_fact(BytesView key) const {
  return find(row_facts_, key);
}

Result<void> MemoryStore::row_facts(BytesView prefix, const RowVisitor& visit) const {
  return visit_prefix(row_facts_, prefix, visit);
}

void MemoryStore::apply(Rows& to, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    if (row.value)
      to.insert_or_assign(row.key, Value{*row.value});
    else
      to.erase(row.key);
  }
}

Result<std::optional<Bytes>> MemoryStore::find(const Rows& rows, BytesView key) {
  const auto found = rows.find(key);
  if (found == rows.end()) return std::nullopt;
  if (found->second.damaged) return fail(ErrorCode::corrupt, "a row of the memory store is damaged");
  return found->second.bytes;
}

Result<void> MemoryStore::visit_prefix(const Rows& rows, BytesView prefix, const RowVisitor& visit) {
  for (auto row = rows.lower_bound(prefix); row != rows.end() && row->first.starts_with(prefix); ++row) {
    if (!visit(row->first, row->second.bytes)) break;
  }
  return {};
}

}  // namespace skerry::sync
