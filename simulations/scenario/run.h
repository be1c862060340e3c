// One run of a scenario, from its plan to the judgement.
#pragma once

#include <string>
#include <vector>

#include "simulations/profile.h"
#include "simulations/report.h"
#include "simulations/scenario/expectations.h"
#include "simulations/scenario/scenario.h"

namespace skerry::simulations::scenario {

// The invariant that a report names when nothing is wrong but what the scenario expects.
inline constexpr char unmet_expectation[] = "expectation";

struct Outcome {
  explicit Outcome(std::size_t hosts) : chronicle(hosts) {}

  Report report;  // an expectation that is not met is a violation too
  std::vector<Judgement> judgements;
  Chronicle chronicle;
  Duration lag_median{};  // from a write until every region sees it
  Duration lag_p99{};
  Duration lag_max{};
};

// REQUIRES that the plan is the scenario's, with whatever seed.
Outcome run(const Scenario& scenario, const Plan& plan, const Profile& profile = protocol_profile());

// What it is, before the run: some lines for a person.
std::string to_text(const Scenario& scenario, std::uint64_t seed);
// What came of it.
std::string to_text(const Outcome& outcome);
// One line, one object.
std::string to_json(const Scenario& scenario, const Outcome& outcome);

}  // namespace skerry::simulations::scenario
