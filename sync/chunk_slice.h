// A stretch of our log that becomes one chunk for one peer, and the cells that go with it, as they were at one instant.
//
// The instant is now, if all that the peer lacks fits one chunk; else one in the past: the log's segments on disk hold
// the cells as they were when each was staged.  Cells of now beside a part of the log would show what the rest of the
// log did, and the chunk would have to account for all of that as well
// (docs/decisions/0010-catch-up-sends-the-past.md).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/result.h"
#include "crdt/cell.h"
#include "sync/limits.h"
#include "sync/log_walk.h"
#include "sync/replica_table.h"
#include "sync/store.h"

namespace skerry::sync {

using crdt::Cell;

// What one chunk may hold, about.  A batch is never split.
struct ChunkAims {
  std::size_t events = chunk_events_aim;
  std::size_t bytes = chunk_bytes_aim;
  std::size_t bytes_max = message_bytes_max;  // beyond it the chunk fails
};

// Our side of a space.  Nothing of it may change while a chunk is built.
struct ChunkSource {
  const EventLog& log;
  std::function<core::Result<Cell>(core::BytesView address)> read_cell;  // as it is now
  const Store& store;                                                    // as it was: the segments of the log
  const ReplicaTable& replicas;                                          // of those segments
  core::Space space;
  Position old_before = 1;  // the entries before this came longer ago than left_to_origin_for
};

// [walk.cursor(), end) of the log.
struct ChunkSlice {
  Position end = 0;
  std::vector<Position> own;      // the entries the peer wants
  std::vector<Position> carried;  // of those, the first at each cell's address
  std::vector<Cell> cells;        // of `carried`, as they were at `end`
  std::size_t bytes = 0;          // what all that takes in a message, about
};

// What an entry, a cell or an interval takes in a message besides its bytes, about.
inline constexpr std::size_t item_bytes = 48;
inline constexpr std::size_t interval_bytes = 16;

bool same_batch(const EventLog& log, Position left, Position right);

// Up to the end of the log, with the cells of now.  Nothing if that is more than `aims`.
// Both REQUIRE the peer to want the entry at the cursor.
core::Result<std::optional<ChunkSlice>> slice_now(const ChunkSource& source, const LogWalk& walk, const PeerView& view,
                                                  const ChunkAims& aims);
// Up to the first instant on disk at which the aims are reached, or the last one there is.  Nothing if the entry at the
// cursor is not durable yet.
core::Result<std::optional<ChunkSlice>> slice_past(const ChunkSource& source, const LogWalk& walk, const PeerView& view,
                                                   const ChunkAims& aims);

}  // namespace skerry::sync
