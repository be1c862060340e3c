#include "edge/commands.h"

#include <algorithm>

#include "crdt/number.h"
#include "edge/batch_estimate.h"
#include "edge/refusals.h"

namespace skerry::edge {

namespace {

// As much of a stranger's word as Redis repeats in an error: 128 bytes, up to the first NUL.
BytesView quotable(BytesView word, std::size_t size_max = 128) {
  return word.substr(0, std::min({word.find('\0'), size_max, word.size()}));
}

Bytes unknown_command(Arguments arguments) {
  constexpr std::size_t quoted_bytes_max = 128;
  Bytes quoted;
  for (std::size_t i = 1; i < arguments.size() && quoted.size() < quoted_bytes_max; ++i) {
    const BytesView word = quotable(arguments[i], quoted_bytes_max - quoted.size());
    quoted.append("'").append(word).append("' ");
  }
  Bytes text = "ERR unknown command '";
  return text.append(quotable(arguments[0])).append("', with args beginning with: ").append(quoted);
}

Bytes in_capitals(BytesView word) {
  Bytes text(quotable(word));
  for (char& byte : text) byte = byte >= 'a' && byte <= 'z' ? static_cast<char>(byte & ~0x20) : byte;
  return text;
}

bool arity_is_right(const Command& command, std::size_t words) {
  const auto count = static_cast<int>(words);
  return command.arity > 0 ? count == command.arity : count >= -command.arity;
}

// Whether running the command may write now.  Inside MULTI only EXEC runs anything.
bool may_write(const Session& session, const Command& command) {
  if (command.name != "exec") return command.is(flag::write);
  bool any = false;
  session.queue.for_each([&any](const Command& queued, Arguments) { any |= queued.is(flag::write); });
  return any;
}

// Why the command, if it writes, cannot be run on a disk that is as full as that.
std::optional<BytesView> refusal_for(sync::Room room, const Session& session, const Command& command) {
  constexpr BytesView only_removals =
      "NOSPACE The disk of this node is full: only reads and deletions work until there is space again";
  constexpr BytesView nothing = "NOSPACE The disk of this node is full: only reads work until there is space again";
  if (room == sync::Room::enough || !may_write(session, command)) return std::nullopt;
  if (room == sync::Room::none) return nothing;
  bool removes = command.is(flag::removes);
  if (command.name == "exec") {
    removes = true;
    session.queue.for_each([&removes](const Command& queued, Arguments) {
      removes &= queued.is(flag::removes) || !queued.is(flag::write);
    });
  }
  return removes ? std::nullopt : std::optional(only_removals);
}

// Whether the words of a SELECT would leave the session's space.  What is no space at all does not.
bool leaves_space(const Session& session, Arguments select) {
  const auto index = crdt::parse_integer(select[1]);
  return index && *index >= 0 && *index < sync::spaces_max && *index != session.space.number;
}

// A browser that was made to post to this port sends a line like these; each would else be an unknown command, and the
// lines after it commands (CVE-2016-10517).
bool looks_like_http(Arguments arguments) {
  for (const BytesView word : {"post", "put", "host:", "options", "head"}) {
    if (same_word(arguments[0], word)) return true;
  }
  return arguments.size() == 3 && same_word(arguments[0], "get") && arguments[2].substr(0, 5) == "HTTP/";
}

}  // namespace

Commands::Commands(sync::Replica& replica, Sessions& sessions, PeerControl peers, ServerFacts facts)
    : replica_(replica),
      sessions_(sessions),
      peers_(std::move(peers)),
      facts_(std::move(facts)),
      counters_(command_table().size()) {}

// What does not fit memory until it is written has no room either.
sync::Room Commands::room() const {
  const sync::Room room = replica_.room();
  return room != sync::Room::enough && replica_.full() ? sync::Room::none : room;
}

void Commands::reject(Session& session, const Command* command, Reply& reply, BytesView text) {
  if (command != nullptr) ++counters_[index_of(*command)].rejected;
  if (command != nullptr && command->name == "exec") {
    // Whoever wanted to end the transaction shall not find himself still in it.
    session.end_queueing();
    const BytesView reason = text.starts_with("ERR ") ? text.substr(sizeof("ERR")) : text;
    return reply.error("EXECABORT Transaction discarded because of: " + Bytes(reason));
  }
  reply.error(text);
  session.queueing_failed |= session.queueing;
}

const Command* Commands::look_up(Session& session, Arguments arguments, Reply& reply) {
  const Command* command = find_command(arguments[0]);
  if (command == nullptr || is_subcommand(*command)) {
    const auto reason = reason_not_offered(arguments[0]);
    if (!reason) {
      reject(session, nullptr, reply, unknown_command(arguments));
    } else {
      Bytes text = "ERR '" + in_capitals(arguments[0]) + "' is not offered: ";
      reject(session, nullptr, reply, text.append(*reason).append("; see docs/semantics.md"));
    }
    return nullptr;
  }
  if (arguments.size() > 1 && !subcommands(*command).empty()) {
    const Command* found = find_subcommand(*command, arguments[1]);
    if (found == nullptr) {
      Bytes text = "ERR unknown subcommand '";
      text.append(quotable(arguments[1])).append("'. Try ").append(in_capitals(arguments[0])).append(" HELP.");
      reject(session, nullptr, reply, text);
      return nullptr;
    }
    command = found;
  }
  if (!arity_is_right(*command, arguments.size())) {
    Bytes text = "ERR wrong number of arguments for '";
    reject(session, command, reply, text.append(command->name).append("' command"));
    return nullptr;
  }
  return command;
}

Outcome Commands::run(Session& session, Arguments arguments, Reply& reply, const core::Now& now) {
  core::ensure(!arguments.empty());
  if (looks_like_http(arguments)) return {.then = Outcome::Then::close, .notice = "an HTTP request on the RESP port"};
  const Command* const command = look_up(session, arguments, reply);
  if (command == nullptr) return {};
  bool keys_fit = true;
  for_each_key(*command, arguments, [&](BytesView key) { keys_fit &= key.size() <= sync::address_bytes_max; });
  if (!keys_fit) {
    const Bytes text = "ERR key is longer than " + std::to_string(sync::address_bytes_max) + " bytes";
    reject(session, command, reply, text);
    return {};
  }
  if (session.queueing && command->is(flag::no_multi)) {
    reject(session, command, reply, "ERR Command not allowed inside a transaction");
    return {};
  }
  if (session.queueing && !command->is(flag::at_once)) {
    if (const auto refusal = refusal_for(room(), session, *command)) {
      reject(session, command, reply, *refusal);
      return {};
    }
    enqueue(session, *command, arguments, reply);
    return {};
  }
  if (const auto refusal = refusal_for(room(), session, *command)) {
    reject(session, command, reply, *refusal);
    return {};
  }
  if (replica_.full() && may_write(session, *command)) return {.then = Outcome::Then::room};
  Call one{*this, session, *command, arguments, reply, now, nullptr, {}};
  session.last_command = command;
  session.used_at = now.instant;
  if (!command->is(flag::write | flag::readonly)) {
    call(one);
    return one.outcome;
  }
  sync::Transaction transaction = replica_.begin(session.space, now);
  one.transaction = &transaction;
  call(one);
  one.outcome.depends_on = std::max(one.outcome.depends_on, transaction.depends_on());
  one.outcome.used_replica = true;
  return one.outcome;
}

void Commands::call(Call& call) {
  CommandCounters& counters = counters_[index_of(call.command)];
  const std::uint64_t errors = call.reply.errors();
  ++counters.calls;
  ++calls_in_all_;
  call.command.handler(call);
  if (call.reply.errors() != errors) ++counters.failed;
}

void Commands::enqueue(Session& session, const Command& command, Arguments arguments, Reply& reply) {
  std::size_t bytes = session.queue.bytes();
  for (const BytesView word : arguments) bytes += word.size() + sizeof(std::uint32_t);
  if (command.name == "select" && leaves_space(session, arguments)) {
    // The rest of the batch would run in another space than its client believes.
    reject(session, &command, reply, "ERR SELECT of another space is not possible inside a transaction");
  } else if (session.queue.size() == queued_commands_max || bytes > queued_bytes_max) {
    reject(session, &command, reply, "ERR too much for one transaction");
  } else {
    session.queue.push(command, arguments);
    reply.simple("QUEUED");
  }
}

void Commands::run_queue(Call& exec) {
  Session& session = exec.session;
  sync::Transaction transaction = replica_.begin(session.space, exec.now);
  BatchEstimate estimate(transaction);
  core::Result<void> estimated;
  session.queue.for_each([&](const Command& command, Arguments arguments) {
    if (estimated) estimated = estimate.add(command, arguments);
  });
  if (!succeeded(exec, estimated)) return;
  if (!estimate.fits()) {
    return exec.reply.error("EXECABORT Transaction discarded because of: " + too_much_for_a_batch());
  }
  exec.reply.array(session.queue.size());
  session.queue.for_each([&](const Command& command, Arguments arguments) {
    Call one{*this, session, command, arguments, exec.reply, exec.now, &transaction, {}};
    call(one);
    exec.outcome.depends_on = std::max(exec.outcome.depends_on, one.outcome.depends_on);
  });
  exec.outcome.depends_on = std::max(exec.outcome.depends_on, transaction.depends_on());
  exec.outcome.used_replica = true;
}

std::size_t Commands::peers_with(const PeerWait& wait) const {
  return replica_.peers_with(wait.space, wait.context);
}

}  // namespace skerry::edge
