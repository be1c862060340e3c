// File descriptors: each connection takes one, and clients must never take the last, which a peer or the disk needs.
#pragma once

#include <cstddef>

#include "sync/limits.h"

namespace skerry::edge {

// What a node opens beside its clients: each peer's connection, those that stand half open in the door, and the store's
// files, the loop's and the standard ones, with room to spare.
inline constexpr std::size_t descriptors_kept = sync::links_max + 64 + 64;

// Raises this process's limit as far as `clients_wanted` clients need it and the system allows it (RLIMIT_NOFILE).
// How many clients there may be: all, or fewer, but at least one.
std::size_t clients_that_fit(std::size_t clients_wanted);

}  // namespace skerry::edge
