// Each fault planted in how cells merge, how chunks are made and applied, and what a node does with its disk and its
// clock, one at a time, against the simulator as a user runs it: how many seeds does it take until a checker speaks,
// and how small a world shows it?  `make faults` puts the rows that this prints into docs/testing.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crdt/fault.h"
#include "simulations/plan_file.h"
#include "simulations/shrink.h"
#include "simulations/world.h"
#include "sync/fault.h"
#include "tests/planted/page.h"

namespace skerry::simulations {
namespace {

using sync::NodeFault;

constexpr std::uint64_t seeds_max = 1'000;
constexpr auto duration = std::chrono::minutes(2);
// Far less than what `--shrink` does in its minute.
constexpr std::uint64_t runs_max = 10'000;

struct Planted {
  crdt::Fault in_crdt = crdt::Fault::none;
  sync::Fault in_sync = sync::Fault::none;
  NodeFault in_node = NodeFault::none;
  std::string name;

  void plant() const {
    crdt::planted_fault = in_crdt;
    sync::planted_fault = in_sync;
    sync::planted_node_fault = in_node;
  }
};

struct NodeRow {
  const char* name;
  const char* what;
};

// The compiler refuses a fault without a row.
std::optional<NodeRow> row_of(NodeFault fault) {
  switch (fault) {
    case NodeFault::none:
      return std::nullopt;
    case NodeFault::answers_before_commit:
      return NodeRow{"answers_before_commit", "an answer at level durable does not wait for the disk"};
    case NodeFault::block_used_twice:
      return NodeRow{"block_used_twice", "after a restart the block of sequences is begun again"};
    case NodeFault::redo_forgets_removals:
      return NodeRow{"redo_forgets_removals", "redo leaves out removals of whole keys"};
    case NodeFault::redo_forgets_cells:
      return NodeRow{"redo_forgets_cells", "redo leaves out cells"};
    case NodeFault::flush_claims_too_much:
      return NodeRow{"flush_claims_too_much", "a flush calls all complete that is durable when it is written"};
    case NodeFault::clock_runs_away:
      return NodeRow{"clock_runs_away", "stamps from the future drag the hybrid clock along"};
    case NodeFault::clock_begins_again:
      return NodeRow{"clock_begins_again", "a restart forgets the stamps that were given"};
    case NodeFault::expiry_runs_ahead:
      return NodeRow{"expiry_runs_ahead", "keys are removed a second before their deadline"};
    case NodeFault::batch_is_torn:
      return NodeRow{"batch_is_torn", "a chunk of the past ends within a batch"};
    case NodeFault::acknowledgements_ignored:
      return NodeRow{"acknowledgements_ignored", "what a peer has applied stays in flight"};
  }
  return std::nullopt;
}

std::vector<Planted> node_faults() {
  std::vector<Planted> faults;
  for (int number = 1;; ++number) {
    const auto row = row_of(static_cast<NodeFault>(number));
    if (!row) return faults;
    faults.push_back({.in_node = static_cast<NodeFault>(number), .name = row->name});
  }
}

// Planted in what only tests use, or no fault where `base` is checked (tests/planted/sync_faults_test.cc).
const std::set<std::string> not_in_the_product = {"removal_mints_no_dot", "range_takes_resets_along",
                                                  "removal_mints_no_dot of sync", "range_without_context"};

// The page has a row for each of crdt's and of the streams', in their order: the tests beside this one see to it.
std::vector<Planted> all_faults() {
  std::vector<Planted> faults;
  int number = 0;
  for (const std::string& name : faults_on_the_page("crdt faults"))
    faults.push_back({.in_crdt = static_cast<crdt::Fault>(++number), .name = name});
  number = 0;
  for (std::string name : faults_on_the_page("stream faults")) {
    if (name == "removal_mints_no_dot") name += " of sync";
    faults.push_back({.in_sync = static_cast<sync::Fault>(++number), .name = name});
  }
  const std::vector<Planted> of_nodes = node_faults();
  faults.insert(faults.end(), of_nodes.begin(), of_nodes.end());
  return faults;
}

Report run(const Plan& plan) {
  return World(plan).run();
}

class SimulatorFault : public testing::TestWithParam<Planted> {
 protected:
  void SetUp() override { GetParam().plant(); }
  void TearDown() override { Planted{}.plant(); }
};

TEST_P(SimulatorFault, IsFoundAndShrinks) {
  if (not_in_the_product.contains(GetParam().name)) GTEST_SKIP() << "it is not in the product";
  std::uint64_t seed = 1;
  Plan plan = draw_plan(draw_conditions(seed, duration));
  Report report = run(plan);
  while (!report.violation && seed < seeds_max) {
    plan = draw_plan(draw_conditions(++seed, duration));
    report = run(plan);
  }
  ASSERT_TRUE(report.violation) << GetParam().name << " is not found by " << seeds_max << " seeds";
  const Shrunk shrunk =
      shrink(plan, report, run, [](const ShrinkProgress& progress) { return progress.runs < runs_max; });
  std::printf("| `%s` | %d | %d | %d | %d | %s %s |\n", GetParam().name.c_str(), static_cast<int>(seed),
              static_cast<int>(shrunk.end.operations + shrunk.end.faults), static_cast<int>(shrunk.end.hosts),
              static_cast<int>(shrunk.end.runs), report.violation->invariant.c_str(), report.violation->what.c_str());
  const auto replayed = plan_from_toml(to_toml(shrunk.plan, ""), "shrunk.toml");
  ASSERT_TRUE(replayed.has_value()) << replayed.error().detail;
  const Report again = run(*replayed);
  ASSERT_TRUE(again.violation);
  EXPECT_EQ(again.violation->invariant, report.violation->invariant);
  EXPECT_EQ(again.violation->what, shrunk.report.violation->what);
  EXPECT_EQ(again.trace, shrunk.report.trace);
  Planted{}.plant();
  const Report without = run(*replayed);
  EXPECT_FALSE(without.violation) << "it is not the planted fault: " << without.violation->what;
}

INSTANTIATE_TEST_SUITE_P(Planted, SimulatorFault, testing::ValuesIn(all_faults()), [](const auto& tested) {
  std::string name = tested.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

TEST(NodeFault, DoesThis) {
  for (const Planted& planted_one : node_faults()) {
    const auto row = row_of(planted_one.in_node);
    ASSERT_TRUE(row);
    std::printf("| `%s` | %s |\n", row->name, row->what);
  }
}

TEST(NodeFaultsOnThePage, AreAllThereAre) {
  std::vector<std::string> names;
  for (const Planted& planted_one : node_faults()) names.push_back(planted_one.name);
  EXPECT_EQ(faults_on_the_page("node faults"), names) << "run `make faults`";
}

// What we promise of them all (the page's table has the figures of each).
TEST(SimulatorFaultsOnThePage, AreFoundSoonAndBecomeSmall) {
  std::vector<int> seeds;
  int small = 0;
  for (const std::vector<std::string>& row : rows_on_the_page("simulator")) {
    ASSERT_EQ(row.size(), 6u);
    seeds.push_back(std::stoi(row[1]));
    small += std::stoi(row[2]) <= 10 && std::stoi(row[3]) <= 3;
  }
  std::set<std::string> on_the_page;
  for (const std::string& name : faults_on_the_page("simulator")) on_the_page.insert(name);
  for (const Planted& planted_one : all_faults())
    EXPECT_NE(on_the_page.contains(planted_one.name), not_in_the_product.contains(planted_one.name));
  const auto count = static_cast<int>(seeds.size());
  EXPECT_GE(count, 40);
  std::sort(seeds.begin(), seeds.end());
  EXPECT_LE(seeds[seeds.size() / 2], 200);
  EXPECT_GE(small * 10, count * 9) << small << " of " << count;
}

}  // namespace
}  // namespace skerry::simulations
