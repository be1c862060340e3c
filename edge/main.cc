// The picture of the program: each part is made here, by hand, in the order in which they lean on each other.
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

#include "core/ids.h"
#include "edge/client_limits.h"
#include "edge/clients.h"
#include "edge/cluster_identity.h"
#include "edge/command_line.h"
#include "edge/commands.h"
#include "edge/config.h"
#include "edge/demo.h"
#include "edge/descriptors.h"
#include "edge/keygen.h"
#include "edge/listening.h"
#include "edge/logging.h"
#include "edge/node.h"
#include "edge/node_links.h"
#include "edge/peers.h"
#include "edge/simulator.h"
#include "edge/sqlite_store.h"
#include "edge/system.h"

namespace skerry::edge {

using boost::asio::ip::tcp;

namespace {

int end_with(int exit_code, const core::Error& error) {
  std::cerr << "skerry: " << error.detail << "\n";
  return exit_code;
}

// A file that is opened must never become descriptor 0, 1 or 2, where a stray print would write into it.
void keep_standard_descriptors_open() {
  while (true) {
    const int descriptor = ::open("/dev/null", O_RDWR);
    if (descriptor < 0) return;
    if (descriptor > 2) {
      ::close(descriptor);
      return;
    }
  }
}

// Large buffers go back to the kernel when they are freed.  Left alone, glibc keeps ever larger ones (up to 32 MiB)
// once one was freed: a node that has taken in a peer's chunks stays some 20 MiB larger.
void return_large_buffers() {
  constexpr int large_bytes = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, large_bytes);
}

// `process` has started us and wants no node without itself: when it ends, however it ends, so do we.
void end_with_process(int process) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != process) std::raise(SIGTERM);  // it ended before we said so
}

core::ReplicaId random_replica_id() {
  core::ReplicaId id;
  randombytes_buf(id.bytes.data(), id.bytes.size());
  return id;
}

std::string random_run_id() {
  unsigned char bytes[20];
  randombytes_buf(bytes, sizeof(bytes));
  char text[sizeof(bytes) * 2 + 1];
  return sodium_bin2hex(text, sizeof(text), bytes, sizeof(bytes));
}

SqliteStore::Options store_options() {
  SqliteStore::Options options;
  options.incarnation_if_new = random_replica_id();
  // 512 rows, then 10 ms of rest: some 40,000 rows a second at a tenth of a core, so that a flush is never in the way.
  // When writes wait for it, the store is told to hurry.
  options.pace = {.rows = 512, .rest = std::chrono::milliseconds(10)};
  options.rest = [](core::Duration rest) { std::this_thread::sleep_for(rest); };
  return options;
}

// --- what only the machine can say of a configuration: found out before anything is made or opened

core::Error at(const std::string& place, const core::Error& error) {
  return {error.code, place + ": " + error.detail};
}

// A port that is taken is nobody's mistake; a host that does not exist is.
int exit_code_of(const core::Error& error) {
  return error.code == core::ErrorCode::io ? exit_failure : exit_usage;
}

core::Result<tcp::endpoint> free_endpoint(boost::asio::io_context& io, const HostPort& address,
                                          const std::string& place) {
  const auto endpoint = endpoint_of(io, address);
  if (!endpoint) return tl::make_unexpected(at(place, endpoint.error()));
  const auto free = may_listen_at(io, *endpoint);
  if (!free) return tl::make_unexpected(at(place, free.error()));
  return *endpoint;
}

// Nothing for a node that is alone.
core::Result<std::optional<SessionIdentity>> find_identity(boost::asio::io_context& io, const Config& config) {
  if (!config.cluster) return std::nullopt;
  auto identity = read_identity(*config.cluster);
  if (!identity) return core::failure(identity);
  if (config.cluster->listen) {
    const auto endpoint = free_endpoint(io, *config.cluster->listen, config.cluster->listen_place);
    if (!endpoint) return core::failure(endpoint);
  }
  return std::move(*identity);
}

// --- the parts

void log_start(const Config& config, const SqliteStore& store) {
  spdlog::info("skerry {} starts: replica {}, data in {}, ack {}, sqlite {}", SKERRY_VERSION,
               core::to_hex(store.incarnation()), std::filesystem::absolute(config.data).string(),
               config.ack == Ack::durable ? "durable" : "memory", sqlite3_libversion());
}

core::Result<std::unique_ptr<Peers>> open_peers(const ClusterConfig& cluster, SessionIdentity identity, RpcLoop& loop,
                                                Node& node) {
  Peers::Options options{.listen = cluster.listen, .peers = cluster.peers, .spaces = {}, .seed = entropy_u64()};
  for (std::uint16_t number = 0; number < sync::spaces_max; ++number) options.spaces.push_back({number});
  auto peers = Peers::open(loop, std::move(identity), link_events_of(node), std::move(options));
  if (!peers) return tl::make_unexpected(at(cluster.listen_place, peers.error()));
  node.set_frame_sink((*peers)->sink());
  if (cluster.listen) spdlog::info("peers at {}:{}", cluster.listen->host, (*peers)->port());
  return peers;
}

std::size_t clients_max() {
  const std::size_t fit = clients_that_fit(clients_max_default);
  if (fit < clients_max_default)
    spdlog::warn("only {} clients at once instead of {}: this process may open too few files (ulimit -n)", fit,
                 clients_max_default);
  return fit;
}

ServerFacts facts_of(const Config& config, const SystemClock& clock, const Node& node) {
  return {.region = config.region,
          .ack = config.ack == Ack::durable ? "durable" : "memory",
          .run_id = random_run_id(),
          .data_directory = std::filesystem::absolute(config.data).string(),
          .port = config.resp.port,
          .clients_max = clients_max(),
          .started_at = clock.instant(),
          .store_figures = [&node] { return node.figures(); }};
}

int serve(const ServeCommand& command) {
  if (command.end_with) end_with_process(*command.end_with);
  const core::Result<Config> config = load_config(command);
  if (!config) return end_with(exit_usage, config.error());
  start_logging(config->log);
  const SystemClock clock;
  boost::asio::io_context io{1};
  const auto endpoint = free_endpoint(io, config->resp, config->resp_place);
  if (!endpoint) return end_with(exit_code_of(endpoint.error()), endpoint.error());
  auto identity = find_identity(io, *config);
  if (!identity) return end_with(exit_code_of(identity.error()), identity.error());

  auto store = SqliteStore::open(config->data, store_options());
  if (!store) return end_with(exit_store, store.error());
  const sync::Replica::Options options{
      .self = (*store)->incarnation(), .cache_bytes = config->cache_bytes, .seed = entropy_u64()};
  auto replica = sync::Replica::load(**store, options, clock.now());
  if (!replica) return end_with(exit_store, replica.error());
  log_start(*config, **store);

  RpcLoop rpc_loop(io);
  Node node(io, **store, **replica, config->ack);
  std::unique_ptr<Peers> peers;
  if (*identity) {
    auto opened = open_peers(*config->cluster, std::move(**identity), rpc_loop, node);
    if (!opened) return end_with(exit_code_of(opened.error()), opened.error());
    peers = std::move(*opened);
  }
  Sessions sessions;
  Commands commands(**replica, sessions, peers ? peers->control() : no_peers(), facts_of(*config, clock, node));
  Clients clients(node, commands);
  const auto port = clients.listen(*endpoint);
  if (!port) return end_with(exit_failure, at(config->resp_place, port.error()));
  spdlog::info("clients at {}:{}", config->resp.host, *port);

  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    spdlog::info("ends, as signal {} asks", signal);
    clients.stop();
    io.stop();
  });
  io.run();
  peers.reset();  // nothing calls the replica any more
  node.stop();
  return node.failure() ? exit_store : exit_ok;
}

int simulate(const SimulateCommand& command) {
  std::error_code unknown;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (unknown) return end_with(exit_failure, {core::ErrorCode::io, "/proc/self/exe: " + unknown.message()});
  std::signal(SIGPIPE, SIG_DFL);  // what is ignored here would be ignored there
  return end_with(exit_usage, become_simulator(simulator_beside(self), command.words));
}

int run(const Invocation& invocation) {
  if (const auto* usage = std::get_if<Usage>(&invocation)) {
    (usage->exit_code == exit_ok ? std::cout : std::cerr) << usage->text;
    return usage->exit_code;
  }
  if (std::holds_alternative<VersionCommand>(invocation)) {
    std::cout << "skerry " << SKERRY_VERSION << " (sqlite " << sqlite3_libversion() << ")\n";
    return exit_ok;
  }
  if (const auto* command = std::get_if<SimulateCommand>(&invocation)) return simulate(*command);
  if (const auto ready = start_entropy(); !ready) return end_with(exit_failure, ready.error());
  if (const auto* keygen = std::get_if<KeygenCommand>(&invocation)) return make_key(*keygen, std::cout, std::cerr);
  if (const auto* demo = std::get_if<DemoCommand>(&invocation)) return run_demo(*demo);
  return serve(std::get<ServeCommand>(invocation));
}

}  // namespace
}  // namespace skerry::edge

int main(int argument_count, char** arguments) {
  skerry::edge::keep_standard_descriptors_open();
  skerry::edge::return_large_buffers();
  std::signal(SIGPIPE, SIG_IGN);
  return skerry::edge::run(skerry::edge::parse_command_line(argument_count, arguments));
}
