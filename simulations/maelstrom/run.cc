#include "simulations/maelstrom/run.h"

#include <algorithm>

#include "simulations/json.h"
#include "simulations/maelstrom/recorder.h"
#include "simulations/world.h"

namespace skerry::simulations::maelstrom {

namespace {

std::size_t last_reads_of(const History& history) {
  return static_cast<std::size_t>(std::count_if(history.begin(), history.end(), [](const Entry& entry) {
    return entry.last && entry.type == Type::ok && entry.function == Function::read;
  }));
}

// Messages between nodes for each operation, as Maelstrom counts them.
double messages_an_operation(const Outcome& outcome) {
  const auto operations = static_cast<double>(std::max<std::uint64_t>(1, stats_of(outcome.history).count));
  return static_cast<double>(outcome.report.network.frames) / operations;
}

}  // namespace

Outcome run(Workload workload, const Plan& plan, const Profile& profile, const Watch& watch) {
  Outcome outcome;
  World world(plan, profile);
  Recorder recorder(workload, world.timeline());
  world.listen(recorder.events());
  if (watch.invariants == Invariants::ignored) world.look_away();
  if (watch.chronicle != nullptr) world.record(*watch.chronicle);
  outcome.report = world.run();
  std::size_t asked = 0;
  if (!outcome.report.violation) {
    recorder.last_reads_begin();
    for (HostIndex node = 0; node < plan.conditions.hosts.size(); ++node) {
      const auto read = last_read(workload, node);
      if (!read) continue;
      ++asked;
      world.perform(*read);
    }
    world.run_until(world.timeline().now() + client_timeout);
  }
  outcome.history = recorder.finish();
  if (outcome.report.violation) return outcome;
  outcome.verdict = judge(workload, outcome.history);
  if (last_reads_of(outcome.history) < asked && outcome.verdict.valid != Valid::no) {
    outcome.verdict.valid = Valid::no;
    outcome.verdict.problem = "some node does not answer its last read";
  }
  if (outcome.verdict.valid != Valid::no) return outcome;
  outcome.report.violation = Violation{name_of(workload), outcome.verdict.problem, {}};
  outcome.report.violated_at = outcome.report.simulated;
  return outcome;
}

std::string to_text(Workload workload, const Outcome& outcome) {
  std::string text = "  clients   " + to_text(stats_of(outcome.history)) + "; " +
                     json::decimal(messages_an_operation(outcome)) + " messages between nodes an operation\n";
  if (!outcome.verdict.json.empty()) {
    text += std::string("  rule      ") + name_of(workload) + ": valid? " + name_of(outcome.verdict.valid) + "\n";
    std::size_t width = 0;
    for (const auto& [word, found] : outcome.verdict.text) width = std::max(width, word.size());
    for (const auto& [word, found] : outcome.verdict.text)
      text += "    " + word + std::string(width + 2 - word.size(), ' ') + found + "\n";
  }
  return text + simulations::to_text(outcome.report);
}

std::string to_json(Workload workload, const Outcome& outcome) {
  json::Object members;
  members.add("workload", json::quoted(name_of(workload)));
  members.add("stats", to_json(stats_of(outcome.history)));
  members.add("msgs-per-op", json::decimal(messages_an_operation(outcome)));
  if (!outcome.verdict.json.empty()) members.add("result", outcome.verdict.json);
  members.add("run", simulations::to_json(outcome.report));
  return members.object();
}

}  // namespace skerry::simulations::maelstrom
