// Cuts the next chunk for one peer from our log (schema/sync.capnp).
//
//   slice  the log from the walk's cursor to an instant at which the cells are known (sync/chunk_slice.h)
//   own    the entries of the slice that the peer does not have and that nobody else brings
//   X      the addresses of the cells among them; carried as they were at that instant
//   covers own · of the other entries of the slice that the peer does not have: those at an address of X, the removals
//          of a key of X and of the space, and what a covered removal holds
//   base   the rest of the log up to the end of the last covered entry's batch, and the floor
//   seen   our context at that instant
//
// So the chunk's effect at the receiver is the effect of the events it covers, of all of them and of no other; and it
// is closed: nothing before the last covered entry is missing, nothing beyond it shows.
#pragma once

#include <optional>

#include "core/result.h"
#include "sync/chunk_slice.h"
#include "sync/message.h"

namespace skerry::sync {

// The next chunk, without its number; the walk has then moved beyond it.  Nothing if there is none now: the walk is at
// the log's end, or has looked at entries_a_turn entries, or waits for the disk (of what does not fit one chunk only
// durable segments are sent).  Fails when the disk does (io, corrupt), and with too_large, without moving, when a
// single batch is more than aims.bytes_max.
core::Result<std::optional<Chunk>> build_chunk(const ChunkSource& source, LogWalk& walk, const PeerView& view,
                                               const ChunkAims& aims);

}  // namespace skerry::sync
