#include "edge/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

namespace skerry::edge {
namespace {

template <class T>
using Names = std::vector<std::pair<std::string, T>>;

template <class T>
std::optional<T> named(const Names<T>& names, const std::string& word) {
  for (const auto& [name, value] : names) {
    if (name == word) return value;
  }
  return std::nullopt;
}

// An option that takes one of a few words.  (CLI11 fills in values of its own, not optionals of our types.)
template <class T>
void choice(CLI::App& app, const std::string& name, std::optional<T>& target, const Names<T>& names,
            const std::string& description) {
  std::string accepted;
  for (const auto& [word, value] : names) accepted += (accepted.empty() ? "" : "|") + word;
  const auto check = [names, accepted](const std::string& word) {
    return named(names, word) ? std::string() : "'" + word + "' is not one of " + accepted;
  };
  const auto take = [&target, names](const std::string& word) { target = named(names, word); };
  app.add_option_function<std::string>(name, take, description)->check(check, "")->type_name(accepted);
}

void describe_serve(CLI::App& app, ServeCommand& serve) {
  app.add_option("--config", serve.config, "configuration file (TOML); every key is in docs/operations.md")
      ->type_name("FILE");
  app.add_option("--data", serve.data, "data directory, made if it is missing (default ./skerry-data)")
      ->type_name("DIR");
  app.add_option("--resp", serve.resp, "where Redis clients connect (default 127.0.0.1:6379)")->type_name("HOST:PORT");
  app.add_option("--peer-listen", serve.peer_listen, "where other nodes connect (default: nowhere)")
      ->type_name("HOST:PORT");
  app.add_option("--region", serve.region, "what this node is called in logs and at its peers (default local)")
      ->type_name("NAME");
  choice<Ack>(app, "--ack", serve.ack, {{"durable", Ack::durable}, {"memory", Ack::memory}},
              "answer writes after the disk has them, or at once (default durable)");
  choice<spdlog::level::level_enum>(app, "--log-level", serve.log_level,
                                    {{"debug", spdlog::level::debug},
                                     {"info", spdlog::level::info},
                                     {"warn", spdlog::level::warn},
                                     {"error", spdlog::level::err}},
                                    "what is worth a log line (default info)");
  choice<LogFormat>(app, "--log-format", serve.log_format, {{"text", LogFormat::text}, {"json", LogFormat::json}},
                    "how a log line looks (default text)");
  app.add_option("--end-with", serve.end_with, "end when process PID, which started this one, ends")->type_name("PID");
}

void describe_keygen(CLI::App& app, KeygenCommand& keygen) {
  app.add_option("file", keygen.file, "where the new private key goes; the public key, for the other nodes, is printed")
      ->required()
      ->type_name("");
  app.add_flag("--cluster-secret", keygen.cluster_secret,
               "make a new cluster secret instead, which every node of a cluster must hold");
  app.footer("The file is made readable for its owner only; an existing one is never overwritten.");
}

void describe_demo(CLI::App& app, DemoCommand& demo) {
  const auto port = [](const std::string& word) {
    const auto accepted = CLI::Range(1, 65533)(word).empty();
    return accepted ? std::string() : "'" + word + "' is not a port from 1 to 65533";
  };
  app.add_option("--resp-base", demo.resp_base, "Redis clients connect to PORT, PORT + 1, PORT + 2 (default 7001)")
      ->type_name("PORT")
      ->check(port, "");
  app.add_flag("--once", demo.once, "end after the story; exit code 0 only if all regions agreed");
  app.add_flag("--quiet", demo.quiet, "only start the cluster, tell no story");
  app.add_flag("--keep", demo.keep, "keep the temporary directory: data, keys, configuration, logs");
}

}  // namespace

Invocation parse_command_line(int argument_count, const char* const* arguments) {
  ServeCommand serve;
  KeygenCommand keygen;
  DemoCommand demo;

  CLI::App app("skerry: a geo-replicated key-value store that any Redis client can talk to.", "skerry");
  app.require_subcommand(1);
  app.set_version_flag("--version", "skerry " SKERRY_VERSION, "print the version");
  app.get_formatter()->column_width(36);
  CLI::App& serve_app = *app.add_subcommand("serve", "run a node; without any option it is one useful node");
  CLI::App& keygen_app = *app.add_subcommand("keygen", "make a node's key pair or a cluster's secret");
  CLI::App& demo_app = *app.add_subcommand("demo", "three regions on this machine: cut, divergence, heal, convergence");
  app.add_subcommand("simulate", "the partition simulator; `skerry simulate --help` says what it takes");
  const CLI::App& version_app = *app.add_subcommand("version", "print the version");
  describe_serve(serve_app, serve);
  describe_keygen(keygen_app, keygen);
  describe_demo(demo_app, demo);

  // CLI11 would only say that a subcommand is missing.
  const std::string first = argument_count > 1 ? arguments[1] : "-";
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const bool known = std::any_of(commands.begin(), commands.end(),
                                 [&first](const CLI::App* command) { return command->get_name() == first; });
  if (!known && (first.empty() || first.front() != '-')) {
    return Usage{exit_usage, "'" + first + "' is not one of serve|keygen|demo|simulate|version.\n"};
  }
  if (first == "simulate") return SimulateCommand{{arguments + 2, arguments + argument_count}};
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {  // CLI11's way to say both "help" and "mistake"; it ends here
    std::ostringstream out, mistakes;
    const bool mistake = app.exit(error, out, mistakes) != 0;
    return Usage{mistake ? exit_usage : exit_ok, out.str() + mistakes.str()};
  }
  if (serve_app.parsed()) return serve;
  if (keygen_app.parsed()) return keygen;
  if (demo_app.parsed() && demo.once && demo.quiet) {
    return Usage{exit_usage, "--once tells a story and --quiet tells none: choose one.\n"};
  }
  if (demo_app.parsed()) return demo;
  if (version_app.parsed()) return VersionCommand{};
  return Usage{exit_usage, app.help()};
}

}  // namespace skerry::edge
