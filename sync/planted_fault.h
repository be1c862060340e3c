// Faults that tests plant, one at a time, to see that the checks find them (docs/testing.md).  In the product there is
// none, and the compiler drops the branches that ask; a test program builds the same sources again with
// SKERRY_PLANT_FAULTS and chooses at run time.
#pragma once

#include <cstdint>

namespace skerry::sync {

// Named after what the faulty code does.
enum class Fault : std::uint8_t {
  none,
  covers_all_seen,          // a chunk claims everything its sender has seen
  covers_own_only,          // the rest of the log at the carried addresses is not covered
  judges_by_covers,         // cells are joined by what the chunk covers instead of what its sender had seen
  ranges_not_carried,       // a later removal of a carried cell's key stays behind
  range_without_context,    // a carried removal covers itself, not the entries its context holds
  range_applied_with_seen,  // a removal drops all its sender has seen instead of what it had seen itself
  no_base_check,            // chunks are applied whatever the receiver lacks
  base_is_empty,            // the sender claims that its chunk stands on nothing
  covered_not_logged,       // covered events advance the context, yet not the log
  removal_mints_no_dot,     // a removal is applied here and told to nobody
  seen_before_cells,        // `seen` is sampled an instant before the cells
  seen_after_cells,         // `seen` is sampled an instant after the cells
  cells_without_context,    // torn: the cells are applied, context and log are not
  context_without_cells,    // torn the other way
  known_moved_by_sending,   // what was sent is taken for known
  leaves_before_durable,    // frames do not wait for the disk
  session_loss_ignored,     // what was left to an origin is not brought when the peer loses it
};

#ifdef SKERRY_PLANT_FAULTS
extern Fault planted_fault;
inline bool planted(Fault fault) {
  return planted_fault == fault;
}
#else
constexpr bool planted(Fault) {
  return false;
}
#endif

}  // namespace skerry::sync
