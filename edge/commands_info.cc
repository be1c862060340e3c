// INFO: facts and figures, in the sections and under the names that monitors of Redis know.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "edge/commands.h"
#include "edge/handlers.h"

namespace skerry::edge::handlers {

namespace {

// The text of one section, line by line.
class Section {
 public:
  Section(Bytes& to, BytesView title) : to_(to) {
    if (!to.empty()) to.append("\r\n");
    to.append("# ").append(title).append("\r\n");
  }
  void put(BytesView name, BytesView value) { to_.append(name).append(":").append(value).append("\r\n"); }
  template <class Number>
  void number(BytesView name, Number value) {
    put(name, std::to_string(value));
  }

 private:
  Bytes& to_;
};

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void put_server(Call& call, Bytes& to) {
  const ServerFacts& facts = call.commands.facts();
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(call.now.instant - facts.started_at).count();
  Section section(to, "Server");
  section.put("redis_version", redis_version);
  section.put("redis_mode", "standalone");
  section.put("server_name", "skerry");
  section.put("skerry_version", SKERRY_VERSION);
  section.put("skerry_region", facts.region);
  section.put("skerry_replica", core::to_hex(call.commands.replica().self()));
  section.put("skerry_ack", facts.ack);
  section.put("os", "Linux");
  section.number("arch_bits", 8 * sizeof(void*));
  section.put("multiplexing_api", "epoll");
  section.number("process_id", ::getpid());
  section.put("run_id", facts.run_id);
  section.number("tcp_port", facts.port);
  section.number("server_time_usec", core::unix_milliseconds(call.now.wall) * 1'000);
  section.number("uptime_in_seconds", up);
  section.number("uptime_in_days", up / 86'400);
}

void put_clients(Call& call, Bytes& to) {
  const Sessions& sessions = call.commands.sessions();
  const auto waiting = std::count_if(sessions.all().begin(), sessions.all().end(),
                                     [](const auto& entry) { return entry.second->wait.has_value(); });
  Section section(to, "Clients");
  section.number("connected_clients", sessions.size());
  section.number("cluster_connections", 0);
  section.number("maxclients", call.commands.facts().clients_max);
  section.number("blocked_clients", waiting);
  section.number("tracking_clients", 0);
}

void put_memory(Call&, Bytes& to) {
  const std::uint64_t resident = resident_bytes();
  Section section(to, "Memory");
  section.number("used_memory", resident);
  section.number("used_memory_rss", resident);
  section.number("maxmemory", 0);
  section.put("maxmemory_policy", "noeviction");
}

void put_persistence(Call& call, Bytes& to) {
  Section section(to, "Persistence");
  section.number("loading", 0);
  section.number("async_loading", 0);
  section.number("rdb_bgsave_in_progress", 0);
  section.put("rdb_last_bgsave_status", "ok");
  section.number("aof_enabled", 1);
  const sync::Replica& replica = call.commands.replica();
  const bool well = !replica.failure() && replica.room() == sync::Room::enough;
  section.put("aof_last_write_status", well ? "ok" : "err");
  if (!call.commands.facts().store_figures) return;
  const StoreFigures figures = call.commands.facts().store_figures();
  section.number("skerry_disk_full", figures.disk_full ? 1 : 0);
  section.number("skerry_log_commits", figures.log_commits);
  section.number("skerry_flushes", figures.flushes);
  section.number("skerry_flush_seconds", std::chrono::duration<double>(figures.flushing).count());
}

void put_stats(Call& call, Bytes& to) {
  const ClientCounters& counters = call.commands.client_counters();
  Section section(to, "Stats");
  section.number("total_connections_received", call.commands.sessions().connected_ever());
  section.number("total_commands_processed", call.commands.calls_in_all());
  section.number("total_net_input_bytes", counters.bytes_read);
  section.number("total_net_output_bytes", counters.bytes_written);
  section.number("rejected_connections", counters.connections_refused);
  section.number("protocol_errors", counters.protocol_errors);
}

void put_replication(Call& call, Bytes& to) {
  const auto peers = call.commands.peers().peers();
  const auto connected = std::count_if(
      peers.begin(), peers.end(), [](const PeerReport& peer) { return peer.state == PeerReport::State::connected; });
  Section section(to, "Replication");
  section.put("role", "master");  // every node takes writes
  section.number("connected_slaves", 0);
  section.number("skerry_peers", peers.size());
  section.number("skerry_peers_connected", connected);
  section.number("skerry_writes_ahead", call.commands.replica().keyspace().writes_ahead());
}

void put_cpu(Call&, Bytes& to) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  Section section(to, "CPU");
  section.number("used_cpu_sys", seconds_of(usage.ru_stime));
  section.number("used_cpu_user", seconds_of(usage.ru_utime));
}

void put_modules(Call&, Bytes& to) {
  Section(to, "Modules");
}

void put_command_stats(Call& call, Bytes& to) {
  Section section(to, "Commandstats");
  for (const Command& command : command_table()) {
    const CommandCounters& counters = call.commands.counters(command);
    if (counters.calls == 0 && counters.rejected == 0) continue;
    // No clock is read for each command, so there is no time to tell.
    section.put("cmdstat_" + Bytes(command.name),
                "calls=" + std::to_string(counters.calls) + ",usec=0,usec_per_call=0.00,rejected_calls=" +
                    std::to_string(counters.rejected) + ",failed_calls=" + std::to_string(counters.failed));
  }
}

void put_cluster(Call&, Bytes& to) {
  Section section(to, "Cluster");
  section.number("cluster_enabled", 0);
}

void put_keyspace(Call& call, Bytes& to) {
  Section section(to, "Keyspace");
  for (const auto& [space, state] : call.commands.replica().keyspace().states()) {
    if (state->keys == 0) continue;
    section.put("db" + std::to_string(space.number), "keys=" + std::to_string(state->keys) + ",expires=0,avg_ttl=0");
  }
}

struct NamedSection {
  BytesView name;
  void (*put)(Call& call, Bytes& to);
  bool by_default;
};

constexpr NamedSection sections[] = {
    {"server", put_server, true},
    {"clients", put_clients, true},
    {"memory", put_memory, true},
    {"persistence", put_persistence, true},
    {"stats", put_stats, true},
    {"replication", put_replication, true},
    {"cpu", put_cpu, true},
    {"modules", put_modules, true},
    {"commandstats", put_command_stats, false},
    {"cluster", put_cluster, true},
    {"keyspace", put_keyspace, true},
};

}  // namespace

void info(Call& call) {
  bool defaults = call.size() == 1;
  bool everything = false;
  for (const BytesView word : call.arguments.subspan(1)) {
    defaults |= same_word(word, "default");
    everything |= same_word(word, "all") || same_word(word, "everything");
  }
  Bytes text;
  for (const NamedSection& section : sections) {
    const Arguments words = call.arguments.subspan(1);
    const bool named =
        std::any_of(words.begin(), words.end(), [&section](BytesView word) { return same_word(word, section.name); });
    if (everything || named || (defaults && section.by_default)) section.put(call, text);
  }
  call.reply.verbatim(text);
}

}  // namespace skerry::edge::handlers
