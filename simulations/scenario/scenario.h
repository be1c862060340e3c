// What a user wants to see simulated: regions and the roads between them, who writes what, what fails when, and what is
// expected.  With a seed it becomes the plan of a world, which knows nothing of scenarios.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulations/plan.h"
#include "simulations/scenario/redis_words.h"

namespace skerry::simulations::scenario {

// One thing that a client asks for at one time; several commands are one batch (MULTI).
struct Step {
  Duration at{};
  HostIndex host = 0;
  std::vector<Command> commands;
  std::vector<std::string> answers;  // one for each command, or none are expected
  std::string text;                  // the commands as the file has them
  std::string place;                 // "cart.toml:12"
};

// Clients that ask for things again and again.
struct Clients {
  std::vector<HostIndex> hosts;
  Duration from{};
  Duration until{};
  double rate = 1;  // operations a second in each of the hosts
  Duration roam{};  // so often all of them go to the next of the hosts; 0: they stay
  std::uint32_t skew = 0;
  struct Choice {
    std::uint32_t weight = 1;
    std::vector<Words> commands;  // patterns; several are one batch
  };
  std::vector<Choice> mix;
};

// What a key must hold in every region in the end, as text; for hashes and sorted sets by member, for sets "" each.
struct Final {
  std::string key;
  bool there = true;
  std::map<std::string, std::string> members;  // a string's is under ""
  std::string place;
};

struct Expectations {
  std::optional<Duration> converged_within;  // until all regions hold the same, after everything healed
  std::optional<Duration> lag_p99_max;       // from a write until every region sees it
  std::optional<Duration> lag_max;
  std::optional<std::uint64_t> bytes_max;  // of frames, over all links
  std::vector<Final> finals;
};

struct Scenario {
  std::string file;
  std::string title;
  std::vector<std::string> names;  // by host
  Conditions conditions;           // its seed is the one that is used where none is given
  std::vector<Fault> faults;       // sorted by time
  std::vector<Step> steps;
  std::vector<Clients> clients;
  Expectations expectations;
};

// The same scenario and seed give the same plan.
Plan plan_of(const Scenario& scenario, std::uint64_t seed);

// What a world makes of a step.
Operation operation_of(const Step& step);

}  // namespace skerry::simulations::scenario
