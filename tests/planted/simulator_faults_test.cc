// Each fault planted in how cells merge and how chunks are made and applied, one at a time, against the simulator as a
// user runs it: how many seeds does it take until a checker speaks?  `make faults` puts the rows that this prints into
// docs/testing.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "crdt/fault.h"
#include "simulations/world.h"
#include "sync/fault.h"
#include "tests/planted/page.h"

namespace skerry::simulations {
namespace {

constexpr std::uint64_t seeds_max = 1'000;
constexpr auto duration = std::chrono::minutes(2);

struct Planted {
  crdt::Fault in_crdt = crdt::Fault::none;
  sync::Fault in_sync = sync::Fault::none;
  std::string name;
};

// Planted in what only tests use, or no fault where `base` is checked (tests/planted/sync_faults_test.cc).
const std::set<std::string> not_in_the_product = {"removal_mints_no_dot", "range_takes_resets_along",
                                                  "removal_mints_no_dot of sync", "range_without_context"};

// The page has a row for each fault, in their order: the tests beside this one see to it.
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
  return faults;
}

class SimulatorFault : public testing::TestWithParam<Planted> {
 protected:
  void SetUp() override {
    crdt::planted_fault = GetParam().in_crdt;
    sync::planted_fault = GetParam().in_sync;
  }
  void TearDown() override {
    crdt::planted_fault = crdt::Fault::none;
    sync::planted_fault = sync::Fault::none;
  }
};

TEST_P(SimulatorFault, IsFound) {
  if (not_in_the_product.contains(GetParam().name)) GTEST_SKIP() << "it is not in the product";
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const Report report = World(draw_plan(draw_conditions(seed, duration))).run();
    if (!report.violation) continue;
    std::printf("| `%s` | %d | %s %s |\n", GetParam().name.c_str(), static_cast<int>(seed),
                report.violation->invariant.c_str(), report.violation->what.c_str());
    return;
  }
  FAIL() << GetParam().name << " is not found by " << seeds_max << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Planted, SimulatorFault, testing::ValuesIn(all_faults()), [](const auto& tested) {
  std::string name = tested.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

}  // namespace
}  // namespace skerry::simulations
