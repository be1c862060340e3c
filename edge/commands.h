// Runs clients' requests against the replica.  Knows no sockets: a request is words, an answer is bytes in a buffer.
//
// Thread rule: the node's one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "edge/call.h"
#include "edge/peer_control.h"
#include "edge/session.h"
#include "edge/store_figures.h"
#include "sync/replica.h"

namespace skerry::edge {

// What INFO, HELLO and CONFIG GET say about the node and commands cannot know.
struct ServerFacts {
  std::string region;
  std::string ack;     // the level's name
  std::string run_id;  // 40 hex digits, new with each start
  std::string data_directory;
  std::uint16_t port = 0;
  std::size_t clients_max = clients_max_default;
  core::Instant started_at{};
  std::function<StoreFigures()> store_figures = nullptr;  // none: INFO does not show them
};

// How often a command came, and what became of it.
struct CommandCounters {
  std::uint64_t calls = 0;
  std::uint64_t rejected = 0;  // before it ran: arity, unknown subcommand, not inside MULTI
  std::uint64_t failed = 0;    // it ran, and answered an error
};

// Counted by the connections, for INFO.
struct ClientCounters {
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t protocol_errors = 0;
};

// Clients choose what they use by it.
inline constexpr BytesView redis_version = "7.0.15";

class Commands {
 public:
  // The replica and the sessions outlive this.
  Commands(sync::Replica& replica, Sessions& sessions, PeerControl peers, ServerFacts facts);

  // Runs one request of at least one word, and appends its reply, or several errors' worth of it, to `reply`.  The
  // words must live until the call returns.
  Outcome run(Session& session, Arguments arguments, Reply& reply, const core::Now& now);

  // What WAIT answers now.
  std::size_t peers_with(const PeerWait& wait) const;

  // --- for handlers
  // Runs what was queued, as one batch; nothing of it if it might not fit one.  REQUIRES session.queueing.
  void run_queue(Call& exec);
  sync::Replica& replica() { return replica_; }
  Sessions& sessions() { return sessions_; }
  const PeerControl& peers() const { return peers_; }
  const ServerFacts& facts() const { return facts_; }
  const CommandCounters& counters(const Command& command) const { return counters_[index_of(command)]; }
  std::uint64_t calls_in_all() const { return calls_in_all_; }
  ClientCounters& client_counters() { return client_counters_; }
  // Holds a computed value until the next use of it.
  Bytes& scratch() { return scratch_; }

 private:
  sync::Room room() const;
  void call(Call& call);
  void reject(Session& session, const Command* command, Reply& reply, BytesView text);
  // The command that the words name, if they are a proper call of it; else the error is answered.
  const Command* look_up(Session& session, Arguments arguments, Reply& reply);
  void enqueue(Session& session, const Command& command, Arguments arguments, Reply& reply);

  sync::Replica& replica_;
  Sessions& sessions_;
  PeerControl peers_;
  ServerFacts facts_;
  std::vector<CommandCounters> counters_;
  std::uint64_t calls_in_all_ = 0;
  ClientCounters client_counters_;
  Bytes scratch_;
};

// The words of a request that are keys, by the command's key positions.
template <class F>
void for_each_key(const Command& command, Arguments arguments, F&& visit) {
  const KeyPositions& keys = command.keys;
  if (keys.first == 0) return;
  const auto size = static_cast<int>(arguments.size());
  const int last = keys.last < 0 ? size + keys.last : keys.last;
  for (int i = keys.first; i <= last && i < size; i += keys.step) visit(arguments[static_cast<std::size_t>(i)]);
}

}  // namespace skerry::edge
