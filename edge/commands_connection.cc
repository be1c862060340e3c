// PING ECHO HELLO QUIT RESET SELECT CLIENT
#include <algorithm>

#include "crdt/number.h"
#include "edge/commands.h"
#include "edge/handlers.h"

namespace skerry::edge::handlers {

namespace {

// Shown in lines of blank-separated fields, so without blanks.
bool is_printable(BytesView name) {
  return std::all_of(name.begin(), name.end(), [](char byte) { return byte >= '!' && byte <= '~'; });
}

// Whether `name` may be one; otherwise the error is answered.
bool accepts_name(Call& call, BytesView name, BytesView what) {
  if (name.size() <= client_name_bytes_max && is_printable(name)) return true;
  if (is_printable(name)) {
    call.reply.error("ERR " + Bytes(what) + " cannot be longer than " + std::to_string(client_name_bytes_max) +
                     " bytes.");
  } else {
    call.reply.error("ERR " + Bytes(what) + " cannot contain spaces, newlines or special characters.");
  }
  return false;
}

std::int64_t whole_seconds(core::Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

void put_field(Bytes& line, BytesView name, BytesView value) {
  if (!line.empty()) line.push_back(' ');
  line.append(name).append("=").append(value);
}

void put_field(Bytes& line, BytesView name, std::int64_t value) {
  put_field(line, name, std::to_string(value));
}

// The fields of Redis's CLIENT LIST; those that mean nothing here are 0.
Bytes line_of(const Session& session, const core::Now& now) {
  Bytes line;
  put_field(line, "id", static_cast<std::int64_t>(session.id));
  put_field(line, "addr", session.address);
  put_field(line, "laddr", session.local_address);
  put_field(line, "fd", 0);
  put_field(line, "name", session.name);
  put_field(line, "age", whole_seconds(now.instant - session.connected_at));
  put_field(line, "idle", whole_seconds(now.instant - session.used_at));
  put_field(line, "flags", session.queueing ? "x" : "N");
  put_field(line, "db", session.space.number);
  for (const BytesView name : {"sub", "psub", "ssub"}) put_field(line, name, 0);
  put_field(line, "multi", session.queueing ? static_cast<std::int64_t>(session.queue.size()) : -1);
  for (const BytesView name : {"qbuf", "qbuf-free", "argv-mem"}) put_field(line, name, 0);
  put_field(line, "multi-mem", static_cast<std::int64_t>(session.queue.bytes()));
  for (const BytesView name : {"rbs", "rbp", "obl", "oll", "omem", "tot-mem"}) put_field(line, name, 0);
  put_field(line, "events", "r");
  put_field(line, "cmd", session.last_command == nullptr ? "NULL" : session.last_command->name);
  put_field(line, "user", "default");
  put_field(line, "redir", -1);
  put_field(line, "resp", static_cast<std::int64_t>(session.protocol));
  put_field(line, "lib-name", session.library_name);
  put_field(line, "lib-ver", session.library_version);
  return line.append("\n");
}

}  // namespace

void ping(Call& call) {
  if (call.size() > 2) return error_naming_command(call, "wrong number of arguments for");
  call.size() == 1 ? call.reply.simple("PONG") : call.reply.bulk(call[1]);
}

void echo(Call& call) {
  call.reply.bulk(call[1]);
}

void quit(Call& call) {
  call.reply.ok();
  call.outcome.then = Outcome::Then::close;
}

void reset(Call& call) {
  call.session.reset();
  call.reply.set_protocol(Protocol::resp2);
  call.reply.simple("RESET");
}

void select(Call& call) {
  const auto index = integer_argument(call, call[1]);
  if (!index) return;
  if (*index < 0 || *index >= sync::spaces_max) return call.reply.error("ERR DB index is out of range");
  call.session.space = {static_cast<std::uint16_t>(*index)};
  call.reply.ok();
}

void hello(Call& call) {
  std::int64_t version = 0;
  if (call.size() > 1) {
    const auto wanted = integer_argument(call, call[1], "ERR Protocol version is not an integer or out of range");
    if (!wanted) return;
    if (*wanted < 2 || *wanted > 3) return call.reply.error("NOPROTO unsupported protocol version");
    version = *wanted;
  }
  std::optional<BytesView> name;
  for (std::size_t i = 2; i < call.size(); ++i) {
    const std::size_t more = call.size() - 1 - i;
    if (same_word(call[i], "setname") && more >= 1) {
      name = call[++i];
      if (!accepts_name(call, *name, "Client names")) return;
    } else if (same_word(call[i], "auth") && more >= 2) {
      // To accept a password that nobody checks would promise a protection that is not there.
      return call.reply.error("ERR 'AUTH' is not offered: there are no users; see docs/commands.md");
    } else {
      return call.reply.error("ERR Syntax error in HELLO option '" + Bytes(call[i].substr(0, call[i].find('\0'))) +
                              "'");
    }
  }
  if (name) call.session.name = *name;
  if (version != 0) call.session.protocol = static_cast<Protocol>(version);
  Reply& reply = call.reply;
  reply.set_protocol(call.session.protocol);
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(redis_version);
  reply.bulk("proto");
  reply.integer(static_cast<std::int64_t>(call.session.protocol));
  reply.bulk("id");
  reply.integer(static_cast<std::int64_t>(call.session.id));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

void client_id(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.session.id));
}

void client_getname(Call& call) {
  call.session.name.empty() ? call.reply.null() : call.reply.bulk(call.session.name);
}

void client_setname(Call& call) {
  if (!accepts_name(call, call[2], "Client names")) return;
  call.session.name = call[2];
  call.reply.ok();
}

void client_setinfo(Call& call) {
  const bool is_name = same_word(call[2], "lib-name");
  if (!is_name && !same_word(call[2], "lib-ver")) {
    return call.reply.error("ERR Unrecognized option '" + Bytes(call[2].substr(0, 128)) + "'");
  }
  if (!accepts_name(call, call[3], is_name ? "lib-name" : "lib-ver")) return;
  (is_name ? call.session.library_name : call.session.library_version) = call[3];
  call.reply.ok();
}

void client_info(Call& call) {
  call.reply.verbatim(line_of(call.session, call.now));
}

void client_list(Call& call) {
  Bytes lines;
  const auto& sessions = call.commands.sessions().all();
  if (call.size() > 3 && same_word(call[2], "id")) {
    for (std::size_t i = 3; i < call.size(); ++i) {
      const auto id = integer_argument(call, call[i], "ERR Invalid client ID");
      if (!id) return;
      const auto found = sessions.find(static_cast<std::uint64_t>(*id));
      if (found != sessions.end()) lines.append(line_of(*found->second, call.now));
    }
    return call.reply.verbatim(lines);
  }
  bool clients_wanted = true;
  if (call.size() == 4 && same_word(call[2], "type")) {
    const bool known = same_word(call[3], "master") || same_word(call[3], "replica") || same_word(call[3], "slave") ||
                       same_word(call[3], "pubsub");
    clients_wanted = same_word(call[3], "normal");
    if (!clients_wanted && !known) {
      return call.reply.error("ERR Unknown client type '" + Bytes(call[3].substr(0, 128)) + "'");
    }
  } else if (call.size() != 2) {
    return call.reply.error(syntax_error);
  }
  for (const auto& [id, session] : sessions) {
    if (clients_wanted) lines.append(line_of(*session, call.now));
  }
  call.reply.verbatim(lines);
}

}  // namespace skerry::edge::handlers
