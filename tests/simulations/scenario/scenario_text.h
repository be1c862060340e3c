// Scenarios written in a test: a file of which only a part is of interest.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "simulations/scenario/scenario_file.h"

namespace skerry::simulations::scenario {

using namespace std::chrono_literals;

// Three regions, one minute; line 4 is the first of `more`.
inline std::string three_regions(const std::string& more) {
  return "title = 'A test'\nduration = '60s'\nregions = ['eu-west-1', 'us-east-1', 'ap-southeast-2']\n" + more;
}

inline Scenario accepted(const std::string& more) {
  const auto scenario = parse_scenario(three_regions(more), "test.toml");
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().detail);
  return scenario.value_or(Scenario{});
}

// What is said of it; nothing if it is accepted.
inline std::string refusal(const std::string& more) {
  const auto scenario = parse_scenario(three_regions(more), "test.toml");
  return scenario ? "" : scenario.error().detail;
}

}  // namespace skerry::simulations::scenario
