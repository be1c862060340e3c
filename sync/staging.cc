#include "sync/staging.h"

#include "core/ensure.h"
#include "sync/cell_rows.h"
#include "sync/segment.h"

namespace skerry::sync {

Lsn Staging::add_range(const Dot& dot, BytesView address, crdt::CausalContext range) {
  ranges_.push_back(std::move(range));
  const Lsn lsn = add(EventType::range, dot, nullptr, [&](core::Bytes& to) { to.append(address); });
  events_.back().range = static_cast<std::uint32_t>(ranges_.size());
  return lsn;
}

void Staging::close_batch(std::size_t from, EventLog& log) {
  if (from == events_.size()) return;
  const EventBatch batch{events_[from].dot.sequence, static_cast<std::uint32_t>(events_.size() - from)};
  scratch_.lsn = staged_to_ - batch.count;
  for (std::size_t i = from; i < events_.size(); ++i) {
    Event& event = events_[i];
    event.batch = batch;
    scratch_.type = *event.type;
    scratch_.dot = event.dot;
    scratch_.batch = batch;
    scratch_.address.assign(address_of(event));
    if (event.range != 0) scratch_.range = ranges_[event.range - 1];
    ++scratch_.lsn;
    log.append(scratch_);
    if (event.range != 0) scratch_.range = {};
  }
}

Lsn Staging::add(core::Space space, LogEntry& entry, Slot* slot, EventLog& log) {
  if (entry.type == EventType::range) {
    entry.lsn = add_range(entry.dot, entry.address, entry.range);
  } else {
    entry.lsn = add(entry.type, entry.dot, slot, [&](core::Bytes& to) {
      entry.type == EventType::void_ ? core::put_space_prefix(to, space) : static_cast<void>(to.append(entry.address));
    });
  }
  events_.back().first = entry.first;
  events_.back().batch = entry.batch;
  log.append(entry);
  return entry.lsn;
}

void Staging::joined(Slot* slot, BytesView address) {
  joined_.push_back({slot, core::Bytes(address)});
}

void Staging::fact(core::Bytes key, core::Bytes value) {
  facts_.push_back({std::move(key), std::move(value)});
}

void Staging::add_images_without_event(Lsn first) {
  for (Joined& joined : joined_) {
    if (joined.slot->entry >= first) continue;
    add(EventType::cell, {}, joined.slot, [&](core::Bytes& to) { to.append(joined.address); });
    events_.back().type = std::nullopt;
  }
  joined_.clear();
}

std::optional<Segment> Staging::take(core::Stamp stamp) {
  if (events_.empty() && joined_.empty()) return std::nullopt;
  Segment segment;
  segment.first = staged_to_ - events_.size() + 1;
  add_images_without_event(segment.first);
  segment.last = staged_to_;
  core::Bytes bytes;
  bytes.reserve(bytes_guess_);
  SegmentWriter writer(std::move(bytes), replicas_, stamp, events_.size());
  SegmentEntry entry;
  Lsn lsn = segment.first;
  for (const Event& event : events_) {
    entry.type = event.type;
    entry.dot = event.dot;
    entry.first = event.first;
    entry.batch = event.batch;
    entry.address = address_of(event);
    if (event.range != 0) entry.range = std::move(ranges_[event.range - 1]);
    const bool last_at_address = event.slot != nullptr && event.slot->entry == lsn;
    writer.add(entry, last_at_address ? &event.slot->cell : nullptr);
    ++lsn;
  }
  segment.bytes = std::move(writer).finish();
  bytes_guess_ = (3 * bytes_guess_ + segment.bytes.size()) / 4;
  for (; replicas_stored_ < replicas_.size(); ++replicas_stored_) {
    fact(replica_fact_key(replicas_stored_), replica_fact(*replicas_.at(replicas_stored_)));
  }
  segment.facts = std::exchange(facts_, {});
  events_.clear();
  addresses_.clear();
  ranges_.clear();
  return segment;
}

}  // namespace skerry::sync
