#include "sync/segment.h"

#include <algorithm>
#include <utility>

#include "sync/context_codec.h"

namespace skerry::sync {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t header_bytes = 1 + 8 + 4;
constexpr std::uint8_t type_bits = 0b11;
constexpr std::uint8_t has_image = 1 << 2;
constexpr std::uint8_t alone = 1 << 3;            // the batch is this event
constexpr std::uint8_t batch_as_before = 1 << 4;  // the batch is that of the entry before
constexpr std::uint8_t all_bits = (1 << 5) - 1;

constexpr auto damaged = [] { return core::fail(core::ErrorCode::corrupt, "A log segment is damaged."); };

bool fits(const std::optional<EventType>& type, core::BytesView address) {
  const bool space_alone = address.size() == sizeof(core::Space);
  if (type == EventType::void_ || (type == EventType::range && space_alone)) return space_alone;
  const auto decoded = core::decode_address(address);
  return decoded && (decoded->kind == core::Kind::row) == (type == EventType::range);
}

}  // namespace

void SegmentWriter::begin() {
  bytes_.reserve(bytes_guess_ + bytes_guess_ / 8);
  bytes_.assign(header_bytes, '\0');
  count_ = 0;
  batch_ = {};
}

SegmentWriter::Written SegmentWriter::add(const SegmentEntry& entry, const crdt::Cell* image) {
  const auto index_of = [this](const core::ReplicaId& id) { return replicas_.index_of(id); };
  ++count_;
  Written written{.flags_at = bytes_.size()};
  std::uint8_t flags = entry.type ? static_cast<std::uint8_t>(*entry.type) : 0;
  if (image != nullptr) flags |= has_image;
  const bool is_alone = entry.batch == EventBatch{entry.dot.sequence, 1};
  if (entry.type) flags |= is_alone ? alone : entry.batch == batch_ ? batch_as_before : 0;
  core::put_u8(bytes_, flags);
  if (entry.type) {
    core::put_varint(bytes_, index_of(entry.dot.replica));
    core::put_varint(bytes_, entry.dot.sequence);
    if (entry.type == EventType::void_) core::put_varint(bytes_, entry.first);
    if ((flags & (alone | batch_as_before)) == 0) {
      core::put_varint(bytes_, entry.batch.first);
      core::put_varint(bytes_, entry.batch.count);
    }
    batch_ = entry.batch;
  }
  core::put_sized(bytes_, entry.address);
  if (entry.type == EventType::range) put_context(bytes_, entry.range, index_of);
  written.image_at = bytes_.size();
  if (image != nullptr) {
    scratch_.clear();
    crdt::put_cell(scratch_, *image, index_of);
    core::put_sized(bytes_, scratch_);
  }
  written.end = bytes_.size();
  return written;
}

void SegmentWriter::drop_image(const Written& entry) {
  if ((bytes_[entry.flags_at] & has_image) == 0) return;
  bytes_[entry.flags_at] = static_cast<char>(bytes_[entry.flags_at] & ~has_image);
  holes_.push_back(entry);
}

core::Bytes SegmentWriter::take(core::Stamp stamp) {
  // Closes the holes from the front: everything moves at most once.
  std::sort(holes_.begin(), holes_.end(), [](const Written& one, const Written& other) { return one.end < other.end; });
  std::size_t to = bytes_.size();
  for (std::size_t i = 0; i < holes_.size(); ++i) {
    if (i == 0) to = holes_[i].image_at;
    const std::size_t end = i + 1 < holes_.size() ? holes_[i + 1].image_at : bytes_.size();
    std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(holes_[i].end),
              bytes_.begin() + static_cast<std::ptrdiff_t>(end), bytes_.begin() + static_cast<std::ptrdiff_t>(to));
    to += end - holes_[i].end;
  }
  holes_.clear();
  bytes_.resize(to);
  bytes_guess_ = (3 * bytes_guess_ + bytes_.size()) / 4;
  core::Bytes header;
  core::put_u8(header, format);
  core::put_u64(header, stamp.value);
  core::put_u32(header, count_);
  std::copy(header.begin(), header.end(), bytes_.begin());
  core::Bytes taken = std::exchange(bytes_, {});
  begin();
  return taken;
}

core::Result<SegmentReader> SegmentReader::open(core::BytesView bytes, const ReplicaTable& replicas) {
  SegmentReader segment(bytes, replicas);
  const std::uint8_t found = segment.reader_.u8();
  if (segment.reader_.ok() && found > format) {
    return core::fail(core::ErrorCode::unsupported, "A log segment was written by a newer version of skerry.");
  }
  segment.stamp_.value = segment.reader_.u64();
  segment.count_ = segment.reader_.u32();
  if (!segment.reader_.ok() || found != format) return damaged();
  return segment;
}

core::Result<std::optional<SegmentEntry>> SegmentReader::next() {
  if (read_ == count_) {
    if (!reader_.done()) return damaged();
    return std::nullopt;
  }
  ++read_;
  SegmentEntry entry;
  const std::uint8_t flags = reader_.u8();
  if ((flags & ~all_bits) != 0) return damaged();
  if ((flags & type_bits) != 0) {
    entry.type = static_cast<EventType>(flags & type_bits);
    const std::uint64_t index = reader_.varint();
    const core::ReplicaId* replica =
        index <= UINT32_MAX ? replicas_->at(static_cast<ReplicaTable::Index>(index)) : nullptr;
    if (!reader_.ok() || replica == nullptr) return damaged();
    entry.dot = {*replica, reader_.varint()};
    if (entry.type == EventType::void_) entry.first = reader_.varint();
    if ((flags & alone) != 0) {
      entry.batch = {entry.dot.sequence, 1};
    } else if ((flags & batch_as_before) != 0) {
      entry.batch = batch_;
    } else {
      entry.batch.first = reader_.varint();
      const std::uint64_t events = reader_.varint();
      if (events > UINT32_MAX) return damaged();
      entry.batch.count = static_cast<std::uint32_t>(events);
    }
    batch_ = entry.batch;
  }
  entry.address = reader_.sized();
  if (!reader_.ok() || !fits(entry.type, entry.address)) return damaged();
  if (entry.type && entry.dot.sequence == 0) return damaged();
  if (entry.type == EventType::void_ && (entry.first == 0 || entry.first > entry.dot.sequence)) return damaged();
  if (entry.type == EventType::range) {
    auto range = get_context(reader_, [this](std::uint32_t index) { return replicas_->at(index); });
    if (!range) return damaged();
    entry.range = std::move(*range);
  }
  if ((flags & has_image) != 0) entry.image = reader_.sized();
  const bool image_fits = entry.type ? entry.type == EventType::cell || !entry.image : entry.image.has_value();
  if (!reader_.ok() || !image_fits) return damaged();
  return entry;
}

core::Result<crdt::Cell> SegmentReader::cell(core::BytesView image) const {
  core::ByteReader reader(image);
  auto cell = crdt::get_cell(reader, [this](std::uint32_t index) { return replicas_->at(index); });
  if (!cell || !reader.done()) return damaged();
  return std::move(*cell);
}

}  // namespace skerry::sync
