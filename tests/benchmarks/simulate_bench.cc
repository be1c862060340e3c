// How much time a simulated world of five hosts and two operations a second a host takes, faults and checkers included:
// simulated seconds a second of CPU time.
//
//   simulate_bench protocol|full WORLDS        → one JSON line
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "simulations/full_profile.h"
#include "simulations/world.h"

namespace {

using namespace skerry::simulations;

constexpr std::size_t hosts = 5;
constexpr double operations_per_second = 2;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// As a seed draws it, but for how many operations there are.
Plan plan_of(Conditions conditions) {
  conditions.workload.writes_per_second = operations_per_second;
  return draw_plan(conditions);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc == 3 ? argv[1] : "";
  if (name != "protocol" && name != "full") {
    std::fprintf(stderr, "usage: %s protocol|full WORLDS\n", argv[0]);
    return 2;
  }
  const Profile profile = name == "full" ? full_profile() : protocol_profile();
  int worlds = std::atoi(argv[2]);
  double simulated = 0;
  unsigned long long steps = 0;
  unsigned long long operations = 0;
  const double begin = cpu_seconds();
  for (std::uint64_t seed = 1; worlds > 0; ++seed) {
    const Conditions conditions = draw_conditions(seed, std::chrono::minutes(10));
    if (conditions.hosts.size() != hosts) continue;
    --worlds;
    const Report report = World(plan_of(conditions), profile).run();
    if (report.violation) {
      std::fprintf(stderr, "%s", to_text(report).c_str());
      return 1;
    }
    simulated += std::chrono::duration<double>(report.simulated).count();
    steps += report.steps;
    operations += report.operations;
  }
  const double cpu = cpu_seconds() - begin;
  std::printf(
      "{\"times_real_time\": %.0f, \"node_hours_a_minute\": %.1f, \"cpu_seconds\": %.2f, \"steps\": %llu, "
      "\"operations\": %llu}\n",
      simulated / cpu, simulated * hosts / 3600 / (cpu / 60), cpu, steps, operations);
  return 0;
}
