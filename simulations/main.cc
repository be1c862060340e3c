// skerry-simulate: runs seeds one after the other and says what it found.  The only part of this room that knows what
// time it really is.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

#include "simulations/command_line.h"
#include "simulations/full_profile.h"
#include "simulations/html/page.h"
#include "simulations/maelstrom/run.h"
#include "simulations/plan_file.h"
#include "simulations/scenario/run.h"
#include "simulations/scenario/scenario_file.h"
#include "simulations/shrink.h"
#include "simulations/story.h"
#include "simulations/world.h"

namespace skerry::simulations {
namespace {

volatile std::sig_atomic_t interrupted = 0;

class Progress {
 public:
  explicit Progress(std::uint64_t seeds) : seeds_(seeds), shown_(::isatty(STDERR_FILENO) != 0 && seeds > 1) {}

  double elapsed() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  void done(std::uint64_t seeds, std::uint64_t violations) {
    if (!shown_ || Clock::now() < next_) return;
    next_ = Clock::now() + std::chrono::milliseconds(500);
    const double rate = static_cast<double>(seeds) / elapsed();
    std::fprintf(stderr, "\r%llu of %llu seeds, %llu violated, %.1f seeds/s, %.0f s left ",
                 static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(seeds_),
                 static_cast<unsigned long long>(violations), rate, static_cast<double>(seeds_ - seeds) / rate);
  }
  void end() const {
    if (shown_) std::fprintf(stderr, "\r%70s\r", "");
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::uint64_t seeds_;
  bool shown_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_ = begin_;
};

Profile profile_of(const SimulateCommand& command) {
  return command.profile == "full" ? full_profile() : protocol_profile();
}

// What a command needs beside seed or file to run in the same profile, and to see its clients the same way.
std::string option_words(const SimulateCommand& command) {
  return (command.workload ? std::string(" --workload ") + maelstrom::name_of(*command.workload) : "") +
         (command.profile == "protocol" ? "" : " --profile " + command.profile);
}

// What is simulated: a world drawn from a seed, one that is replayed, or a scenario's.
struct Task {
  Plan plan;
  std::string title;
  std::string again;               // the command that shows it once more
  std::string before;              // what the world is like, for a person
  std::vector<std::string> names;  // by host
  const scenario::Scenario* scenario = nullptr;
};

Task task_of(const Plan& plan, const std::string& title, const std::string& again) {
  return {plan, title, again, to_text(plan.conditions), html::plain_names(plan.conditions.hosts.size())};
}

// Without a scenario its world is drawn.
Task task_of(std::uint64_t seed, const SimulateCommand& command, const scenario::Scenario* scenario) {
  const std::string of_seed = " --seed " + std::to_string(seed);
  if (scenario != nullptr) {
    return {plan_of(*scenario, seed),
            scenario->title,
            "skerry-simulate " + scenario->file + of_seed + option_words(command),
            to_text(*scenario, seed),
            scenario->names,
            scenario};
  }
  const double minutes = std::chrono::duration<double, std::ratio<60>>(command.duration).count();
  char length[64];
  std::snprintf(length, sizeof(length), " --minutes %g", minutes);
  const std::string title = "Seed " + std::to_string(seed);
  const std::string again = "skerry-simulate" + of_seed + (minutes == 10 ? "" : length) + option_words(command);
  if (!command.workload) return task_of(draw_plan(draw_conditions(seed, command.duration)), title, again);
  const maelstrom::Workload workload = *command.workload;
  Task task = task_of(maelstrom::draw_plan(workload, seed, command.duration),
                      title + ", " + maelstrom::name_of(workload), again);
  task.before = maelstrom::to_text(workload, task.plan.conditions);
  return task;
}

struct Run {
  Report report;
  std::string text;  // what came of it, for a person
  std::string json;
  std::optional<Chronicle> chronicle;  // when a page was asked for, and of each scenario
  std::string history = {};            // when it was asked for
};

Run run_once(const Task& task, const SimulateCommand& command) {
  if (task.scenario != nullptr) {
    scenario::Outcome outcome = scenario::run(*task.scenario, task.plan, profile_of(command));
    return {outcome.report, to_text(outcome), to_json(*task.scenario, outcome), std::move(outcome.chronicle)};
  }
  Run run;
  if (!command.report_file.empty()) run.chronicle.emplace(task.names.size());
  Chronicle* const chronicle = run.chronicle ? &*run.chronicle : nullptr;
  if (command.workload) {
    const maelstrom::Watch watch{maelstrom::Invariants::checked, chronicle};
    const maelstrom::Outcome outcome = maelstrom::run(*command.workload, task.plan, profile_of(command), watch);
    run.report = outcome.report;
    run.text = to_text(*command.workload, outcome);
    run.json = to_json(*command.workload, outcome);
    if (!command.history_file.empty()) run.history = maelstrom::to_edn(outcome.history);
    return run;
  }
  World world(task.plan, profile_of(command));
  if (chronicle != nullptr) world.record(*chronicle);
  run.report = world.run();
  run.text = to_text(run.report);
  run.json = to_json(run.report);
  return run;
}

Run run(const Task& task, const SimulateCommand& command) {
  Run run = run_once(task, command);
  if (!command.twice || run.report.violation || World(task.plan, profile_of(command)).run().trace == run.report.trace)
    return run;
  run.report.violation = Violation{"I12", "a second run of the same plan did something else", {}};
  run.text = to_text(run.report);
  run.json = to_json(run.report);
  return run;
}

// Whether it is there now, whole.
bool write(const std::string& name, const std::string& text) {
  std::ofstream file(name, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) std::fprintf(stderr, "skerry-simulate: cannot write %s\n", name.c_str());
  return static_cast<bool>(file);
}

// Whether the page and the history are there now; nothing to do where none was asked for.
bool write_files(const Task& task, const Run& run, const SimulateCommand& command) {
  if (!command.history_file.empty() && !write(command.history_file, run.history)) return false;
  if (command.report_file.empty()) return true;
  return write(command.report_file,
               html::page({task.title, task.again, task.names, task.plan.conditions, run.report, *run.chronicle}));
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

std::string sizes_of(const ShrinkProgress& progress) {
  return std::to_string(progress.operations) + " operations, " + std::to_string(progress.faults) + " faults, " +
         std::to_string(progress.hosts) + " hosts after " + std::to_string(progress.runs) + " runs";
}

// Looks for a smaller world, tells its story and writes it.  Whether it could be written.
bool shrink(const Plan& plan, const Report& report, const SimulateCommand& command) {
  const bool shown = ::isatty(STDERR_FILENO) != 0;
  const auto begin = std::chrono::steady_clock::now();
  auto next = begin;
  const auto go_on = [&](const ShrinkProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (shown && now >= next) {
      next = now + std::chrono::milliseconds(200);
      std::fprintf(stderr, "\r  shrinking: %s ", sizes_of(progress).c_str());
    }
    return now - begin < *command.shrink && interrupted == 0;
  };
  const Profile profile = profile_of(command);
  const auto run_part = [&](const Plan& part) {
    return command.workload ? maelstrom::run(*command.workload, part, profile, {}).report : World(part, profile).run();
  };
  const Shrunk shrunk = shrink(plan, report, run_part, go_on);
  if (shown) std::fprintf(stderr, "\r%78s\r", "");
  const std::string file =
      command.output.empty() ? "seed-" + std::to_string(plan.conditions.seed) + ".toml" : command.output;
  const std::string story = story_of(shrunk.plan, shrunk.report);
  std::ofstream stream(file, std::ios::binary);
  stream << to_toml(shrunk.plan, "skerry-simulate --replay" + option_words(command) + " shows this again:\n" + story)
         << std::flush;
  if (!command.json)
    print("  shrunk to " + sizes_of(shrunk.end) + (shrunk.complete ? "" : ", when time was up") + "\n\n" + story);
  if (!stream) {
    std::fprintf(stderr, "skerry-simulate: cannot write '%s'; -o names another file\n", file.c_str());
    return false;
  }
  if (!command.json) print("\n  see it again: skerry-simulate --replay " + file + option_words(command) + "\n");
  return true;
}

// One world, with all that a person may want to know.  The exit code.
int simulate_one(const Task& task, const SimulateCommand& command) {
  if (!command.json) print(task.before);
  const Run done = run(task, command);
  const Report& report = done.report;
  if (!write_files(task, done, command)) return exit_usage;
  Summary summary;
  summary.add(report);
  print(command.json ? done.json + "\n" + to_json(summary) + "\n" : done.text);
  if (!report.violation) return exit_holds;
  if (!command.json) print("  see it again: " + task.again + "\n");
  // What a second run does otherwise has no smaller world, and neither has what only the scenario expects.
  const std::string& broken = report.violation->invariant;
  const bool shrinks = broken != "I12" && broken != scenario::unmet_expectation;
  if (command.shrink && shrinks && !shrink(task.plan, report, command)) return exit_usage;
  return exit_violated;
}

int replay(const SimulateCommand& command) {
  const core::Result<Plan> plan = load_plan(command.replay);
  if (!plan) {
    std::fprintf(stderr, "skerry-simulate: %s\n", plan.error().detail.c_str());
    return exit_usage;
  }
  return simulate_one(
      task_of(*plan, command.replay, "skerry-simulate --replay " + command.replay + option_words(command)), command);
}

// Without a scenario worlds are drawn.
int simulate(const SimulateCommand& command, const scenario::Scenario* scenario) {
  const std::uint64_t seeds = command.last - command.first + 1;
  if (seeds == 1) return simulate_one(task_of(command.first, command, scenario), command);
  Progress progress(seeds);
  Summary summary;
  for (std::uint64_t seed = command.first; summary.seeds < seeds && interrupted == 0; ++seed) {
    const Task task = task_of(seed, command, scenario);
    const Run done = run(task, command);
    summary.add(done.report);
    if (command.json) print(done.json + "\n");
    if (!command.json && done.report.violation) {
      progress.end();
      print(task.before + done.text + "  see it again: " + task.again + "\n");
    }
    progress.done(summary.seeds, summary.violations);
  }
  progress.end();
  const double seconds = progress.elapsed();
  if (command.json) {
    print(to_json(summary) + "\n");
  } else {
    print(to_text(summary));
    std::printf("  %.1f s, %.1f seeds/s, %.0f node-hours a minute\n", seconds,
                static_cast<double>(summary.seeds) / seconds, summary.node_hours / seconds * 60);
  }
  return summary.violations == 0 ? exit_holds : exit_violated;
}

int run_command(int argument_count, char** arguments) {
  const Invocation invocation = parse_command_line(argument_count, arguments);
  if (const Usage* usage = std::get_if<Usage>(&invocation)) {
    std::fputs(usage->text.c_str(), usage->exit_code == exit_holds ? stdout : stderr);
    return usage->exit_code;
  }
  // What was found so far is printed.
  std::signal(SIGINT, [](int) { interrupted = 1; });
  SimulateCommand command = std::get<SimulateCommand>(invocation);
  if (!command.replay.empty()) return replay(command);
  if (command.scenario.empty()) return simulate(command, nullptr);
  const auto scenario = scenario::load_scenario(command.scenario);
  if (!scenario) {
    std::fprintf(stderr, "skerry-simulate: %s\n", scenario.error().detail.c_str());
    return exit_usage;
  }
  if (command.own_seed) command.first = command.last = scenario->conditions.seed;
  return simulate(command, &*scenario);
}

}  // namespace
}  // namespace skerry::simulations

// What was found and could not be said is not found: a full disk must not look like a world that holds.
int main(int argument_count, char** arguments) {
  const int code = skerry::simulations::run_command(argument_count, arguments);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::fputs("skerry-simulate: cannot write the results to standard output\n", stderr);
  return skerry::simulations::exit_usage;
}
