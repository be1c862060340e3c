// Whatever a configuration file holds, the answer is a configuration that keeps its promises or one short sentence.
#include <cstdint>
#include <cstdlib>

#include "edge/config.h"
#include "edge/config_value.h"
#include "edge/key_file.h"

namespace {

using namespace skerry;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_promises(const edge::Config& config) {
  require(edge::parse_name(config.region).has_value() && config.log.region == config.region);
  require(edge::parse_host_port(edge::to_text(config.resp)) == config.resp);
  require(!config.data.empty());
  if (!config.cluster) return;
  require(!config.cluster->private_key_file.empty() && !config.cluster->cluster_secret_file.empty());
  require(edge::parse_cluster_name(config.cluster->cluster).has_value());
  for (const edge::PeerConfig& peer : config.cluster->peers) {
    require(peer.name != config.region && !edge::is_small_order(peer.public_key));
    require(edge::public_key_from_text(edge::to_text(peer.public_key)) == peer.public_key);
    if (peer.address) require(edge::parse_host_port(edge::to_text(*peer.address)) == *peer.address);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::BytesView text(reinterpret_cast<const char*>(data), size);
  const core::Result<edge::Config> config = edge::make_config(edge::ServeCommand{}, text, "node.toml");
  if (config) {
    require_promises(*config);
  } else {
    require(config.error().detail.size() < 1000 && config.error().detail.find('\n') == std::string::npos);
    require(config.error().detail.substr(0, 9) == "node.toml");
  }
  return 0;
}
