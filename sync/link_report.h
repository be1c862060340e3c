// What the operator sees of one link and space.
#pragma once

#include <cstdint>
#include <optional>

#include "core/ids.h"
#include "core/time.h"
#include "sync/output.h"

namespace skerry::sync {

struct LinkReport {
  LinkId link;
  std::optional<core::ReplicaId> peer;  // known after its Hello
  core::Space space;
  std::uint64_t entries_behind = 0;  // entries of our log which the peer has not acknowledged
  core::Duration behind_for{};       // since when the oldest of those waits
  std::size_t bytes_in_flight = 0;
  std::size_t window_bytes = 0;  // so many may be: less on a thin road
  std::size_t chunks_held = 0;  // received, waiting for their base
  std::uint64_t chunks_sent = 0, chunks_applied = 0, refusals_sent = 0, refusals_received = 0;
  std::uint64_t events_sent = 0, events_applied = 0;
  std::uint32_t refused_in_a_row = 0;  // from 2 on only reconciliation would help; the walk goes on trying, slowly
  bool stalled = false;                // what comes next is larger than any message may be
  bool catching_up = false;            // the peer has said that it has events which are not here yet
  bool cut = false;
};

}  // namespace skerry::sync
