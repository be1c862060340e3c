#include "edge/demo.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "edge/demo_cluster.h"
#include "edge/demo_story.h"
#include "edge/interrupts.h"
#include "edge/terminal.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

constexpr auto connect_patience = 30s;
constexpr auto agree_patience = 60s;
constexpr auto reading_time = 1500ms;
constexpr auto look_at_nodes = 500ms;

void introduce(Terminal& terminal, const DemoPlan& plan) {
  terminal.title("skerry · three regions, one truth");
  terminal.line("Three nodes run on this machine as processes of their own. Between them lie");
  terminal.line("the delays of sea cables, one way, and every session is encrypted.");
  terminal.blank();
  for (const DemoOcean::Distance& distance : plan.distances) {
    terminal.line(fitted(plan.regions[distance.one], 8) + " ───── " +
                  fitted(std::to_string(distance.one_way.count()) + " ms", 6) + " ───── " +
                  plan.regions[distance.other]);
  }
  terminal.blank();
}

void invite(Terminal& terminal, const DemoPlan& plan, const DemoCluster& cluster) {
  const auto redis_cli = [&](std::size_t region, const std::string& words) {
    const std::string line = "redis-cli -p " + std::to_string(plan.resp_base + region) + " " + words;
    terminal.line("  " + fitted(line, 44) + terminal.painted(plan.regions[region], Tone::quiet));
  };
  terminal.chapter("It is yours now");
  terminal.line("The cluster goes on running. In another terminal, try:");
  terminal.blank();
  redis_cli(2, "INCR visits");
  redis_cli(0, "SKERRY.EXPLAIN visits");
  redis_cli(1, "SKERRY.PEERS");
  terminal.blank();
  terminal.line("Data and logs are in " + cluster.directory().string() + (plan.keep_directory ? "." : " until then."));
  terminal.line("Ctrl-C ends everything.");
}

DemoWorld world_of(const DemoPlan& plan, DemoCluster& cluster, Interrupts& interrupts) {
  DemoWorld world;
  for (std::size_t i = 0; i < plan.regions.size(); ++i) {
    world.regions.push_back(
        {plan.regions[i], [&cluster, i](const auto& commands) { return cluster.call_all(i, commands); }});
  }
  const std::size_t far = plan.regions.size() - 1;
  world.cut = [&cluster, far] { cluster.ocean().cut(far); };
  world.heal = [&cluster, far] { cluster.ocean().heal(far); };
  world.wait = [&interrupts](std::chrono::milliseconds duration) { return interrupts.wait(duration); };
  world.patience = agree_patience;
  return world;
}

int tell(DemoWorld& world, Terminal& terminal, const DemoCommand& command) {
  switch (DemoStory(world, terminal).tell()) {
    case StoryEnd::agreed:
      return exit_ok;
    case StoryEnd::interrupted:
      return command.once ? exit_failure : exit_ok;
    case StoryEnd::disagreed:
    case StoryEnd::failed:
      return exit_failure;
  }
  return exit_failure;
}

// Until Ctrl-C, or until a node ends by itself.
int keep_running(DemoCluster& cluster, const DemoPlan& plan, Interrupts& interrupts, Terminal& terminal) {
  while (interrupts.wait(look_at_nodes)) {
    if (const auto gone = cluster.ended()) {
      terminal.line("The node of " + plan.regions[*gone] + " has ended; the demo ends with it.", Tone::bad);
      return exit_failure;
    }
  }
  terminal.blank();
  terminal.line("Ending the nodes.", Tone::quiet);
  return exit_ok;
}

}  // namespace

int run_demo(const DemoCommand& command) {
  Interrupts interrupts;
  const TerminalEnvironment environment = terminal_environment(STDOUT_FILENO);
  Terminal terminal(std::cout, terminal_style(environment));
  DemoPlan plan = demo_plan(command.resp_base);
  plan.keep_directory = command.keep;

  introduce(terminal, plan);
  auto cluster = DemoCluster::start(plan);
  if (!cluster) {
    std::cerr << "skerry demo: " << cluster.error().detail << '\n';
    return exit_failure;
  }
  const auto wait = [&](std::chrono::milliseconds duration) { return interrupts.wait(duration); };
  const auto connected = (*cluster)->wait_until_connected(wait, connect_patience);
  if (!connected) {
    std::cerr << "skerry demo: " << connected.error().detail;
    return exit_failure;
  }
  if (!*connected) return exit_failure;
  terminal.line("All three are up, each with a session with both others.", Tone::good);

  if (!command.quiet) {
    DemoWorld world = world_of(plan, **cluster, interrupts);
    if (environment.is_terminal && !command.once) world.reading_time = reading_time;
    const int told = tell(world, terminal, command);
    if (told != exit_ok || command.once || interrupts.interrupted()) return told;
  }
  invite(terminal, plan, **cluster);
  return keep_running(**cluster, plan, interrupts, terminal);
}

}  // namespace skerry::edge
