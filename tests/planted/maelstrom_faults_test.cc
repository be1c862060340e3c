// Planted faults that the rules of Maelstrom's workloads notice by themselves: the simulator looks away, and the rules
// know nothing but what clients were told.  `make faults` puts the rows that this prints into docs/testing.md.
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "crdt/fault.h"
#include "simulations/maelstrom/run.h"
#include "sync/fault.h"
#include "tests/planted/page.h"

namespace skerry::simulations::maelstrom {
namespace {

using CrdtFault = crdt::Fault;
using StreamFault = sync::Fault;
using sync::NodeFault;

constexpr std::uint64_t seeds_max = 20;
constexpr auto duration = std::chrono::minutes(2);
// broadcast is g-set under another name.
constexpr Workload workloads[] = {Workload::g_set, Workload::g_counter, Workload::pn_counter, Workload::unique_ids};

struct Planted {
  const char* name;
  CrdtFault in_crdt = CrdtFault::none;
  StreamFault in_sync = StreamFault::none;
  NodeFault in_node = NodeFault::none;

  void plant() const {
    crdt::planted_fault = in_crdt;
    sync::planted_fault = in_sync;
    sync::planted_node_fault = in_node;
  }
};

Planted of(const char* name, CrdtFault fault) {
  return {.name = name, .in_crdt = fault};
}
Planted of(const char* name, StreamFault fault) {
  return {.name = name, .in_sync = fault};
}
Planted of(const char* name, NodeFault fault) {
  return {.name = name, .in_node = fault};
}

// What is about removals, registers, deadlines or ranges cannot show: these clients only add and count.
std::vector<Planted> faults() {
  return {of("join_ignores_removals", CrdtFault::join_ignores_removals),
          of("join_imports_what_was_removed", CrdtFault::join_imports_what_was_removed),
          of("increment_supersedes_foreign_tallies", CrdtFault::increment_supersedes_foreign_tallies),
          of("increment_supersedes_registers", CrdtFault::increment_supersedes_registers),
          of("covers_all_seen", StreamFault::covers_all_seen),
          of("judges_by_covers", StreamFault::judges_by_covers),
          of("covered_not_logged", StreamFault::covered_not_logged),
          of("seen_before_cells", StreamFault::seen_before_cells),
          of("seen_after_cells", StreamFault::seen_after_cells),
          of("cells_without_context", StreamFault::cells_without_context),
          of("context_without_cells", StreamFault::context_without_cells),
          of("leaves_before_durable", StreamFault::leaves_before_durable),
          of("answers_before_commit", NodeFault::answers_before_commit),
          of("block_used_twice", NodeFault::block_used_twice),
          of("redo_forgets_cells", NodeFault::redo_forgets_cells)};
}

struct Found {
  std::uint64_t seed = 0;
  std::string problem;
};

std::optional<std::string> problem(Workload workload, std::uint64_t seed) {
  const Outcome outcome = run(workload, draw_plan(workload, seed, duration), protocol_profile(),
                              {.invariants = Invariants::ignored, .chronicle = nullptr});
  if (!outcome.report.violation) return std::nullopt;
  EXPECT_EQ(outcome.report.violation->invariant, name_of(workload));
  return outcome.report.violation->what;
}

std::optional<Found> find(Workload workload) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    if (const auto found = problem(workload, seed)) return Found{seed, *found};
  }
  return std::nullopt;
}

class MaelstromFault : public testing::TestWithParam<Planted> {
 protected:
  void SetUp() override { GetParam().plant(); }
  void TearDown() override { Planted{.name = ""}.plant(); }
};

TEST_P(MaelstromFault, IsFoundByARuleAlone) {
  std::string row = "| `" + std::string(GetParam().name) + "` |";
  std::optional<Found> first;
  Workload by = Workload::g_set;
  for (const Workload workload : workloads) {
    const std::optional<Found> found = find(workload);
    row += " " + (found ? std::to_string(found->seed) : "-") + " |";
    if (!found || first) continue;
    first = found;
    by = workload;
  }
  ASSERT_TRUE(first) << GetParam().name << " is not found by " << seeds_max << " seeds of each workload";
  std::printf("%s %s |\n", row.c_str(), first->problem.c_str());
  Planted{.name = ""}.plant();
  EXPECT_EQ(problem(by, first->seed), std::nullopt) << "it is not the planted fault";
}

INSTANTIATE_TEST_SUITE_P(Planted, MaelstromFault, testing::ValuesIn(faults()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(MaelstromFaultsOnThePage, AreAllThereAre) {
  std::vector<std::string> names;
  for (const Planted& planted : faults()) names.push_back(planted.name);
  EXPECT_EQ(faults_on_the_page("maelstrom"), names) << "run `make faults`";
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
