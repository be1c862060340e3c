// What a receiver does with a chunk (schema/sync.capnp): looks whether an honest peer could have sent it, and
// applies it as one step.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "sync/keyspace.h"
#include "sync/message.h"

namespace skerry::sync {

// Whether `theirs` names events of `self` that `ours` does not hold.  Then our disk is older than what we have told
// others, and every dot we mint may be one that they know for another event (I1).
bool knows_more_of(const ReplicaId& self, const CausalContext& theirs, const CausalContext& ours);

// What must hold for any chunk, whoever sends it; from the chunk alone.  `malformed` or `refused`.
//
// The one that guards our data: each covered event of a cell comes with its effect, that is with the cell or under a
// covered removal that holds it.  So a chunk cannot cover more than it carries.
core::Result<void> check_chunk(const Chunk& chunk, core::Space space);

// What must hold besides once base ⊆ context, so that live ⊆ context and kill-closure (I3) go on holding: all that is
// alive in its cells is known here or covered at that very address, and held by none of its removals; all that those
// hold is known or covered; no batch comes in part (I9), and no run of unused sequences is known in part: `refused`.
// And the context does not grow beyond what can be told to others: `too_large`.  REQUIRES the check above.
core::Result<void> check_chunk(const Chunk& chunk, const CausalContext& context);

// Ranges by their own contexts, cells judged by `seen`, then each unknown dot into context and log; all in the segment
// that is being staged.  How many events were new.  An error is the disk's (io, corrupt): then part of it is staged,
// and the segment must not be appended.  REQUIRES both checks, and base ⊆ context.
core::Result<std::uint64_t> apply_chunk(Keyspace& keyspace, SpaceState& state, const Chunk& chunk,
                                        const core::Now& now);

}  // namespace skerry::sync
