// Faults that a test plants, one at a time, to show that the schedules and walks of tests/sync, and the simulator,
// notice each (docs/testing.md).  Only skerry_faults_test compiles these sources with SKERRY_PLANTED_FAULTS; everywhere
// else planted() is the constant false, and nothing of it is left in the program.
#pragma once

namespace skerry::sync {

// Named after what the faulty code does.
enum class Fault {
  none,
  covers_all_seen,
  covers_own_only,
  judges_by_covers,
  ranges_not_carried,
  range_without_context,
  range_applied_with_seen,
  no_base_check,
  base_is_empty,
  covered_not_logged,
  removal_mints_no_dot,
  seen_before_cells,
  seen_after_cells,
  cells_without_context,
  context_without_cells,
  known_moved_by_sending,
  leaves_before_durable,
  session_loss_ignored,
};

// Of what a node does by itself, with its disk and its clock: no schedule of messages shows them, the simulator does.
enum class NodeFault {
  none,
  answers_before_commit,
  block_used_twice,
  redo_forgets_removals,
  redo_forgets_cells,
  flush_claims_too_much,
  clock_runs_away,
  clock_begins_again,
  expiry_runs_ahead,
  batch_is_torn,
  acknowledgements_ignored,
};

#ifdef SKERRY_PLANTED_FAULTS
inline Fault planted_fault = Fault::none;
inline NodeFault planted_node_fault = NodeFault::none;
inline bool planted(Fault fault) {
  return planted_fault == fault;
}
inline bool planted(NodeFault fault) {
  return planted_node_fault == fault;
}
#else
constexpr bool planted(Fault) {
  return false;
}
constexpr bool planted(NodeFault) {
  return false;
}
#endif

}  // namespace skerry::sync
