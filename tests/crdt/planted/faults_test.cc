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
  const char* found_by;  // the walk
};

constexpr Planted all_planted[] = {
    {Fault::join_ignores_removals, "join keeps what the other side has removed", "set"},
    {Fault::join_imports_what_was_removed, "join takes back what was removed here", "set"},
    {Fault::add_does_not_supersede, "an add leaves the adds it saw", "set"},
    {Fault::set_does_not_supersede, "a SET leaves the registers and tallies it saw", "string"},
    {Fault::winner_ignores_stamps, "of concurrent registers the greater replica wins, whatever the stamps", "string"},
    {Fault::set_writes_no_resets, "a SET writes no resets", "string"},
    {Fault::resets_not_carried, "a SET or DEL does not carry forward the resets it found", "counter"},
    {Fault::resets_compared_by_sum, "of two resets the one with the greater sum is kept", "counter"},
    {Fault::new_birth_with_something_left, "an INCR begins a new birth though its tally is live", "counter"},
    {Fault::increment_supersedes_foreign_tallies, "an INCR goes on with another replica's tally", "counter"},
    {Fault::increment_supersedes_registers, "an INCR supersedes the register it saw", "string"},
    {Fault::presence_by_sum, "increments that sum to nothing do not count", "counter"},
    {Fault::persist_not_greatest, "PERSIST loses to a concurrent EXPIRE", "expiry"},
    {Fault::over_ignored, "a register's own deadline counts after an EXPIRE saw it", "expiry"},
    {Fault::deadline_not_rewritten, "an INCR or SADD does not write the deadline again", "expiry"},
    {Fault::set_leaves_deadlines, "a SET leaves the expiry payloads it saw", "expiry"},
    {Fault::expired_key_not_removed_first, "a write to an expired key does not remove it first", "expired"},
    {Fault::last_member_leaves_deadline, "with the last member the deadline stays", "members_under_a_deadline"},
    {Fault::range_forgets_tallies, "a range removal writes no resets for the tallies under it", "range"},
    {Fault::range_forgets_resets_of_registers, "a range removal drops the resets that registers carry", "range"},
    {Fault::range_takes_resets_along, "a range removal removes resets that are live", "range"},
    {Fault::removal_mints_no_dot, "a removal mints no dot", "set"},
};

const Walk& walk_named(const std::string& name) {
  for (const Walk& walk : walks()) {
    if (walk.name == name) return walk;
  }
  ADD_FAILURE() << "no walk is called " << name;
  return walks().front();
}

class EachPlantedFault : public testing::TestWithParam<Planted> {
 protected:
  void SetUp() override { planted_fault = GetParam().fault; }
  void TearDown() override { planted_fault = Fault::none; }
};

TEST_P(EachPlantedFault, IsFound) {
  const Found found = walk_all(walk_named(GetParam().found_by));
  EXPECT_NE(found.story, "") << "not found in " << found.histories << " histories";
  std::printf("| %s | %s | %llu |\n", GetParam().what, GetParam().found_by,
              static_cast<unsigned long long>(found.histories));
}

INSTANTIATE_TEST_SUITE_P(OfAll, EachPlantedFault, testing::ValuesIn(all_planted));

// The same program finds nothing when nothing is planted.
TEST(NoPlantedFault, IsFound) {
  const Found found = walk_all(walk_named("set"));
  EXPECT_EQ(found.story, "");
  EXPECT_EQ(std::size(all_planted), static_cast<std::size_t>(Fault::removal_mints_no_dot)) << "a fault without a walk";
}

}  // namespace
}  // namespace skerry::crdt
