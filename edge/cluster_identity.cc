#include "edge/cluster_identity.h"

#include "edge/config_value.h"
#include "edge/key_file.h"

namespace skerry::edge {

using core::Result;

Result<SessionIdentity> read_identity(const ClusterConfig& cluster) {
  const auto at = [](const std::string& place, const core::Error& error) {
    return core::fail(core::ErrorCode::invalid, place + ": " + error.detail);
  };
  Result<KeyPair> key_pair = read_private_key_file(cluster.private_key_file);
  if (!key_pair) return at(cluster.private_key_place, key_pair.error());
  Result<SecretKey> secret = read_cluster_secret_file(cluster.cluster_secret_file);
  if (!secret) return at(cluster.cluster_secret_place, secret.error());
  for (const PeerConfig& peer : cluster.peers) {
    if (peer.public_key == key_pair->public_key)
      return not_accepted(peer.place + " public_key: this is the key of this node itself", "the key of another node");
  }
  return SessionIdentity{std::move(*key_pair), std::move(*secret), cluster_id_of(cluster.cluster)};
}

}  // namespace skerry::edge
