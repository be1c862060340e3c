#include "sync/chunk_slice.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "core/ensure.h"
#include "sync/fault.h"
#include "sync/segment.h"

namespace skerry::sync {

using core::BytesView;
using core::ErrorCode;
using core::fail;
using core::Result;

bool same_batch(const EventLog& log, Position left, Position right) {
  return log.batch_at(left) == log.batch_at(right) && log.dot_at(left).replica == log.dot_at(right).replica;
}

namespace {

bool batch_ends(const EventLog& log, Position position) {
  return planted(NodeFault::batch_is_torn) || position + 1 == log.end() || !same_batch(log, position, position + 1);
}

// Reads segments one after the other; after each, and at some places within them, the cells are those of one instant.
class Past {
 public:
  Past(const ChunkSource& source, const LogWalk& walk, const PeerView& view, const ChunkAims& aims)
      : source_(source), log_(source.log), view_(view), aims_(aims), begin_(walk.cursor()), position_(begin_) {}

  Result<std::optional<ChunkSlice>> read() {
    Result<void> read;
    Result<void> disk = source_.store.read_log(log_.lsn_at(begin_), [&](Lsn, Lsn, BytesView bytes) {
      read = read_segment(bytes);
      return read.has_value() && !full() && position_ - begin_ < LogWalk::entries_a_turn;
    });
    if (!disk) return tl::make_unexpected(disk.error());
    if (!read) return tl::make_unexpected(read.error());
    if (slice_.own.empty()) return std::nullopt;
    slice_.end = position_;
    for (const Position position : slice_.carried)
      slice_.cells.push_back(std::move(cells_.find(log_.address_at(position))->second));
    return std::move(slice_);
  }

 private:
  bool full() const { return slice_.own.size() >= aims_.events || slice_.bytes >= aims_.bytes; }

  Result<void> read_segment(BytesView bytes) {
    Result<SegmentReader> reader = SegmentReader::open(bytes, source_.replicas);
    if (!reader) return tl::make_unexpected(reader.error());
    std::vector<SegmentEntry> entries;
    while (true) {
      Result<std::optional<SegmentEntry>> entry = reader->next();
      if (!entry) return tl::make_unexpected(entry.error());
      if (!*entry) break;
      entries.push_back(std::move(**entry));
    }
    // Only the last entry of an address has an image to go by; one of a peer's chunk is of the moment when all of the
    // chunk was applied, and before a removal already shows what that did.
    std::unordered_set<BytesView> later;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      const bool of_a_cell = !entry->type || entry->type == EventType::cell;
      if (of_a_cell && !later.insert(entry->address).second) entry->image.reset();
    }
    const auto is_range = [](const SegmentEntry& entry) { return entry.type == EventType::range; };
    const std::size_t last_range = std::find_if(entries.rbegin(), entries.rend(), is_range).base() - entries.begin();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (Result<void> taken = take(*reader, entries[i]); !taken) return taken;
      const bool an_instant = i + 1 >= last_range && pending_.empty() && !slice_.own.empty();
      if (an_instant && full() && batch_ends(log_, position_ - 1)) return {};
    }
    if (!pending_.empty()) return fail(ErrorCode::corrupt, "A log segment lacks the image of a cell that it changed.");
    return {};
  }

  Result<void> take(const SegmentReader& reader, const SegmentEntry& entry) {
    if (entry.type && !is_next(entry)) return {};
    if (entry.type) {
      const Position position = position_++;
      if (LogWalk::wants(log_, position, view_)) own(position);
    }
    if (entry.type == EventType::range) remove(entry);
    if (entry.type && entry.type != EventType::cell) return {};
    const auto cell = cells_.find(entry.address);
    if (cell == cells_.end()) return {};
    if (!entry.image) {
      pending_.insert(entry.address);
      return {};
    }
    Result<Cell> image = reader.cell(*entry.image);
    if (!image) return tl::make_unexpected(image.error());
    slice_.bytes += image->heap_bytes();
    slice_.bytes -= std::min(slice_.bytes, cell->second.heap_bytes());
    cell->second = std::move(*image);
    pending_.erase(entry.address);
    return {};
  }

  // Whether this is the entry of our space that comes next; segments hold all spaces, and begin before the cursor.
  bool is_next(const SegmentEntry& entry) const {
    if (position_ == log_.end() || log_.dot_at(position_) != entry.dot || log_.type_at(position_) != entry.type)
      return false;
    // Of unused sequences the segment says only of which space they are: those of two may have the same dot.
    if (entry.type == EventType::void_) return core::ByteReader(entry.address).u16() == source_.space.number;
    return log_.address_at(position_) == entry.address;
  }

  void own(Position position) {
    slice_.own.push_back(position);
    slice_.bytes += item_bytes;
    const BytesView address = log_.address_at(position);
    if (log_.type_at(position) != EventType::cell || !cells_.try_emplace(address).second) return;
    slice_.carried.push_back(position);
    slice_.bytes += item_bytes + address.size();
  }

  void remove(const SegmentEntry& range) {
    const BytesView prefix = range_prefix_of(range.address);
    for (auto cell = cells_.lower_bound(prefix); cell != cells_.end() && cell->first.starts_with(prefix); ++cell)
      cell->second.remove_seen(range.range);
  }

  const ChunkSource& source_;
  const EventLog& log_;
  const PeerView& view_;
  const ChunkAims& aims_;
  Position begin_;
  Position position_;
  ChunkSlice slice_;
  std::map<BytesView, Cell> cells_;  // by the log's own bytes
  std::set<BytesView> pending_;      // changed in this segment; the image comes later in it
};

}  // namespace

Result<std::optional<ChunkSlice>> slice_now(const ChunkSource& source, const LogWalk& walk, const PeerView& view,
                                            const ChunkAims& aims) {
  const EventLog& log = source.log;
  if (log.end() - walk.cursor() > LogWalk::entries_a_turn) return std::nullopt;
  ChunkSlice slice;
  slice.end = log.end();
  for (Position position = walk.cursor(); position < log.end(); ++position) {
    if (!LogWalk::wants(log, position, view)) continue;
    slice.own.push_back(position);
    if (slice.own.size() > aims.events) return std::nullopt;
  }
  std::unordered_set<BytesView> addresses;
  for (const Position position : slice.own) {
    slice.bytes += item_bytes;
    const BytesView address = log.address_at(position);
    if (log.type_at(position) != EventType::cell || !addresses.insert(address).second) continue;
    Result<Cell> cell = source.read_cell(address);
    if (!cell) return tl::make_unexpected(cell.error());
    slice.bytes += item_bytes + address.size() + cell->heap_bytes();
    if (slice.bytes > aims.bytes) return std::nullopt;
    slice.carried.push_back(position);
    slice.cells.push_back(std::move(*cell));
  }
  return slice;
}

Result<std::optional<ChunkSlice>> slice_past(const ChunkSource& source, const LogWalk& walk, const PeerView& view,
                                             const ChunkAims& aims) {
  Result<std::optional<ChunkSlice>> slice = Past(source, walk, view, aims).read();
  if (planted(Fault::seen_before_cells) && slice && *slice) {
    for (std::size_t i = 0; i < (*slice)->carried.size(); ++i) {
      Result<Cell> cell = source.read_cell(source.log.address_at((*slice)->carried[i]));
      if (cell) (*slice)->cells[i] = std::move(*cell);
    }
  }
  return slice;
}

}  // namespace skerry::sync
