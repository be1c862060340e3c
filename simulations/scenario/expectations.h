// Whether what a scenario expects has happened: the watch over its answers, and the judgement in the end.
#pragma once

#include <string>
#include <vector>

#include "simulations/chronicle.h"
#include "simulations/scenario/scenario.h"
#include "simulations/world.h"

namespace skerry::simulations::scenario {

// One expectation, as a person reads it: "converged within 5 s", "it took 0.840 s".
struct Judgement {
  std::string expected;
  std::string found;
  bool met = false;
};

// Hears the answers that the steps of one run are given.  The scenario outlives it.
class Answers {
 public:
  explicit Answers(const Scenario& scenario) : scenario_(scenario), heard_(scenario.steps.size()) {}

  void hear(const Operation& operation, const std::string& answer);
  // Of each step that expects answers.
  std::vector<Judgement> judge() const;

 private:
  const Scenario& scenario_;
  std::vector<std::vector<std::string>> heard_;  // by step
};

// Of everything else that is expected, after the run.  REQUIRES that it was not violated.
std::vector<Judgement> judge(const Scenario& scenario, World& world, const Report& report, const Chronicle& chronicle);

std::string seconds_text(Duration duration);

}  // namespace skerry::simulations::scenario
