// One replica's side of a space as the sender of chunks sees it, kept the naive way: a log, its segments on a disk in
// memory, the cells of now.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/ids.h"
#include "crdt/payload.h"
#include "sync/chunk_slice.h"
#include "sync/memory_store.h"
#include "sync/segment.h"

namespace skerry::sync {

inline ReplicaId replica_number(std::uint8_t number) {
  ReplicaId id;
  id.bytes.fill(number);
  return id;
}

inline CausalContext context_of(const std::vector<Dot>& dots) {
  CausalContext context;
  for (const Dot& dot : dots) context.add(dot);
  return context;
}

class History {
 public:
  static constexpr core::Space space{1};

  static core::Bytes member(core::BytesView key, core::BytesView name) {
    return core::encode({space, key, core::Kind::set, name});
  }
  static core::Bytes whole(core::BytesView key) { return core::encode({space, key, core::Kind::row, {}}); }
  static core::Bytes whole_space() {
    core::Bytes address;
    core::put_space_prefix(address, space);
    return address;
  }

  // --- events of `replica`, as this replica applies them
  // A write that supersedes what is there.
  Dot write(std::uint8_t replica, const core::Bytes& address) {
    const Dot dot = next(replica);
    crdt::Cell cell;
    cell.insert(dot, crdt::presence_payload({dot.sequence << 16}));
    cells_[address] = std::move(cell);
    append(entry_of(EventType::cell, dot, address));
    return dot;
  }
  // A removal of all that is there, under a key or in the space.
  Dot remove_under(std::uint8_t replica, const core::Bytes& address) {
    LogEntry entry = entry_of(EventType::range, next(replica), address);
    entry.range = context_;
    for (auto& [at, cell] : cells_) {
      if (at.starts_with(range_prefix_of(address))) cell.remove_seen(context_);
    }
    append(std::move(entry));
    return log_.dot_at(log_.end() - 1);
  }
  Dot unused(std::uint8_t replica, core::Sequence count) {
    const Dot first = next(replica);
    const Dot last{first.replica, first.sequence + count - 1};
    LogEntry entry = entry_of(EventType::void_, last, {});
    entry.first = first.sequence;
    append(std::move(entry));
    return last;
  }
  // The same in a segment of another space, whose log shares the disk.
  void unused_elsewhere(const Dot& last, core::Sequence first) {
    commit();
    SegmentEntry written;
    written.type = EventType::void_;
    written.dot = last;
    written.first = first;
    written.batch = {last.sequence, 1};
    core::Bytes address;
    core::put_space_prefix(address, {space.number + 1});
    written.address = address;
    SegmentWriter writer(replicas_);
    writer.add(written, nullptr);
    ++lsn_;
    store_.append({lsn_, lsn_, writer.take({}), {}});
  }
  // What follows until the next begin_batch or commit becomes visible as a whole.
  void begin_batch(std::uint8_t replica, std::uint32_t count) {
    batch_ = {context_.greatest(replica_number(replica)) + 1, count};
  }

  // What was staged becomes a segment, and durable.
  void commit() {
    batch_ = {};
    if (staged_.empty()) return;
    std::map<core::Bytes, std::size_t> last;  // entry of each address
    for (std::size_t i = 0; i < staged_.size(); ++i) last[staged_[i].address] = i;
    SegmentWriter writer(replicas_);
    for (std::size_t i = 0; i < staged_.size(); ++i) {
      const LogEntry& entry = staged_[i];
      SegmentEntry written;
      written.type = entry.type;
      written.dot = entry.dot;
      written.first = entry.first;
      written.batch = entry.batch;
      const core::Bytes address = entry.type == EventType::void_ ? whole_space() : entry.address;
      written.address = address;
      written.range = entry.range;
      const bool has_image = entry.type == EventType::cell && last[entry.address] == i;
      writer.add(written, has_image ? &cells_[entry.address] : nullptr);
    }
    const Lsn first = store_.appended_to() + 1;
    store_.append({first, first + staged_.size() - 1, writer.take({}), {}});
    staged_.clear();
  }

  ChunkSource source() {
    return {log_, [this](core::BytesView address) { return core::Result<Cell>(cells_[core::Bytes(address)]); }, store_,
            replicas_, space};
  }
  const EventLog& log() const { return log_; }
  const CausalContext& context() const { return context_; }
  crdt::Cell& cell(const core::Bytes& address) { return cells_[address]; }
  MemoryStore& store() { return store_; }

 private:
  Dot next(std::uint8_t replica) const {
    const ReplicaId id = replica_number(replica);
    return {id, context_.greatest(id) + 1};
  }

  static LogEntry entry_of(EventType type, const Dot& dot, const core::Bytes& address) {
    LogEntry entry;
    entry.type = type;
    entry.dot = dot;
    entry.address = address;
    return entry;
  }

  void append(LogEntry entry) {
    const bool in_batch = batch_.count > 0 && entry.dot.sequence - batch_.first < batch_.count;
    entry.batch = in_batch ? batch_ : EventBatch{entry.dot.sequence, 1};
    entry.lsn = ++lsn_;
    context_.add(entry.dot.replica,
                 {entry.type == EventType::void_ ? entry.first : entry.dot.sequence, entry.dot.sequence});
    log_.append(entry);
    staged_.push_back(std::move(entry));
  }

  EventLog log_{1};
  CausalContext context_;
  std::map<core::Bytes, crdt::Cell> cells_;
  MemoryStore store_{MemoryStore::Mode::automatic};
  ReplicaTable replicas_;
  std::vector<LogEntry> staged_;
  EventBatch batch_;
  Lsn lsn_ = 0;
};

}  // namespace skerry::sync
