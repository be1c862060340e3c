// DBSIZE FLUSHDB TIME WAIT CONFIG HELP
#include <algorithm>
#include <array>
#include <utility>

#include "edge/commands.h"
#include "edge/glob.h"
#include "edge/handlers.h"

namespace skerry::edge::handlers {

namespace {

Bytes in_capitals(BytesView word) {
  Bytes text(word);
  for (char& byte : text) byte = byte >= 'a' && byte <= 'z' ? static_cast<char>(byte & ~0x20) : byte;
  return text;
}

using Setting = std::pair<BytesView, Bytes>;

// What clients and monitors ask for, and what it is here.  Nothing of it can be set while the node runs.
std::vector<Setting> settings(const ServerFacts& facts) {
  return {
      {"appendfsync", facts.ack == "durable" ? "always" : "everysec"},
      {"appendonly", "yes"},
      {"databases", std::to_string(sync::spaces_max)},
      {"dir", facts.data_directory},
      {"maxclients", std::to_string(facts.clients_max)},
      {"maxmemory", "0"},
      {"maxmemory-policy", "noeviction"},
      {"port", std::to_string(facts.port)},
      {"proto-max-bulk-len", std::to_string(sync::value_bytes_max)},
      {"requirepass", ""},
      {"save", ""},
      {"skerry-ack", facts.ack},
      {"skerry-region", facts.region},
      {"timeout", "0"},
  };
}

}  // namespace

void dbsize(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.data().size()));
}

void flushdb(Call& call) {
  const bool known =
      call.size() == 1 || (call.size() == 2 && (same_word(call[1], "async") || same_word(call[1], "sync")));
  if (!known) return call.reply.error(syntax_error);
  if (succeeded(call, call.data().remove_all())) call.reply.ok();
}

void time(Call& call) {
  const std::int64_t milliseconds = core::unix_milliseconds(call.now.wall);
  call.reply.array(2);
  call.reply.bulk(std::to_string(milliseconds / 1'000));
  call.reply.bulk(std::to_string(milliseconds % 1'000 * 1'000));
}

void wait(Call& call) {
  const auto peers = integer_argument(call, call[1]);
  if (!peers) return;
  const auto milliseconds = integer_argument(call, call[2], "ERR timeout is not an integer or out of range");
  if (!milliseconds) return;
  if (*milliseconds < 0) return call.reply.error("ERR timeout is negative");
  constexpr std::int64_t milliseconds_max = std::chrono::milliseconds(std::chrono::hours(24 * 365)).count();
  PeerWait wait;
  wait.peers_wanted = static_cast<std::uint64_t>(std::max<std::int64_t>(0, *peers));
  if (*milliseconds > 0) {
    wait.deadline = call.now.instant + std::chrono::milliseconds(std::min(*milliseconds, milliseconds_max));
  }
  wait.space = call.session.space;
  wait.context = call.commands.replica().context(wait.space);
  const std::size_t have = call.commands.peers_with(wait);
  if (have >= wait.peers_wanted || call.inside_exec()) return call.reply.integer(static_cast<std::int64_t>(have));
  call.session.wait = std::move(wait);
  call.outcome.then = Outcome::Then::wait;
}

void config_get(Call& call) {
  for (const BytesView pattern : call.arguments.subspan(2)) {
    if (pattern.size() > pattern_bytes_max) return call.reply.error("ERR pattern is too long");
  }
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  for (const auto& [name, value] : settings(call.commands.facts())) {
    const Arguments patterns = call.arguments.subspan(2);
    const bool wanted = std::any_of(patterns.begin(), patterns.end(), [&name = name](BytesView pattern) {
      return Glob(pattern, Letters::any_case).matches(name);
    });
    if (!wanted) continue;
    call.reply.bulk(name);
    call.reply.bulk(value);
    ++count;
  }
  call.reply.close_map(mark, count);
}

// CLIENT HELP, CONFIG HELP, COMMAND HELP: from the table.
void help(Call& call) {
  const BytesView container_name = call.command.name.substr(0, call.command.name.find('|'));
  const Command* container = find_command(container_name);
  const auto commands = subcommands(*container);
  call.reply.array(1 + 2 * commands.size());
  call.reply.simple(in_capitals(container_name) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const Command& command : commands) {
    Bytes line = in_capitals(command.name.substr(container_name.size() + 1));
    if (!command.syntax.empty()) line.append(" ").append(command.syntax);
    call.reply.simple(line);
    call.reply.simple("    " + Bytes(command.summary));
  }
}

}  // namespace skerry::edge::handlers
