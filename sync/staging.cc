#include "sync/staging.h"

#include <utility>

#include "core/ensure.h"
#include "sync/cell_rows.h"

namespace skerry::sync {

void Staging::drop_image(Lsn lsn) {
  const std::size_t index = lsn - first_;
  if (index < written_.size()) {
    writer_.drop_image(written_[index]);
  } else {
    open_[index - written_.size()].slot = nullptr;
  }
}

Lsn Staging::add_range(const Dot& dot, BytesView address, crdt::CausalContext range) {
  const Lsn lsn = add(EventType::range, dot, nullptr, [&](core::Bytes& to) { to.append(address); });
  open_.back().range = std::move(range);
  return lsn;
}

void Staging::write(const SegmentEntry& entry, Slot* slot, Lsn lsn) {
  written_.push_back(writer_.add(entry, slot != nullptr ? &slot->cell : nullptr));
  if (slot != nullptr) slot->entry = lsn;
}

void Staging::close_batch(EventLog& log) {
  if (open_.empty()) return;
  log_entry_.batch = entry_.batch = {open_.front().dot.sequence, static_cast<std::uint32_t>(open_.size())};
  log_entry_.lsn = first_ - 1 + written_.size();
  for (Event& event : open_) {
    ++log_entry_.lsn;
    const BytesView address = BytesView(addresses_).substr(event.address_at, event.address_size);
    entry_.type = log_entry_.type = event.type;
    entry_.dot = log_entry_.dot = event.dot;
    entry_.address = address;
    log_entry_.address.assign(address);
    if (event.range) log_entry_.range = entry_.range = std::move(*event.range);
    write(entry_, event.slot, log_entry_.lsn);
    log.append(log_entry_);
    if (event.range) log_entry_.range = entry_.range = {};
  }
  open_.clear();
  addresses_.clear();
}

Lsn Staging::add(core::Space space, LogEntry& entry, Slot* slot, EventLog& log) {
  core::ensure(open_.empty());
  entry.lsn = staged_to() + 1;
  SegmentEntry written;
  written.type = entry.type;
  written.dot = entry.dot;
  written.first = entry.first;
  written.batch = entry.batch;
  written.range = entry.range;
  core::Bytes space_prefix;
  core::put_space_prefix(space_prefix, space);
  written.address = entry.type == EventType::void_ ? BytesView(space_prefix) : BytesView(entry.address);
  if (slot != nullptr && slot->entry >= first_) drop_image(slot->entry);
  write(written, slot, entry.lsn);
  log.append(entry);
  return entry.lsn;
}

void Staging::joined(Slot* slot, BytesView address) {
  joined_.push_back({slot, core::Bytes(address), staged_to()});
}

std::vector<BytesView> Staging::joined() const {
  std::vector<BytesView> addresses;
  addresses.reserve(joined_.size());
  for (const Joined& joined : joined_) addresses.push_back(joined.address);
  return addresses;
}

void Staging::fact(core::Bytes key, core::Bytes value) {
  facts_.push_back({std::move(key), std::move(value)});
}

std::optional<Segment> Staging::take(core::Stamp stamp) {
  core::ensure(open_.empty());
  for (const Joined& joined : joined_) {
    if (joined.slot->entry > joined.after) continue;  // an event carries it
    if (joined.slot->entry >= first_) drop_image(joined.slot->entry);
    SegmentEntry image;
    image.address = joined.address;
    write(image, joined.slot, staged_to() + 1);
  }
  joined_.clear();
  if (written_.empty()) return std::nullopt;
  Segment segment;
  segment.first = first_;
  segment.last = staged_to();
  segment.bytes = writer_.take(stamp);
  for (; replicas_stored_ < replicas_.size(); ++replicas_stored_) {
    fact(replica_fact_key(replicas_stored_), replica_fact(*replicas_.at(replicas_stored_)));
  }
  segment.facts = std::exchange(facts_, {});
  first_ = segment.last + 1;
  written_.clear();
  return segment;
}

}  // namespace skerry::sync
