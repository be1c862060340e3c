#include "simulations/scenario/run.h"

#include "simulations/json.h"
#include "simulations/world.h"

namespace skerry::simulations::scenario {

Outcome run(const Scenario& scenario, const Plan& plan, const Profile& profile) {
  Outcome outcome(scenario.names.size());
  Answers answers(scenario);
  World world(plan, profile);
  world.record(outcome.chronicle);
  world.listen({.told = [&answers](std::uint64_t, const Operation& operation, const Command&,
                                   const std::string& answer) { answers.hear(operation, answer); }});
  outcome.report = world.run();
  const Durations& lags = outcome.chronicle.lag_everywhere();
  outcome.lag_median = lags.percentile(0.5);
  outcome.lag_p99 = lags.percentile(0.99);
  outcome.lag_max = lags.greatest();
  if (outcome.report.violation) return outcome;
  outcome.judgements = answers.judge();
  for (Judgement& one : judge(scenario, world, outcome.report, outcome.chronicle))
    outcome.judgements.push_back(std::move(one));
  Violation unmet{unmet_expectation, "", {}};
  for (const Judgement& one : outcome.judgements) {
    if (!one.met) unmet.details.push_back(one.expected + ": " + one.found);
  }
  if (unmet.details.empty()) return outcome;
  unmet.what = unmet.details.size() == 1 ? "one is not met" : std::to_string(unmet.details.size()) + " are not met";
  outcome.report.violation = std::move(unmet);
  outcome.report.violated_at = outcome.report.simulated;
  return outcome;
}

std::string to_text(const Scenario& scenario, std::uint64_t seed) {
  std::string text = scenario.title + " (" + scenario.file + ", seed " + std::to_string(seed) + ")\n  regions   ";
  for (std::size_t host = 0; host < scenario.names.size(); ++host) {
    text += (host == 0 ? "" : ", ") + scenario.names[host];
    if (const Duration joins_at = scenario.conditions.hosts[host].joins_at; joins_at > Duration{})
      text += " (joins at " + seconds_text(joins_at) + ")";
  }
  text += "\n  planned   " + seconds_text(scenario.conditions.duration) + ", " + std::to_string(scenario.steps.size()) +
          " steps, " + std::to_string(scenario.clients.size()) + " groups of clients, " +
          std::to_string(scenario.faults.size()) + " faults\n";
  return text;
}

std::string to_text(const Outcome& outcome) {
  std::string text = "  lag       until a write is everywhere: median " + seconds_text(outcome.lag_median) + ", 99 % " +
                     seconds_text(outcome.lag_p99) + ", longest " + seconds_text(outcome.lag_max) + "\n";
  for (const Judgement& one : outcome.judgements)
    text += std::string("  ") + (one.met ? "expected  " : "NOT MET   ") + one.expected + ": " + one.found + "\n";
  return text + simulations::to_text(outcome.report);
}

std::string to_json(const Scenario& scenario, const Outcome& outcome) {
  const auto seconds = [](Duration time) { return json::decimal(std::chrono::duration<double>(time).count()); };
  json::Object members;
  members.add("scenario", json::quoted(scenario.file));
  members.add("lag_median_seconds", seconds(outcome.lag_median));
  members.add("lag_p99_seconds", seconds(outcome.lag_p99));
  members.add("lag_max_seconds", seconds(outcome.lag_max));
  std::string judgements;
  for (const Judgement& one : outcome.judgements) {
    json::Object judgement;
    judgement.add("expected", json::quoted(one.expected));
    judgement.add("found", json::quoted(one.found));
    judgement.add("met", one.met ? "true" : "false");
    judgements += (judgements.empty() ? "" : ",") + judgement.object();
  }
  members.add("expectations", "[" + judgements + "]");
  members.add("run", simulations::to_json(outcome.report));
  return members.object();
}

}  // namespace skerry::simulations::scenario
