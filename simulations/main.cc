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
#include "simulations/plan_file.h"
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

// What a command needs beside seed or file to run in the same profile.
std::string profile_words(const SimulateCommand& command) {
  return command.profile == "protocol" ? "" : " --profile " + command.profile;
}

// The command that shows the run again.
std::string again_with(const Conditions& conditions, const SimulateCommand& command) {
  const double minutes = std::chrono::duration<double, std::ratio<60>>(conditions.duration).count();
  char text[64];
  std::snprintf(text, sizeof(text), " --minutes %g", minutes);
  return "skerry-simulate --seed " + std::to_string(conditions.seed) + (minutes == 10 ? "" : text) +
         profile_words(command);
}

struct Run {
  Report report;
  std::optional<Chronicle> chronicle;  // when a page was asked for
};

Run run(const Plan& plan, const SimulateCommand& command) {
  Run run;
  const Profile profile = profile_of(command);
  World world(plan, profile);
  if (!command.report_file.empty()) world.record(run.chronicle.emplace(plan.conditions.hosts.size()));
  Report& report = run.report = world.run();
  if (command.twice && !report.violation && World(plan, profile).run().trace != report.trace)
    report.violation = Violation{"I12", "a second run of the same plan did something else", {}};
  return run;
}

// What a world is called, and the command that shows it again.
struct Called {
  std::string title;
  std::string again;
};

// Whether the page is there now, whole; nothing to do where none was asked for.
bool write_page(const Called& called, const Conditions& conditions, const Run& run, const SimulateCommand& command) {
  if (!run.chronicle) return true;
  const std::string page = html::page(
      {called.title, called.again, html::plain_names(conditions.hosts.size()), conditions, run.report, *run.chronicle});
  std::ofstream file(command.report_file, std::ios::binary | std::ios::trunc);
  file << page << std::flush;
  if (!file) std::fprintf(stderr, "skerry-simulate: cannot write %s\n", command.report_file.c_str());
  return static_cast<bool>(file);
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
  const Shrunk shrunk = shrink(
      plan, report, [&](const Plan& part) { return World(part, profile).run(); }, go_on);
  if (shown) std::fprintf(stderr, "\r%78s\r", "");
  const std::string file =
      command.output.empty() ? "seed-" + std::to_string(plan.conditions.seed) + ".toml" : command.output;
  const std::string story = story_of(shrunk.plan, shrunk.report);
  std::ofstream stream(file, std::ios::binary);
  stream << to_toml(shrunk.plan, "skerry-simulate --replay" + profile_words(command) + " shows this again:\n" + story)
         << std::flush;
  if (!command.json)
    print("  shrunk to " + sizes_of(shrunk.end) + (shrunk.complete ? "" : ", when time was up") + "\n\n" + story);
  if (!stream) {
    std::fprintf(stderr, "skerry-simulate: cannot write '%s'; -o names another file\n", file.c_str());
    return false;
  }
  if (!command.json) print("\n  see it again: skerry-simulate --replay " + file + profile_words(command) + "\n");
  return true;
}

// One world, with all that a person may want to know.  The exit code.
int simulate_one(const Plan& plan, const SimulateCommand& command, const Called& called) {
  if (!command.json) print(to_text(plan.conditions));
  const Run done = run(plan, command);
  const Report& report = done.report;
  if (!write_page(called, plan.conditions, done, command)) return exit_usage;
  Summary summary;
  summary.add(report);
  print(command.json ? to_json(report) + "\n" + to_json(summary) + "\n" : to_text(report));
  if (!report.violation) return exit_holds;
  if (!command.json) print("  see it again: " + called.again + "\n");
  // What a second run does otherwise has no smaller world.
  if (command.shrink && report.violation->invariant != "I12" && !shrink(plan, report, command)) return exit_usage;
  return exit_violated;
}

int replay(const SimulateCommand& command) {
  const core::Result<Plan> plan = load_plan(command.replay);
  if (!plan) {
    std::fprintf(stderr, "skerry-simulate: %s\n", plan.error().detail.c_str());
    return exit_usage;
  }
  return simulate_one(*plan, command,
                      {command.replay, "skerry-simulate --replay " + command.replay + profile_words(command)});
}

int simulate(const SimulateCommand& command) {
  const std::uint64_t seeds = command.last - command.first + 1;
  if (seeds == 1) {
    const Plan plan = draw_plan(draw_conditions(command.first, command.duration));
    return simulate_one(plan, command, {"Seed " + std::to_string(command.first), again_with(plan.conditions, command)});
  }
  Progress progress(seeds);
  Summary summary;
  for (std::uint64_t seed = command.first; summary.seeds < seeds && interrupted == 0; ++seed) {
    const Conditions conditions = draw_conditions(seed, command.duration);
    const Report report = run(draw_plan(conditions), command).report;
    summary.add(report);
    if (command.json) print(to_json(report) + "\n");
    if (!command.json && report.violation) {
      progress.end();
      print(to_text(conditions) + to_text(report) + "  see it again: " + again_with(conditions, command) + "\n");
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

}  // namespace
}  // namespace skerry::simulations

int main(int argument_count, char** arguments) {
  using namespace skerry::simulations;
  const Invocation invocation = parse_command_line(argument_count, arguments);
  if (const Usage* usage = std::get_if<Usage>(&invocation)) {
    std::fputs(usage->text.c_str(), usage->exit_code == exit_holds ? stdout : stderr);
    return usage->exit_code;
  }
  // What was found so far is printed.
  std::signal(SIGINT, [](int) { interrupted = 1; });
  const SimulateCommand& command = std::get<SimulateCommand>(invocation);
  return command.replay.empty() ? simulate(command) : replay(command);
}
