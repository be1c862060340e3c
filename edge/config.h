// What a node is told: a TOML file, the words of the command line before it, the defaults behind it.
//
//   [node]  region = "eu-west" · data = "/var/lib/skerry" · ack = "durable" | "memory" · cache = "64MiB"
//   [resp]  listen = "127.0.0.1:6379"
//   [peers] listen = "0.0.0.0:7600" · private_key_file · cluster_secret_file · cluster = "production/1"
//   [[peer]] name = "us-east" · address = "us.example.org:7600" (none: it dials us) · public_key
//   [log]   level = "debug" | "info" | "warn" | "error" · format = "text" | "json"
//
// Every key may be left out, but a node that listens for peers or names any needs the two files and the cluster.
// Relative paths in the file are seen from the file's folder.  A secret is never a value here, only its file's path is.
// Every error is one sentence with the file, the line, the key, what is wrong and what is accepted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "edge/ack.h"
#include "edge/command_line.h"
#include "edge/host_port.h"
#include "edge/logging.h"
#include "edge/x25519.h"
#include "sync/limits.h"

namespace skerry::edge {

inline constexpr std::size_t config_bytes_max = 1 << 20;

// A [[peer]]: a node whose key is accepted.
struct PeerConfig {
  std::string name;                 // its region; unique, and not our own
  std::optional<HostPort> address;  // where to dial it
  PublicKey public_key;             // unique
  std::string place{};              // where it stands: "node.toml:12: [[peer]]"
};

// A node's part in a cluster.
struct ClusterConfig {
  std::string cluster;  // the same at every node; cluster_id_of() makes the id of it
  std::filesystem::path private_key_file;
  std::filesystem::path cluster_secret_file;
  std::optional<HostPort> listen;
  std::vector<PeerConfig> peers;  // at most sync::links_max
  // Where these were said: "node.toml:7: [peers] listen", "--peer-listen".
  std::string private_key_place, cluster_secret_place, listen_place;
};

struct Config {
  std::string region = "local";
  std::filesystem::path data = "./skerry-data";
  Ack ack = Ack::durable;
  std::size_t cache_bytes = sync::cache_bytes_default;
  HostPort resp{"127.0.0.1", 6379};
  std::string resp_place = "[resp] listen";
  std::optional<ClusterConfig> cluster;  // nothing: this node is alone
  LogOptions log;                        // with the region
};

// What the command line and the file it names say.  Reads that file and no other.
core::Result<Config> load_config(const ServeCommand& command);

// The same with the file's content given (nothing: no file); `file` is its name in errors and the base of its paths.
core::Result<Config> make_config(const ServeCommand& command, std::optional<core::BytesView> toml,
                                 const std::filesystem::path& file);

}  // namespace skerry::edge
