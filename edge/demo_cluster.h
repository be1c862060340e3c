// Three nodes as real processes, each with keys, configuration, data and log of its own under one temporary directory,
// and an ocean between them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "edge/child_process.h"
#include "edge/demo_ocean.h"
#include "edge/resp_client.h"

namespace skerry::edge {

struct DemoPlan {
  std::vector<std::string> regions;
  std::vector<DemoOcean::Distance> distances;  // between all of them
  std::uint16_t resp_base = 0;                 // the regions' nodes listen here and on the following ports
  std::filesystem::path program;               // skerry itself
  bool keep_directory = false;
};
// us-east, eu-west and ap-south, as far from each other as by the sea cables.
DemoPlan demo_plan(std::uint16_t resp_base);

// The configuration of one region's node; `peer_ports` are those it dials, its own is where it listens.
struct DemoNodeConfig {
  std::size_t region = 0;
  std::filesystem::path directory;
  std::vector<std::uint16_t> peer_ports;
  std::vector<std::string> public_keys;
};
std::string demo_config(const DemoPlan& plan, const DemoNodeConfig& node);

// One thread.
class DemoCluster {
 public:
  // The callback waits and says whether to go on.
  using Wait = std::function<bool(std::chrono::milliseconds)>;

  // Makes the directory and starts the nodes.  Fails, leaving nothing behind, when a port is taken (the sentence names
  // it and --resp-base) or a node cannot be started.
  static core::Result<std::unique_ptr<DemoCluster>> start(const DemoPlan& plan);
  // Ends the nodes, then removes the directory unless it is kept.
  ~DemoCluster();

  // Until every node answers and has a session with every other.  False: `wait` said so.  Fails when a node ends or
  // when it takes too long; the sentence has the end of that node's log.
  core::Result<bool> wait_until_connected(const Wait& wait, std::chrono::milliseconds patience);
  // The region of a node that has ended by itself.
  std::optional<std::size_t> ended();

  core::Result<std::vector<RespReply>> call_all(std::size_t region, const std::vector<RespCommand>& commands);
  DemoOcean& ocean() { return *ocean_; }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  explicit DemoCluster(const DemoPlan& plan) : plan_(plan) {}
  core::Result<void> make_directory();
  core::Result<void> open_ocean();
  core::Result<void> start_nodes();
  bool connected(std::size_t region);
  std::string end_of_log(std::size_t region) const;
  std::filesystem::path directory_of(std::size_t region) const { return directory_ / plan_.regions[region]; }
  std::uint16_t resp_port(std::size_t region) const;

  DemoPlan plan_;
  std::filesystem::path directory_;
  std::vector<std::uint16_t> peer_ports_;
  std::vector<std::string> public_keys_;
  std::unique_ptr<DemoOcean> ocean_;
  std::vector<ChildProcess> nodes_;
  std::vector<std::optional<RespClient>> clients_;
};

}  // namespace skerry::edge
