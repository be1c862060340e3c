#include "edge/demo_cluster.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "edge/key_file.h"
#include "edge/system.h"

namespace skerry::edge {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;
using core::ErrorCode;
using core::fail;
using core::Result;

constexpr auto call_patience = std::chrono::seconds(20);
constexpr auto look_again = std::chrono::milliseconds(20);
constexpr auto end_patience = std::chrono::seconds(15);
constexpr std::size_t log_lines_shown = 5;

// Whether nobody has the port now; it is given back at once.
bool port_is_free(boost::asio::io_context& io, std::uint16_t port) {
  boost::system::error_code error;
  tcp::acceptor acceptor(io);
  const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(1, error);
  return !error;
}

// Ports that nobody has.  Held together until all are chosen, so that no two are the same.
Result<std::vector<std::uint16_t>> free_ports(std::size_t count) {
  boost::asio::io_context io;
  std::vector<tcp::acceptor> acceptors;
  std::vector<std::uint16_t> ports;
  for (std::size_t i = 0; i < count; ++i) {
    boost::system::error_code error;
    tcp::acceptor& acceptor = acceptors.emplace_back(io);
    acceptor.open(tcp::v4(), error);
    if (!error) acceptor.bind({boost::asio::ip::address_v4::loopback(), 0}, error);
    if (error) return fail(ErrorCode::io, "no free port: " + error.message());
    ports.push_back(acceptor.local_endpoint().port());
  }
  return ports;
}

}  // namespace

DemoPlan demo_plan(std::uint16_t resp_base) {
  using namespace std::chrono_literals;
  DemoPlan plan;
  plan.regions = {"us-east", "eu-west", "ap-south"};
  plan.distances = {{0, 1, 40ms}, {0, 2, 105ms}, {1, 2, 60ms}};
  plan.resp_base = resp_base;
  plan.program = "/proc/self/exe";
  return plan;
}

std::string demo_config(const DemoPlan& plan, const DemoNodeConfig& node) {
  const fs::path directory = node.directory / plan.regions[node.region];
  std::ostringstream text;
  text << "[node]\nregion = \"" << plan.regions[node.region] << "\"\ndata = \"" << (directory / "data").string()
       << "\"\nack = \"durable\"\n\n[resp]\nlisten = \"127.0.0.1:" << plan.resp_base + node.region
       << "\"\n\n[peers]\nlisten = \"127.0.0.1:" << node.peer_ports[node.region] << "\"\nprivate_key_file = \""
       << (directory / "node.key").string() << "\"\ncluster_secret_file = \""
       << (node.directory / "cluster.secret").string() << "\"\ncluster = \"demo\"\n";
  for (std::size_t peer = 0; peer < plan.regions.size(); ++peer) {
    if (peer == node.region) continue;
    text << "\n[[peer]]\nname = \"" << plan.regions[peer] << "\"\naddress = \"127.0.0.1:" << node.peer_ports[peer]
         << "\"\npublic_key = \"" << node.public_keys[peer] << "\"\n";
  }
  return text.str();
}

Result<std::unique_ptr<DemoCluster>> DemoCluster::start(const DemoPlan& plan) {
  boost::asio::io_context io;
  for (std::size_t i = 0; i < plan.regions.size(); ++i) {
    const auto port = static_cast<std::uint16_t>(plan.resp_base + i);
    if (!port_is_free(io, port)) {
      return fail(ErrorCode::io, "port " + std::to_string(port) + " is in use; choose others with --resp-base PORT");
    }
  }
  std::unique_ptr<DemoCluster> cluster(new DemoCluster(plan));
  if (auto made = cluster->make_directory(); !made) return tl::make_unexpected(made.error());
  if (auto opened = cluster->open_ocean(); !opened) return tl::make_unexpected(opened.error());
  if (auto started = cluster->start_nodes(); !started) return tl::make_unexpected(started.error());
  return cluster;
}

DemoCluster::~DemoCluster() {
  clients_.clear();
  for (ChildProcess& node : nodes_) node.ask_to_end();
  for (ChildProcess& node : nodes_) node.end(end_patience);
  ocean_.reset();
  std::error_code ignored;
  if (!plan_.keep_directory && !directory_.empty()) fs::remove_all(directory_, ignored);
}

Result<void> DemoCluster::make_directory() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  std::string pattern = (parent / "skerry-demo-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) return fail(ErrorCode::io, "cannot make " + pattern);
  directory_ = pattern;
  if (auto made = create_cluster_secret_file(directory_ / "cluster.secret"); !made) return made;
  for (std::size_t i = 0; i < plan_.regions.size(); ++i) {
    fs::create_directory(directory_of(i), error);
    auto key = create_private_key_file(directory_of(i) / "node.key");
    if (!key) return tl::make_unexpected(key.error());
    public_keys_.push_back(to_text(*key));
  }
  return {};
}

Result<void> DemoCluster::open_ocean() {
  auto ports = free_ports(plan_.regions.size());
  if (!ports) return tl::make_unexpected(ports.error());
  peer_ports_ = *ports;
  auto ocean = DemoOcean::open(peer_ports_, plan_.distances, entropy_u64());
  if (!ocean) return tl::make_unexpected(ocean.error());
  ocean_ = std::move(*ocean);
  return {};
}

Result<void> DemoCluster::start_nodes() {
  clients_.resize(plan_.regions.size());
  for (std::size_t i = 0; i < plan_.regions.size(); ++i) {
    std::vector<std::uint16_t> dialled = peer_ports_;
    for (std::size_t peer = 0; peer < dialled.size(); ++peer) {
      if (peer != i) dialled[peer] = ocean_->port(i, peer);
    }
    const fs::path file = directory_of(i) / "node.toml";
    std::ofstream(file) << demo_config(plan_, {i, directory_, dialled, public_keys_});
    auto node = ChildProcess::start(
        {.program = plan_.program,
         .arguments = {"serve", "--config", file.string(), "--end-with", std::to_string(::getpid())},
         .log = directory_of(i) / "log"});
    if (!node) return tl::make_unexpected(node.error());
    nodes_.push_back(std::move(*node));
  }
  return {};
}

Result<bool> DemoCluster::wait_until_connected(const Wait& wait, std::chrono::milliseconds patience) {
  const SystemClock clock;
  const core::Instant deadline = clock.instant() + patience;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    while (!connected(i)) {
      if (const auto gone = ended()) {
        return fail(ErrorCode::io, "the node of " + plan_.regions[*gone] + " has ended:\n" + end_of_log(*gone));
      }
      if (clock.instant() > deadline) {
        return fail(ErrorCode::io, "the node of " + plan_.regions[i] + " is not ready in time:\n" + end_of_log(i));
      }
      if (!wait(look_again)) return false;
    }
  }
  return true;
}

bool DemoCluster::connected(std::size_t region) {
  const auto replies = call_all(region, {{"SKERRY.PEERS"}});
  if (!replies) return false;
  // One array a peer, in which its state stands as a word.
  const auto has_session = [](const RespReply& peer) {
    return std::any_of(peer.items.begin(), peer.items.end(),
                       [](const RespReply& item) { return item.text == "connected"; });
  };
  const std::vector<RespReply>& peers = replies->front().items;
  return static_cast<std::size_t>(std::count_if(peers.begin(), peers.end(), has_session)) + 1 == plan_.regions.size();
}

std::optional<std::size_t> DemoCluster::ended() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].running()) return i;
  }
  return std::nullopt;
}

Result<std::vector<RespReply>> DemoCluster::call_all(std::size_t region, const std::vector<RespCommand>& commands) {
  std::optional<RespClient>& client = clients_.at(region);
  if (!client) {
    auto connection = RespClient::connect(resp_port(region), call_patience);
    if (!connection) return tl::make_unexpected(connection.error());
    client.emplace(std::move(*connection));
  }
  auto replies = client->call_all(commands);
  if (!replies) client.reset();
  return replies;
}

std::string DemoCluster::end_of_log(std::size_t region) const {
  std::ifstream stream(directory_of(region) / "log");
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::string text;
  for (std::size_t i = lines.size() - std::min(lines.size(), log_lines_shown); i < lines.size(); ++i) {
    text += "  " + lines[i] + "\n";
  }
  return text.empty() ? "  (it has logged nothing)\n" : text;
}

std::uint16_t DemoCluster::resp_port(std::size_t region) const {
  return static_cast<std::uint16_t>(plan_.resp_base + region);
}

}  // namespace skerry::edge
