#include "edge/config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "edge/key_file.h"

namespace skerry::edge {
namespace {

const std::string one_key = "skerry-public-key:CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const std::string other_key = "skerry-public-key:CgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

core::Result<Config> config_of(const std::string& toml, const ServeCommand& command = {}) {
  return make_config(command, toml, "/etc/skerry/node.toml");
}

void expect_refused(const std::string& toml, const std::string& expected, const ServeCommand& command = {}) {
  const core::Result<Config> config = config_of(toml, command);
  ASSERT_FALSE(config.has_value()) << toml;
  EXPECT_EQ(config.error().detail, expected);
}

std::string peer(const std::string& name, const std::string& key) {
  return "[[peer]]\nname = \"" + name + "\"\naddress = \"" + name + ".example.org:7600\"\npublic_key = \"" + key +
         "\"\n";
}

const std::string peers =
    "[peers]\nprivate_key_file = \"node.key\"\ncluster_secret_file = \"/run/secret\"\ncluster = \"production/1\"\n";

TEST(Config, IsUsefulWithoutAnything) {
  const core::Result<Config> config = load_config(ServeCommand{});
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->region, "local");
  EXPECT_EQ(config->data, "./skerry-data");
  EXPECT_EQ(config->ack, Ack::durable);
  EXPECT_EQ(config->cache_bytes, sync::cache_bytes_default);
  EXPECT_EQ(to_text(config->resp), "127.0.0.1:6379");
  EXPECT_FALSE(config->cluster.has_value());
  EXPECT_EQ(config->log.level, spdlog::level::info);
  EXPECT_EQ(config->log.format, LogFormat::text);
  EXPECT_EQ(config->log.region, "local");
}

TEST(Config, AnEmptyFileChangesNothing) {
  ASSERT_TRUE(config_of("").has_value());
  EXPECT_EQ(config_of("# nothing\n")->data, "./skerry-data");
  EXPECT_TRUE(config_of("[node]\n[resp]\n[log]\n").has_value());
}

TEST(Config, TakesEveryKey) {
  const core::Result<Config> config = config_of(R"(
[node]
region = "eu-west"
data = "data"
ack = "memory"
cache = "256MiB"
[resp]
listen = "[::]:7001"
[peers]
listen = "0.0.0.0:7600"
private_key_file = "node.key"
cluster_secret_file = "/run/secret"
cluster = "production/1"
[[peer]]
name = "us-east"
address = "us.example.org:7600"
public_key = ")" + one_key + R"("
[[peer]]
name = "ap-south"
public_key = ")" + other_key + R"("
[log]
level = "warn"
format = "json"
)");
  ASSERT_TRUE(config.has_value()) << config.error().detail;
  EXPECT_EQ(config->region, "eu-west");
  EXPECT_EQ(config->data, "/etc/skerry/data");
  EXPECT_EQ(config->ack, Ack::memory);
  EXPECT_EQ(config->cache_bytes, 256u << 20);
  EXPECT_EQ(config->resp, (HostPort{"::", 7001}));
  EXPECT_EQ(config->log.level, spdlog::level::warn);
  EXPECT_EQ(config->log.format, LogFormat::json);
  EXPECT_EQ(config->log.region, "eu-west");
  ASSERT_TRUE(config->cluster.has_value());
  EXPECT_EQ(config->cluster->listen, (HostPort{"0.0.0.0", 7600}));
  EXPECT_EQ(config->cluster->private_key_file, "/etc/skerry/node.key");
  EXPECT_EQ(config->cluster->cluster_secret_file, "/run/secret");
  EXPECT_EQ(config->cluster->cluster, "production/1");
  ASSERT_EQ(config->cluster->peers.size(), 2u);
  EXPECT_EQ(config->cluster->peers[0].name, "us-east");
  EXPECT_EQ(config->cluster->peers[0].address, (HostPort{"us.example.org", 7600}));
  EXPECT_EQ(to_text(config->cluster->peers[0].public_key), one_key);
  EXPECT_EQ(config->cluster->peers[1].name, "ap-south");
  EXPECT_EQ(config->cluster->peers[1].address, std::nullopt);
}

TEST(Config, TheCommandLineGoesFirst) {
  ServeCommand command;
  command.data = "here";
  command.resp = "localhost:1";
  command.peer_listen = "localhost:2";
  command.region = "ap-south";
  command.ack = Ack::memory;
  command.log_level = spdlog::level::debug;
  command.log_format = LogFormat::json;
  const core::Result<Config> config =
      config_of("[node]\nregion = \"eu-west\"\ndata = \"data\"\nack = \"durable\"\n[resp]\nlisten = \"localhost:9\"\n" +
                    peers + "listen = \"localhost:9\"\n[log]\nlevel = \"error\"\nformat = \"text\"\n",
                command);
  ASSERT_TRUE(config.has_value()) << config.error().detail;
  EXPECT_EQ(config->data, "here");
  EXPECT_EQ(config->resp, (HostPort{"localhost", 1}));
  EXPECT_EQ(config->cluster->listen, (HostPort{"localhost", 2}));
  EXPECT_EQ(config->region, "ap-south");
  EXPECT_EQ(config->ack, Ack::memory);
  EXPECT_EQ(config->log.level, spdlog::level::debug);
  EXPECT_EQ(config->log.format, LogFormat::json);
  EXPECT_EQ(config->log.region, "ap-south");
}

// --- each mistake in one sentence: file, line, key, what is wrong, what is accepted

TEST(Config, NamesTheNearestOfAnUnknownKey) {
  expect_refused("[node]\nregion = \"a\"\ncahce = \"64MiB\"\n",
                 "/etc/skerry/node.toml:3: [node] 'cahce' is not known; the nearest is 'cache', accepted are region, "
                 "data, ack, cache");
  expect_refused(
      "[nodes]\n",
      "/etc/skerry/node.toml:1: 'nodes' is not known; the nearest is 'node', accepted are node, resp, peers, "
      "peer, log");
  expect_refused("listen = \"localhost:1\"\n",
                 "/etc/skerry/node.toml:1: 'listen' is not known; the nearest is 'node', accepted are node, resp, "
                 "peers, peer, log; it belongs below [resp] or [peers]");
  expect_refused("[[peer]]\nadress = \"a:1\"\n",
                 "/etc/skerry/node.toml:2: [[peer]] 'adress' is not known; the nearest is 'address', accepted are "
                 "name, address, public_key");
}

TEST(Config, SaysWhatAValueMustBe) {
  expect_refused("[node]\nack = \"fast\"\n",
                 "/etc/skerry/node.toml:2: [node] ack: 'fast' is no level; accepted is durable or memory");
  expect_refused("[node]\n\ncache = 64\n",
                 "/etc/skerry/node.toml:3: [node] cache is not a text in quotes; accepted is a size from 1MiB to 1TiB, "
                 "such as 64MiB");
  expect_refused("[resp]\nlisten = \"6379\"\n",
                 "/etc/skerry/node.toml:2: [resp] listen: the port is missing; accepted is HOST:PORT, such as "
                 "127.0.0.1:6379, [::1]:6379 or eu.example.org:7600");
  expect_refused("[log]\nlevel = \"loud\"\n",
                 "/etc/skerry/node.toml:2: [log] level: 'loud' is not known; accepted is debug, info, warn or error");
  expect_refused("[log]\nformat = \"xml\"\n",
                 "/etc/skerry/node.toml:2: [log] format: 'xml' is not known; accepted is text or json");
}

TEST(Config, SaysWhatATableMustBe) {
  expect_refused("node = 1\n", "/etc/skerry/node.toml:1: node is no table; accepted is [node] and its keys below");
  expect_refused("[peer]\nname = \"a\"\n",
                 "/etc/skerry/node.toml:1: peer is not a list; accepted is [[peer]], once for each peer");
  EXPECT_FALSE(config_of("peer = [1, 2]\n").has_value());
  EXPECT_FALSE(config_of("peer = []\n[[node]]\n").has_value());
}

TEST(Config, SaysWhereItIsNoToml) {
  const core::Result<Config> config = config_of("[node]\nregion = \"a\nack = \"memory\"\n");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().detail.substr(0, 45), "/etc/skerry/node.toml:2: this is not TOML: Er")
      << config.error().detail;
  EXPECT_FALSE(config_of("[node]\nack = \"memory\"\nack = \"durable\"\n").has_value());  // said twice
  EXPECT_FALSE(config_of("\xff\xfe").has_value());
  const core::Result<Config> two_lines = config_of("[node]\ndata = t\n\"\"aadack = \"memory\"\n");  // a fuzzer's find
  ASSERT_FALSE(two_lines.has_value());
  EXPECT_EQ(two_lines.error().detail.find('\n'), std::string::npos);
  EXPECT_FALSE(config_of("a = " + std::string(100'000, '[')).has_value());
}

TEST(Config, SaysWhichOptionIsWrong) {
  ServeCommand command;
  command.resp = "6379";
  expect_refused("",
                 "--resp: the port is missing; accepted is HOST:PORT, such as 127.0.0.1:6379, [::1]:6379 or "
                 "eu.example.org:7600",
                 command);
  command = {};
  command.region = "a b";
  expect_refused(
      "", "--region: 'a b' is no name; accepted is 1 to 64 letters, digits, '.', '_' or '-', such as eu-west", command);
}

// --- what a node with peers needs

TEST(Config, APeerNeedsTheFilesAndTheCluster) {
  expect_refused("[peers]\nlisten = \"localhost:1\"\n",
                 "/etc/skerry/node.toml:1: [peers] private_key_file is missing, which a node with peers needs; "
                 "accepted is the path of a file that holds the secret, as `skerry keygen` makes it");
  expect_refused(peer("us", one_key),
                 "/etc/skerry/node.toml: [peers] private_key_file is missing, which a node with peers needs; "
                 "accepted is the path of a file that holds the secret, as `skerry keygen` makes it");
  for (const char* key : {"private_key_file", "cluster_secret_file", "cluster"}) {
    std::string less = peers;
    const std::size_t begin = less.find("\n" + std::string(key) + " = ") + 1;
    less.erase(begin, less.find('\n', begin) - begin + 1);
    const core::Result<Config> config = config_of(less);
    ASSERT_FALSE(config.has_value()) << less;
    EXPECT_NE(config.error().detail.find("[peers] " + std::string(key) + " is missing"), std::string::npos)
        << config.error().detail;
  }
  EXPECT_TRUE(config_of(peers).has_value());
  EXPECT_TRUE(config_of(peers + peer("us", one_key)).has_value());
}

TEST(Config, PeerListenAloneIsNotEnough) {
  ServeCommand command;
  command.peer_listen = "localhost:1";
  const core::Result<Config> config = load_config(command);
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().detail.substr(0, 75),
            "--peer-listen needs a --config FILE with: [peers] private_key_file is missi");
  EXPECT_TRUE(config_of(peers, command).has_value());
}

TEST(Config, APeerHasANameAndAKey) {
  expect_refused(peers + "[[peer]]\npublic_key = \"" + one_key + "\"\n",
                 "/etc/skerry/node.toml:5: [[peer]] name is missing; accepted is 1 to 64 letters, digits, '.', '_' or "
                 "'-', such as eu-west");
  expect_refused(peers + "[[peer]]\nname = \"us\"\n",
                 "/etc/skerry/node.toml:5: [[peer]] public_key is missing; accepted is skerry-public-key: and 32 bytes "
                 "in base64, as `skerry keygen` prints it");
  expect_refused(peers + "[[peer]]\nname = \"us\"\naddress = \"us:0\"\npublic_key = \"" + one_key + "\"\n",
                 "/etc/skerry/node.toml:5: [[peer]] address: nobody can dial port 0; accepted is HOST:PORT, such as "
                 "127.0.0.1:6379, [::1]:6379 or eu.example.org:7600");
}

TEST(Config, PeersAreDifferentFromEachOtherAndFromThisNode) {
  expect_refused(peers + peer("us", one_key) + peer("us", other_key),
                 "/etc/skerry/node.toml:9: [[peer]] name: the [[peer]] 'us' has the same; accepted is one that no "
                 "other has");
  expect_refused(peers + peer("us", one_key) + peer("eu", one_key),
                 "/etc/skerry/node.toml:9: [[peer]] public_key: the [[peer]] 'us' has the same; accepted is one that "
                 "no other has");
  ServeCommand command;
  command.region = "us";
  expect_refused(peers + peer("eu", one_key) + peer("us", other_key),
                 "/etc/skerry/node.toml:9: [[peer]] name: 'us' is this node's own region; accepted is the region of "
                 "another node",
                 command);
}

TEST(Config, ThereIsALimitForPeers) {
  std::string toml = peers;
  std::string last;
  for (std::size_t i = 0; i <= sync::links_max; ++i) {
    core::Bytes bytes(32, '\7');
    bytes[0] = static_cast<char>(i);
    bytes[1] = static_cast<char>(i >> 8);
    last = peer("region-" + std::to_string(i), to_text(PublicKey::of(bytes)));
    toml += last;
  }
  EXPECT_TRUE(config_of(toml.substr(0, toml.size() - last.size())).has_value());
  expect_refused(toml, "/etc/skerry/node.toml:517: [[peer]]: this is one too many; accepted is at most 128 peers");
}

// For what only the machine can find wrong with a value.
TEST(Config, RemembersWhereThingsWereSaid) {
  const auto config =
      config_of("[resp]\nlisten = \"localhost:1\"\n" + peers + "listen = \"[::]:7600\"\n" + peer("us-east", one_key));
  ASSERT_TRUE(config.has_value()) << config.error().detail;
  EXPECT_EQ(config->resp_place, "/etc/skerry/node.toml:2: [resp] listen");
  EXPECT_EQ(config->cluster->private_key_place, "/etc/skerry/node.toml:4: [peers] private_key_file");
  EXPECT_EQ(config->cluster->cluster_secret_place, "/etc/skerry/node.toml:5: [peers] cluster_secret_file");
  EXPECT_EQ(config->cluster->listen_place, "/etc/skerry/node.toml:7: [peers] listen");
  EXPECT_EQ(config->cluster->peers.at(0).place, "/etc/skerry/node.toml:8: [[peer]]");
  ServeCommand command;
  command.resp = "localhost:2";
  command.peer_listen = "localhost:3";
  const auto overridden = config_of(peers, command);
  EXPECT_EQ(overridden->resp_place, "--resp");
  EXPECT_EQ(overridden->cluster->listen_place, "--peer-listen");
  EXPECT_EQ(config_of("")->resp_place, "[resp] listen");
}

TEST(Config, NeverRepeatsASecret) {
  const std::string secret = "c2VjcmV0IGJ5dGVzIHRoYXQgbXVzdCBub3QgYmUgdG9sZCE=";
  for (const std::string& toml : {"[peers]\nprivate_key_file = \"skerry-private-key:" + secret + "\"\n",
                                  "[peers]\ncluster_secret_file = \"skerry-cluster-secret:" + secret + "\"\n",
                                  "[peers]\ncluster_secret = \"" + secret + "\"\n",
                                  "[peers]\ncluster_secret_file = skerry-cluster-secret:" + secret + "\n",
                                  "[[peer]]\nname = \"us\"\npublic_key = \"skerry-private-key:" + secret + "\"\n"}) {
    const core::Result<Config> config = config_of(toml);
    ASSERT_FALSE(config.has_value()) << toml;
    EXPECT_EQ(config.error().detail.find(secret.substr(0, 8)), std::string::npos) << config.error().detail;
  }
}

// --- the file itself

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "skerry-config-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    command_.config = (folder_ / "node.toml").string();
  }
  ~ConfigFile() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text) { std::ofstream(*command_.config, std::ios::binary) << text; }

  std::filesystem::path folder_;
  ServeCommand command_;
};

TEST_F(ConfigFile, IsRead) {
  write("[node]\nregion = \"eu-west\"\ndata = \"data\"\n");
  const core::Result<Config> config = load_config(command_);
  ASSERT_TRUE(config.has_value()) << config.error().detail;
  EXPECT_EQ(config->region, "eu-west");
  EXPECT_EQ(config->data, folder_ / "data");
}

TEST_F(ConfigFile, MustBeThereAndNotTooLarge) {
  const auto expect = [this](const std::string& part) {
    const core::Result<Config> config = load_config(command_);
    ASSERT_FALSE(config.has_value());
    EXPECT_NE(config.error().detail.find(part), std::string::npos) << config.error().detail;
    EXPECT_NE(config.error().detail.find(*command_.config), std::string::npos) << config.error().detail;
  };
  expect("cannot read");
  write(std::string(config_bytes_max + 1, '#'));
  expect("larger than 1 MiB");
  write(std::string(config_bytes_max, '#'));
  EXPECT_TRUE(load_config(command_).has_value());
  command_.config = folder_.string();
  expect("cannot read");
}

}  // namespace
}  // namespace skerry::edge
