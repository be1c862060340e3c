// Where a range removal may leave something: at the addresses of events that it had not seen.
#pragma once

#include <optional>
#include <vector>

#include "core/bytes.h"
#include "crdt/causal_context.h"
#include "sync/event_log.h"
#include "sync/staging.h"

namespace skerry::sync {

// How far is looked.
struct UnseenAims {
  std::size_t entries_max = 0;    // of the log, from its end on back
  std::size_t addresses_max = 0;  // found
};

// The addresses of cells that begin with `prefix` and at which the open batch or the log has an event of `unseen`: each
// once, sorted.  Nothing if not every dot of `unseen` was met before one of the limits.
std::optional<std::vector<core::Bytes>> unseen_addresses(const Staging& staging, const EventLog& log,
                                                         const crdt::CausalContext& unseen, core::BytesView prefix,
                                                         const UnseenAims& aims);

}  // namespace skerry::sync
