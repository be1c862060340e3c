#include "edge/cluster_identity.h"

#include <gtest/gtest.h>

#include "edge/key_file.h"
#include "edge/system.h"
#include "tests/edge/temporary_directory.h"

namespace skerry::edge {
namespace {

class ClusterIdentity : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(start_entropy().has_value());
    const auto made = create_private_key_file(directory / "node.key");
    ASSERT_TRUE(made.has_value());
    key = *made;
    ASSERT_TRUE(create_cluster_secret_file(directory / "cluster.secret").has_value());
  }
  core::Result<SessionIdentity> read(const std::string& peer_key) {
    const std::string toml =
        "[peers]\nprivate_key_file = \"node.key\"\ncluster_secret_file = \"cluster.secret\"\ncluster = \"test\"\n"
        "[[peer]]\nname = \"other\"\npublic_key = \"" +
        peer_key + "\"\n";
    const auto config = make_config({}, toml, directory / "node.toml");
    EXPECT_TRUE(config.has_value()) << config.error().detail;
    return read_identity(*config->cluster);
  }
  std::string error(const std::string& peer_key) {
    const auto identity = read(peer_key);
    EXPECT_FALSE(identity.has_value());
    return identity ? "" : identity.error().detail;
  }
  std::string other_key() const { return to_text(generate_key_pair().public_key); }
  std::string file() const { return directory / "node.toml"; }

  tests::TemporaryDirectory directory;
  PublicKey key;
};

TEST_F(ClusterIdentity, IsInTheFilesThatAreNamed) {
  const auto identity = read(other_key());
  ASSERT_TRUE(identity.has_value()) << identity.error().detail;
  EXPECT_EQ(identity->key_pair.public_key, key);
  EXPECT_EQ(identity->cluster, cluster_id_of("test"));
}

TEST_F(ClusterIdentity, AFileThatIsMissingIsNamedWithWhoNamesIt) {
  std::filesystem::remove(directory / "cluster.secret");
  EXPECT_EQ(error(other_key()).find(file() + ":3: [peers] cluster_secret_file: cannot open the cluster secret file"),
            0u)
      << error(other_key());
  std::filesystem::remove(directory / "node.key");
  EXPECT_EQ(error(other_key()).find(file() + ":2: [peers] private_key_file: cannot open the private key file"), 0u)
      << error(other_key());
}

TEST_F(ClusterIdentity, TheOneOfThisNodeIsNoPeers) {
  EXPECT_EQ(error(to_text(key)), file() +
                                     ":5: [[peer]] public_key: this is the key of this node itself; accepted is the "
                                     "key of another node");
}

}  // namespace
}  // namespace skerry::edge
