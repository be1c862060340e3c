// Makes a plan that violates an invariant as small as it gets while the same invariant is still violated: fewer
// operations, faults and hosts, a calmer world, a shorter time (delta debugging, simulations/ddmin.h).
#pragma once

#include <cstdint>
#include <functional>

#include "simulations/plan.h"
#include "simulations/report.h"

namespace skerry::simulations {

// How far it has got.
struct ShrinkProgress {
  std::uint64_t runs = 0;
  std::size_t operations = 0;
  std::size_t faults = 0;
  std::size_t hosts = 0;
};

struct Shrunk {
  Plan plan;
  Report report;         // of a run of it
  ShrinkProgress end;    // and how many runs that took
  bool complete = true;  // else it was stopped before nothing more could be left out
};

// The same plan, `run` and answers give the same result: time and chance come in by nothing else.
// `run` is one run of one plan that ends at the first violation; `go_on` is asked before each, and stops it by false.
// REQUIRES that `report`, of a run of `plan`, has a violation.
using RunPlan = std::function<Report(const Plan&)>;
using GoOn = std::function<bool(const ShrinkProgress&)>;
Shrunk shrink(const Plan& plan, const Report& report, const RunPlan& run, const GoOn& go_on);

}  // namespace skerry::simulations
