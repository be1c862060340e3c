// Each planted fault, one at a time, is found by the walk that is named for it: so the walks prove something.  The
// table of docs/testing.md is what this test prints.
#include <gtest/gtest.h>

#include <cstdio>

#include "crdt/fault.h"
#include "tests/crdt/walks.h"

namespace skerry::crdt {
namespace {

struct Planted {
  Fault fault;
  const char* what;
  const Walk* found_by;
};

const Planted all_planted[] = {
    {Fault::join_ignores_removals, "join keeps what the other side has removed", &set_walk},
    {Fault::join_imports_what_was_removed, "join takes back what was removed here", &set_walk},
    {Fault::add_does_not_supersede, "an add leaves the adds it saw", &set_walk},
    {Fault::set_does_not_supersede, "a SET leaves the registers and tallies it saw", &string_walk},
    {Fault::winner_ignores_stamps, "of concurrent registers the greater replica wins, whatever the stamps",
     &string_walk},
    {Fault::set_writes_no_resets, "a SET writes no resets", &string_walk},
    {Fault::resets_not_carried, "a SET or DEL does not carry forward the resets it found", &counter_walk},
    {Fault::resets_compared_by_sum, "of two resets the one with the greater sum is kept", &counter_walk},
    {Fault::new_birth_with_something_left, "an INCR begins a new birth though its tally is live", &counter_walk},
    {Fault::increment_supersedes_foreign_tallies, "an INCR goes on with another replica's tally", &counter_walk},
    {Fault::increment_supersedes_registers, "an INCR supersedes the register it saw", &string_walk},
    {Fault::presence_by_sum, "increments that sum to nothing do not count", &counter_walk},
    {Fault::persist_not_greatest, "PERSIST loses to a concurrent EXPIRE", &expiry_walk},
    {Fault::over_ignored, "a register's own deadline counts after an EXPIRE saw it", &expiry_walk},
    {Fault::deadline_not_rewritten, "an INCR or SADD does not write the deadline again", &expiry_walk},
    {Fault::set_leaves_deadlines, "a SET leaves the expiry payloads it saw", &expiry_walk},
    {Fault::expired_key_not_removed_first, "a write to an expired key does not remove it first", &expired_walk},
    {Fault::last_member_leaves_deadline, "with the last member the deadline stays", &members_walk},
    {Fault::range_forgets_tallies, "a range removal writes no resets for the tallies under it", &range_walk},
    {Fault::range_forgets_resets_of_registers, "a range removal drops the resets that registers carry", &range_walk},
    {Fault::range_takes_resets_along, "a range removal removes resets that are live", &range_walk},
    {Fault::removal_mints_no_dot, "a removal mints no dot", &set_walk},
};

class EachPlantedFault : public testing::TestWithParam<Planted> {
 protected:
  void SetUp() override { planted_fault = GetParam().fault; }
  void TearDown() override { planted_fault = Fault::none; }
};

TEST_P(EachPlantedFault, IsFound) {
  const Found found = walk_all(*GetParam().found_by);
  EXPECT_NE(found.story, "") << "not found in " << found.histories << " histories";
  std::printf("| %s | %s | %llu |\n", GetParam().what, GetParam().found_by->name,
              static_cast<unsigned long long>(found.histories));
}

INSTANTIATE_TEST_SUITE_P(OfAll, EachPlantedFault, testing::ValuesIn(all_planted));

// The same program finds nothing when nothing is planted.
TEST(NoPlantedFault, IsFound) {
  const Found found = walk_all(set_walk);
  EXPECT_EQ(found.story, "");
  EXPECT_EQ(std::size(all_planted), static_cast<std::size_t>(Fault::removal_mints_no_dot)) << "a fault without a walk";
}

}  // namespace
}  // namespace skerry::crdt
