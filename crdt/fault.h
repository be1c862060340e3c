// Faults that a test plants, one at a time, to show that the walks of tests/crdt find each (docs/testing.md).  Only
// skerry_faults_test compiles these sources with SKERRY_PLANTED_FAULTS; everywhere else planted() is the constant
// false, and nothing of it is left in the program.
#pragma once

namespace skerry::crdt {

enum class Fault {
  none,
  join_ignores_removals,
  join_imports_what_was_removed,
  add_does_not_supersede,
  set_does_not_supersede,
  winner_ignores_stamps,
  set_writes_no_resets,
  resets_not_carried,
  resets_compared_by_sum,
  new_birth_with_something_left,
  increment_supersedes_foreign_tallies,
  increment_supersedes_registers,
  presence_by_sum,
  persist_not_greatest,
  over_ignored,
  deadline_not_rewritten,
  set_leaves_deadlines,
  expired_key_not_removed_first,
  last_member_leaves_deadline,
  range_forgets_tallies,
  range_forgets_resets_of_registers,
  range_takes_resets_along,
  removal_mints_no_dot,
};

#ifdef SKERRY_PLANTED_FAULTS
inline Fault planted_fault = Fault::none;
inline bool planted(Fault fault) {
  return planted_fault == fault;
}
#else
constexpr bool planted(Fault) {
  return false;
}
#endif

}  // namespace skerry::crdt
