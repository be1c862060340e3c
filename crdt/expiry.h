// The expiry cell of a key: deadlines written by EXPIRE, PERSIST and by every write that keeps one (docs/semantics.md,
// "Deadlines").  Among concurrent ones the greatest wins; none (PERSIST) is greatest.
#pragma once

#include <optional>

#include "core/time.h"
#include "crdt/cell.h"
#include "crdt/payload.h"

namespace skerry::crdt {

// The instant at which the key ceases to be visible; nothing if it does not expire.  `registers` is the key's string
// cell (empty for other kinds).
std::optional<WallTime> effective_deadline(const Cell& registers, const Cell& expiry, WallTime now);
// The replica that wrote the winning deadline: it removes the key.  Nothing if there is no deadline.
std::optional<ReplicaId> deadline_writer(const Cell& registers, const Cell& expiry, WallTime now);

// EXPIRE, PERSIST (deadline none), and the rewriting by a write that keeps a deadline.
void set_deadline(Cell& expiry, const Event& event, std::optional<WallTime> deadline, const Cell& registers);

}  // namespace skerry::crdt
