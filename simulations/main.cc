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
#include "simulations/html/page.h"
#include "simulations/plan_file.h"
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

// The command that shows the run again.
std::string again_with(const Conditions& conditions) {
  const double minutes = std::chrono::duration<double, std::ratio<60>>(conditions.duration).count();
  char text[64];
  std::snprintf(text, sizeof(text), " --minutes %g", minutes);
  return "skerry-simulate --seed " + std::to_string(conditions.seed) + (minutes == 10 ? "" : text);
}

struct Run {
  Report report;
  std::optional<Chronicle> chronicle;  // when a page was asked for
};

Run run(const Plan& plan, const SimulateCommand& command) {
  Run run;
  World world(plan);
  if (!command.report_file.empty()) world.record(run.chronicle.emplace(plan.conditions.hosts.size()));
  Report& report = run.report = world.run();
  if (command.twice && !report.violation && World(plan).run().trace != report.trace)
    report.violation = Violation{"I12", "a second run of the same plan did something else", {}};
  return run;
}

// Whether the page is there now, whole; nothing to do where none was asked for.
bool write_page(const std::string& title, const std::string& again, const Conditions& conditions, const Run& run,
                const SimulateCommand& command) {
  if (!run.chronicle) return true;
  const std::string page =
      html::page({title, again, html::plain_names(conditions.hosts.size()), conditions, run.report, *run.chronicle});
  std::ofstream file(command.report_file, std::ios::binary | std::ios::trunc);
  file << page << std::flush;
  if (!file) std::fprintf(stderr, "skerry-simulate: cannot write %s\n", command.report_file.c_str());
  return static_cast<bool>(file);
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

int replay(const SimulateCommand& command) {
  const core::Result<Plan> plan = load_plan(command.replay);
  if (!plan) {
    std::fprintf(stderr, "skerry-simulate: %s\n", plan.error().detail.c_str());
    return exit_usage;
  }
  const Run done = run(*plan, command);
  const Report& report = done.report;
  const std::string again = "skerry-simulate --replay " + command.replay;
  if (!write_page(command.replay, again, plan->conditions, done, command)) return exit_usage;
  print(command.json ? to_json(report) + "\n" : to_text(plan->conditions) + to_text(report));
  return report.violation ? exit_violated : exit_holds;
}

int simulate(const SimulateCommand& command) {
  const std::uint64_t seeds = command.last - command.first + 1;
  Progress progress(seeds);
  Summary summary;
  for (std::uint64_t seed = command.first; summary.seeds < seeds && interrupted == 0; ++seed) {
    const Conditions conditions = draw_conditions(seed, command.duration);
    if (seeds == 1 && !command.json) print(to_text(conditions));
    const Run done = run(draw_plan(conditions), command);
    const Report& report = done.report;
    if (!write_page("Seed " + std::to_string(seed), again_with(conditions), conditions, done, command))
      return exit_usage;
    summary.add(report);
    if (command.json) print(to_json(report) + "\n");
    if (!command.json && (seeds == 1 || report.violation)) {
      progress.end();
      print((seeds == 1 ? "" : to_text(conditions)) + to_text(report));
      if (report.violation) print("  see it again: " + again_with(conditions) + "\n");
    }
    progress.done(summary.seeds, summary.violations);
  }
  progress.end();
  const double seconds = progress.elapsed();
  if (command.json) {
    print(to_json(summary) + "\n");
  } else if (seeds > 1) {
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
