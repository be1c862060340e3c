#include "simulations/scenario/scenario.h"

#include <algorithm>
#include <numeric>

#include "core/ensure.h"
#include "simulations/streams.h"

namespace skerry::simulations::scenario {

using core::Random;

namespace {

// Commands that were read with the file, filled with whatever they draw: accepted is known (clients.cc has tried).
std::vector<Command> commands_of(const std::vector<Words>& patterns, const Filling& filling, Random& random) {
  std::vector<Command> commands;
  for (const Words& pattern : patterns) {
    const auto words = filled(pattern, filling, random);
    core::ensure(words.has_value());
    const auto command = command_of(*words);
    core::ensure(command.has_value());
    commands.push_back(*command);
  }
  return commands;
}

const Clients::Choice& drawn(const std::vector<Clients::Choice>& mix, Random& random) {
  const auto add = [](std::uint64_t sum, const Clients::Choice& one) { return sum + one.weight; };
  std::uint64_t drawn = random.below(std::accumulate(mix.begin(), mix.end(), std::uint64_t{0}, add));
  auto choice = mix.begin();
  while (drawn >= choice->weight) drawn -= (choice++)->weight;
  return *choice;
}

// Those whose home is one of the hosts.  Open loop, as simulations/workload.cc: nobody waits for an answer.
void draw(const Scenario& scenario, const Clients& clients, std::size_t home, Random random,
          std::vector<Operation>& to) {
  const double mean = 1e9 / clients.rate;
  const auto wait = [&] { return Duration(1 + static_cast<std::int64_t>(2 * mean * random.unit())); };
  for (Duration at = clients.from + wait(); at < clients.until; at += wait()) {
    std::size_t place = home;
    if (clients.roam > Duration{}) place += static_cast<std::size_t>(at / clients.roam);
    Operation operation{.at = at, .host = clients.hosts[place % clients.hosts.size()], .space = {}, .commands = {}};
    const Clients::Choice& choice = drawn(clients.mix, random);
    const Filling filling{.region = scenario.names[operation.host], .skew = clients.skew};
    operation.commands = commands_of(choice.commands, filling, random);
    // Who has not joined yet has no clients.
    if (at >= scenario.conditions.hosts[operation.host].joins_at) to.push_back(std::move(operation));
  }
}

}  // namespace

Operation operation_of(const Step& step) {
  return {.at = step.at, .host = step.host, .space = {}, .commands = step.commands};
}

Plan plan_of(const Scenario& scenario, std::uint64_t seed) {
  Plan plan{scenario.conditions, {}, scenario.faults};
  plan.conditions.seed = seed;
  for (const Step& step : scenario.steps) plan.operations.push_back(operation_of(step));
  const Streams streams(seed);
  std::uint64_t stream = 0;
  for (const Clients& clients : scenario.clients) {
    for (std::size_t home = 0; home < clients.hosts.size(); ++home)
      draw(scenario, clients, home, streams.stream("clients", stream++), plan.operations);
  }
  std::stable_sort(plan.operations.begin(), plan.operations.end(),
                   [](const Operation& left, const Operation& right) { return left.at < right.at; });
  return plan;
}

}  // namespace skerry::simulations::scenario
