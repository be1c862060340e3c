#include "simulations/command_line.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>
#include <optional>

namespace skerry::simulations {

namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Usage mistake(const std::string& what) {
  return {exit_usage, "skerry-simulate: " + what + "\n"};
}

// What was typed where it takes a look before it is a command.
struct Given {
  std::string seed;
  std::string seeds;
  double minutes = 10;
  std::string workload;
  std::int64_t shrink_seconds = 60;
  bool shrinks = false;
  bool names_workload = false;
  bool has_length = false;
};

Invocation accepted(SimulateCommand command, const Given& given) {
  if (command.profile != "protocol" && command.profile != "full")
    return mistake("--profile is `protocol` or `full`, not `" + command.profile + "`");
  command.workload = maelstrom::workload_named(given.workload);
  if (given.names_workload && !command.workload)
    return mistake("--workload is one of " + maelstrom::workload_names() + ", not `" + given.workload + "`");
  if (!(given.minutes > 0 && given.minutes <= 60 * 24 * 10))
    return mistake("--minutes is more than 0 and at most 14400");
  command.duration =
      std::chrono::duration_cast<core::Duration>(std::chrono::duration<double, std::ratio<60>>(given.minutes));
  if (given.shrinks) {
    if (given.shrink_seconds < 1 || given.shrink_seconds > 86'400) return mistake("--shrink takes 1 to 86400 seconds");
    command.shrink = std::chrono::seconds(given.shrink_seconds);
  }
  if (!command.scenario.empty() && given.has_length) return mistake("--minutes: a scenario has a duration of its own");
  command.own_seed = !command.scenario.empty() && given.seed.empty() && given.seeds.empty();
  if (command.own_seed || !command.replay.empty()) return command;
  const std::string range = given.seeds.empty() ? given.seed : given.seeds;
  const std::size_t dots = range.find("..");
  const auto first = number_of(range.substr(0, dots));
  const auto last = dots == std::string::npos ? first : number_of(range.substr(dots + 2));
  if (!first || !last || (dots != std::string::npos && given.seeds.empty()))
    return mistake(
        "--seed takes a number below 2^64 and --seeds a range such as 1..1000; one of them is needed,\n"
        "or --replay, or a scenario's file");
  if (*first > *last) return mistake("--seeds: the range `" + range + "` ends before it begins");
  if (*last - *first == std::numeric_limits<std::uint64_t>::max())
    return mistake("--seeds: the range `" + range + "` is too long to be counted");
  if (!command.report_file.empty() && *first != *last)
    return mistake("--report is about one run: it goes with --seed, not with a range");
  if (!command.history_file.empty() && *first != *last)
    return mistake("--history is about one run: it goes with --seed, not with a range");
  command.first = *first;
  command.last = *last;
  return command;
}

}  // namespace

Invocation parse_command_line(int argument_count, const char* const* arguments) {
  CLI::App app(
      "Runs replicas of skerry in a pretend world with virtual time and every fault they claim to survive,\n"
      "and checks after each step what must hold.  Exit codes: 0 holds, 1 violated, 2 not accepted.",
      "skerry-simulate");
  SimulateCommand command;
  Given given;
  CLI::Option* const file =
      app.add_option("scenario", command.scenario, "A scenario (TOML): regions, clients, faults and what is expected")
          ->type_name("FILE");
  CLI::Option* const one =
      app.add_option("--seed", given.seed, "One seed, with what its world is like and all that happened");
  CLI::Option* const many =
      app.add_option("--seeds", given.seeds, "A range, both ends included: 1..1000")->excludes(one);
  app.add_option("--replay", command.replay, "A replay file instead of a seed: the world, operations and faults in it")
      ->excludes(one)
      ->excludes(many)
      ->excludes(file);
  app.add_option("--profile", command.profile,
                 "protocol: the replica over a store in memory, the fastest; full: over the real store")
      ->capture_default_str();
  CLI::Option* const named =
      app.add_option("--workload", given.workload,
                     "Clients of one of Maelstrom's workloads, judged by its rule too:\n" + maelstrom::workload_names())
          ->type_name("NAME")
          ->excludes(file);
  app.add_option("--history", command.history_file,
                 "With --workload and one seed: what its clients lived through, as Jepsen's history.edn")
      ->type_name("FILE")
      ->needs(named);
  CLI::Option* const shrink =
      app.add_option("--shrink", given.shrink_seconds,
                     "When it is violated, look so many seconds (60) for a smaller world that violates the same, and\n"
                     "write that to a replay file")
          ->expected(0, 1)
          ->default_str("60")
          ->excludes(many);
  app.add_option("-o,--output", command.output, "The replay file that --shrink writes")->needs(shrink);
  CLI::Option* const length =
      app.add_option("--minutes", given.minutes, "Simulated minutes of writes and faults, before everything heals")
          ->capture_default_str();
  app.add_flag("--twice", command.twice, "Run each seed twice: both traces must be the same");
  app.add_flag("--json", command.json, "One JSON object a seed and a line, and one for all of them at the end");
  app.add_option("--report", command.report_file, "With one seed: a page about the run, in one file of HTML");
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    return Usage{exit_holds, app.help()};
  } catch (const CLI::ParseError& error) {
    return mistake(error.what());
  }
  given.shrinks = shrink->count() > 0;
  given.names_workload = named->count() > 0;
  given.has_length = length->count() > 0;
  return accepted(std::move(command), given);
}

}  // namespace skerry::simulations
