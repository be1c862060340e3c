// When a write is answered.
#pragma once

namespace skerry::edge {

// Two named levels, never mixed in one figure: `durable` answers after the sync; `memory` answers at once and syncs
// within sync::memory_level_sync_max.  Frames to peers wait for the sync at both.
enum class Ack { durable, memory };

}  // namespace skerry::edge
