// Two whole nodes but for their clients: stores on disk, replicas, sessions over loopback.
#include "edge/node_links.h"

#include "edge/peers.h"
#include "edge/sqlite_store.h"
#include "edge/system.h"
#include "tests/edge/peer_fixture.h"
#include "tests/edge/temporary_directory.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using core::Space;

core::ReplicaId random_id() {
  core::ReplicaId id;
  for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(entropy_u64());
  return id;
}

struct Member {
  Member(boost::asio::io_context& io, std::string own_name, const std::string& path) : name(std::move(own_name)) {
    SqliteStore::Options options;
    options.incarnation_if_new = random_id();
    auto opened = SqliteStore::open(path, std::move(options));
    EXPECT_TRUE(opened.has_value()) << opened.error().detail;
    store = std::move(*opened);
    auto loaded = sync::Replica::load(*store, {.self = store->incarnation(), .cache_bytes = 8 << 20, .seed = 1},
                                      SystemClock().now());
    EXPECT_TRUE(loaded.has_value()) << loaded.error().detail;
    replica = std::move(*loaded);
    node.emplace(io, *store, *replica, Ack::memory);
  }
  ~Member() {
    peers.reset();
    node->stop();
  }

  void set(Space space, const std::string& key, const std::string& value) {
    {
      sync::Transaction transaction = replica->begin(space, node->now());
      auto access = transaction.key(key);
      ASSERT_TRUE(access.has_value());
      ASSERT_TRUE(access->write().set(value, {}).has_value());
    }
    node->used();
  }
  std::string get(Space space, const std::string& key) {
    sync::Transaction transaction = replica->begin(space, node->now());
    auto access = transaction.key(key);
    if (!access || !access->kind()) return {};
    core::Bytes scratch;
    return std::string(access->string(scratch));
  }
  bool connected() const { return peers->report().at(0).state == PeerReport::State::connected; }

  std::string name;
  SessionIdentity identity = identity_with('s');
  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<sync::Replica> replica;
  std::optional<Node> node;
  std::unique_ptr<Peers> peers;
};

class NodeLinksTest : public LoopTest {
 protected:
  void SetUp() override { ASSERT_TRUE(start_entropy().has_value()); }

  void open(Member& member, const Member& peer, std::optional<HostPort> address) {
    Peers::Options options;
    options.listen = HostPort{"127.0.0.1", 0};
    options.peers = {{peer.name, std::move(address), peer.identity.key_pair.public_key}};
    options.spaces = {{0}, {1}};
    options.backoff = {.wait_min = 5ms, .wait_max = 50ms};
    options.good_after = 0ms;
    const SessionIdentity& identity = member.identity;
    auto opened = Peers::open(loop,
                              {{identity.key_pair.private_key.copy(), identity.key_pair.public_key},
                               identity.cluster_secret.copy(),
                               identity.cluster},
                              link_events_of(*member.node), options);
    ASSERT_TRUE(opened) << opened.error().detail;
    member.peers = std::move(*opened);
    member.node->set_frame_sink(member.peers->sink());
  }

  tests::TemporaryDirectory directory;
};

TEST_F(NodeLinksTest, WritesReachThePeerDuringASessionAndAfterACut) {
  Member east(io, "us-east", directory.path() + "/east"), west(io, "us-west", directory.path() + "/west");
  open(west, east, std::nullopt);
  open(east, west, HostPort{"127.0.0.1", west.peers->port()});
  east.set({0}, "before", "any session");
  ASSERT_TRUE(run_until([&] { return west.get({0}, "before") == "any session"; }));
  west.set({1}, "other way", "other space");
  ASSERT_TRUE(run_until([&] { return east.get({1}, "other way") == "other space"; }));
  EXPECT_EQ(east.get({0}, "other way"), "");

  ASSERT_TRUE(west.peers->cut("us-east"));
  ASSERT_TRUE(run_until([&] { return !east.connected(); }));
  east.set({0}, "apart", "from east");
  west.set({0}, "apart too", "from west");
  settle();
  EXPECT_EQ(west.get({0}, "apart"), "");
  ASSERT_TRUE(west.peers->heal("us-east"));
  ASSERT_TRUE(run_until([&] { return west.get({0}, "apart") == "from east"; }));
  ASSERT_TRUE(run_until([&] { return east.get({0}, "apart too") == "from west"; }));
  EXPECT_EQ(east.replica->context({0}), west.replica->context({0}));
}

// The members end here, and the last frames then have nowhere to go.
TEST_F(NodeLinksTest, ANodeMayEndWithFramesThatWaitForItsDisk) {
  Member east(io, "us-east", directory.path() + "/east"), west(io, "us-west", directory.path() + "/west");
  open(west, east, std::nullopt);
  open(east, west, HostPort{"127.0.0.1", west.peers->port()});
  ASSERT_TRUE(run_until([&] { return east.connected() && west.connected(); }));
  east.set({0}, "last", "from east");
  west.set({0}, "last", "from west");
  io.restart();
  io.poll_one();
}

TEST_F(NodeLinksTest, ALargeValuePassesInSeveralFrames) {
  Member east(io, "us-east", directory.path() + "/east"), west(io, "us-west", directory.path() + "/west");
  open(west, east, std::nullopt);
  open(east, west, HostPort{"127.0.0.1", west.peers->port()});
  const std::string value(3 << 20, 'v');
  east.set({0}, "large", value);
  ASSERT_TRUE(run_until([&] { return west.get({0}, "large") == value; }));
}

}  // namespace
}  // namespace skerry::edge
