// What the disk was asked to do since the start, for whoever watches.
#pragma once

#include <cstdint>

#include "core/time.h"

namespace skerry::edge {

struct StoreFigures {
  std::uint64_t log_commits = 0;  // synced transactions of the log
  std::uint64_t flushes = 0;      // of cells, begun
  core::Duration flushing{};      // how long flushes have run in all, the one under way included
  bool disk_full = false;         // writes are refused
};

}  // namespace skerry::edge
