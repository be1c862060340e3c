// Each fault planted in crdt, one at a time, is found by the walk that is named for it: so the walks prove something.
// `make faults` puts the rows that this prints into docs/testing.md.
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "crdt/fault.h"
#include "tests/crdt/walks.h"
#include "tests/planted/page.h"

namespace skerry::crdt {
namespace {

struct Planted {
  Fault fault;
  const char* name;
  const char* what;
  const Walk* found_by;
};

// The compiler refuses a fault without a row.
std::optional<Planted> row_of(Fault fault) {
  const auto row = [fault](const char* name, const char* what, const Walk& found_by) {
    return Planted{fault, name, what, &found_by};
  };
  switch (fault) {
    case Fault::none:
      return std::nullopt;
    case Fault::join_ignores_removals:
      return row("join_ignores_removals", "join keeps what the other side has removed", set_walk);
    case Fault::join_imports_what_was_removed:
      return row("join_imports_what_was_removed", "join takes back what was removed here", set_walk);
    case Fault::add_does_not_supersede:
      return row("add_does_not_supersede", "an add leaves the adds it saw", set_walk);
    case Fault::set_does_not_supersede:
      return row("set_does_not_supersede", "a SET leaves the registers and tallies it saw", string_walk);
    case Fault::winner_ignores_stamps:
      return row("winner_ignores_stamps", "of concurrent registers the greater replica wins", string_walk);
    case Fault::set_writes_no_resets:
      return row("set_writes_no_resets", "a SET writes no resets", string_walk);
    case Fault::resets_not_carried:
      return row("resets_not_carried", "a SET or DEL does not carry the resets it found", counter_walk);
    case Fault::resets_compared_by_sum:
      return row("resets_compared_by_sum", "of two resets the one with the greater sum is kept", counter_walk);
    case Fault::new_birth_with_something_left:
      return row("new_birth_with_something_left", "an INCR begins a birth though its tally lives", counter_walk);
    case Fault::increment_supersedes_foreign_tallies:
      return row("increment_supersedes_foreign_tallies", "an INCR goes on with another's tally", counter_walk);
    case Fault::increment_supersedes_registers:
      return row("increment_supersedes_registers", "an INCR supersedes the register it saw", string_walk);
    case Fault::presence_by_sum:
      return row("presence_by_sum", "increments that sum to nothing do not count", counter_walk);
    case Fault::persist_not_greatest:
      return row("persist_not_greatest", "PERSIST loses to a concurrent EXPIRE", expiry_walk);
    case Fault::over_ignored:
      return row("over_ignored", "a register's own deadline counts after an EXPIRE saw it", expiry_walk);
    case Fault::deadline_not_rewritten:
      return row("deadline_not_rewritten", "an INCR or SADD does not write the deadline again", expiry_walk);
    case Fault::set_leaves_deadlines:
      return row("set_leaves_deadlines", "a SET leaves the expiry payloads it saw", expiry_walk);
    case Fault::expired_key_not_removed_first:
      return row("expired_key_not_removed_first", "a write leaves an expired key in place", expired_walk);
    case Fault::last_member_leaves_deadline:
      return row("last_member_leaves_deadline", "with the last member the deadline stays", members_walk);
    case Fault::range_forgets_tallies:
      return row("range_forgets_tallies", "a range removal writes no resets for tallies", range_walk);
    case Fault::range_forgets_resets_of_registers:
      return row("range_forgets_resets_of_registers", "a range removal drops registers' resets", range_walk);
    case Fault::range_takes_resets_along:
      return row("range_takes_resets_along", "a range removal removes resets that are live", range_walk);
    case Fault::removal_mints_no_dot:
      return row("removal_mints_no_dot", "a removal mints no dot", set_walk);
  }
  return std::nullopt;
}

std::vector<Planted> all_planted() {
  std::vector<Planted> all;
  for (int number = 1;; ++number) {
    const auto row = row_of(static_cast<Fault>(number));
    if (!row) return all;
    all.push_back(*row);
  }
}

class CrdtFault : public testing::TestWithParam<Planted> {
 protected:
  void SetUp() override { planted_fault = GetParam().fault; }
  void TearDown() override { planted_fault = Fault::none; }
};

TEST_P(CrdtFault, IsFound) {
  const Found found = walk_all(*GetParam().found_by);
  EXPECT_NE(found.story, "") << "not found in " << found.histories << " histories";
  std::printf("| `%s` | %s | `%s` | %llu |\n", GetParam().name, GetParam().what, GetParam().found_by->name,
              static_cast<unsigned long long>(found.histories));
}

INSTANTIATE_TEST_SUITE_P(Planted, CrdtFault, testing::ValuesIn(all_planted()),
                         [](const auto& tested) { return tested.param.name; });

TEST(CrdtFaultsOnThePage, AreAllThereAre) {
  std::vector<std::string> names;
  for (const Planted& planted_one : all_planted()) names.emplace_back(planted_one.name);
  EXPECT_EQ(faults_on_the_page("crdt faults"), names) << "run `make faults`";
}

// The same program finds nothing when nothing is planted.
TEST(NoCrdtFault, IsFound) {
  for (const Walk* walk : {&set_walk, &counter_walk}) EXPECT_EQ(walk_all(*walk).story, "");
}

}  // namespace
}  // namespace skerry::crdt
