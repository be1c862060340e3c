#include "edge/peers.h"

#include <boost/asio/connect.hpp>

#include "tests/edge/captured_log.h"
#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using core::Bytes;
using core::Space;
using State = PeerReport::State;

// Quick, since nothing here is far away.
const Backoff::Options quick{.wait_min = 2ms, .wait_max = 20ms};

class PeersTest : public LoopTest {
 protected:
  struct Member {
    explicit Member(std::string own_name) : name(std::move(own_name)) {}

    PeerReport report() const { return peers->report().at(0); }
    bool connected() const { return report().state == State::connected; }

    std::string name;
    SessionIdentity identity = identity_with('s');
    LinkedNode node;
    std::uint16_t port = 0;
    std::unique_ptr<Peers> peers;
  };

  PeersTest() {
    // The smaller key is east's, so that tests can say which connection is preferred.
    if (west.identity.key_pair.public_key < east.identity.key_pair.public_key) {
      std::swap(west.identity, east.identity);
    }
  }

  static SessionIdentity copy(const SessionIdentity& identity) {
    return {{identity.key_pair.private_key.copy(), identity.key_pair.public_key},
            identity.cluster_secret.copy(),
            identity.cluster};
  }
  enum class Dials { yes, no };
  // Port 0 at first, later the same again.
  void open(Member& member, const Member& peer, Dials dials) {
    Peers::Options options;
    options.listen = HostPort{"127.0.0.1", member.port};
    PeerConfig config{peer.name, std::nullopt, peer.identity.key_pair.public_key};
    if (dials == Dials::yes) config.address = HostPort{"127.0.0.1", peer.port};
    options.peers.push_back(config);
    options.spaces = {{0}, {5}};
    options.seed = 1;
    options.backoff = backoff;
    options.parted_wait_max = 20ms;
    options.good_after = 0ms;
    auto opened = Peers::open(loop, copy(member.identity), member.node.events(), options);
    ASSERT_TRUE(opened) << opened.error().detail;
    member.peers = std::move(*opened);
    member.port = member.peers->port();
  }
  // West only answers, so its port is known before east dials; then west is opened anew and dials, too.
  void open_both_dialling() {
    open(west, east, Dials::no);
    open(east, west, Dials::yes);
    west.peers.reset();
    open(west, east, Dials::yes);
  }
  bool both_connected() { return east.connected() && west.connected(); }

  Backoff::Options backoff = quick;
  Member east{"us-east"}, west{"us-west"};
};

TEST_F(PeersTest, OneDialsAndFramesPassBothWays) {
  open(west, east, Dials::no);
  open(east, west, Dials::yes);
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
  EXPECT_EQ(east.node.found.at(0).second, (std::vector<Space>{{0}, {5}}));
  east.peers->sink()({*east.report().link, {5}, "from east"});
  west.peers->sink()({*west.report().link, {0}, "from west"});
  ASSERT_TRUE(run_until([&] { return !east.node.received.empty() && !west.node.received.empty(); }));
  EXPECT_EQ(west.node.received_in({5}), std::vector<Bytes>{"from east"});
  EXPECT_EQ(east.node.received_in({0}), std::vector<Bytes>{"from west"});
  const PeerReport report = east.report();
  EXPECT_EQ(report.name, "us-west");
  EXPECT_EQ(report.address, "127.0.0.1:" + std::to_string(west.port));
  EXPECT_EQ(report.sessions, 1u);
  EXPECT_GT(report.bytes_sent, 0u);
  EXPECT_GT(report.bytes_received, 0u);
}

TEST_F(PeersTest, WhenBothDialOneSessionIsLeftAndItIsTheSmallerKeys) {
  open_both_dialling();
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
  // Let whatever is still under way end: later both have the same single session, and keep it.
  const auto agree = [&] {
    return both_connected() && east.node.found.size() == east.node.lost.size() + 1 &&
           west.node.found.size() == west.node.lost.size() + 1 &&
           east.report().address == "127.0.0.1:" + std::to_string(west.port);
  };
  ASSERT_TRUE(run_until(agree));
  const std::uint64_t sessions = east.report().sessions;
  boost::asio::steady_timer pause(io, 60ms);
  bool over = false;
  pause.async_wait([&](auto) { over = true; });
  ASSERT_TRUE(run_until([&] { return over; }));
  EXPECT_TRUE(agree());
  EXPECT_EQ(east.report().sessions, sessions) << "nobody goes on dialling";
}

TEST_F(PeersTest, APeerThatComesBackIsFoundAgain) {
  open_both_dialling();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(run_until([&] { return both_connected(); }));
    const std::size_t lost = east.node.lost.size();
    west.peers.reset();
    west.node.found.clear();
    ASSERT_TRUE(run_until([&] { return east.node.lost.size() > lost; }));
    EXPECT_NE(east.report().state, State::connected);
    ASSERT_TRUE(run_until([&] { return !east.report().last_error.empty(); }));
    open(west, east, Dials::yes);
  }
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
  EXPECT_GE(east.report().sessions, 4u);
}

TEST_F(PeersTest, CutPartsAndKeepsApartUntilHealed) {
  open_both_dialling();
  for (Member* member : {&east, &west}) {
    const std::string other = member == &east ? "us-west" : "us-east";
    ASSERT_TRUE(run_until([&] { return both_connected(); }));
    ASSERT_TRUE(member->peers->cut(other));
    EXPECT_EQ(member->report().state, State::cut);
    EXPECT_EQ(member->node.lost.size(), member->node.found.size());
    Member& opposite = member == &east ? west : east;
    ASSERT_TRUE(run_until([&] { return !opposite.connected(); }));
    const std::size_t found = east.node.found.size() + west.node.found.size();
    boost::asio::steady_timer pause(io, 100ms);
    bool over = false;
    pause.async_wait([&](auto) { over = true; });
    ASSERT_TRUE(run_until([&] { return over; }));
    EXPECT_EQ(east.node.found.size() + west.node.found.size(), found) << "no session while cut";
    ASSERT_TRUE(member->peers->heal(other));
  }
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
}

TEST_F(PeersTest, ACutThatOnlyTheDialledSideKnowsIsKeptToo) {
  open(west, east, Dials::no);
  open(east, west, Dials::yes);
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
  ASSERT_TRUE(west.peers->cut("us-east"));
  ASSERT_TRUE(run_until([&] { return !east.connected(); }));
  ASSERT_TRUE(west.peers->heal("us-east"));
  ASSERT_TRUE(run_until([&] { return both_connected(); })) << "east dials again";
}

TEST_F(PeersTest, AHealAtTheDialledSideDoesNotWaitForTheDiallersBackoff) {
  open(west, east, Dials::no);
  ASSERT_TRUE(west.peers->cut("us-east"));
  backoff = {.wait_min = 1h, .wait_max = 1h};  // but for the first try, which is at once
  open(east, west, Dials::yes);
  ASSERT_TRUE(run_until([&] { return !east.report().last_error.empty(); }));
  EXPECT_FALSE(east.connected());
  ASSERT_TRUE(west.peers->heal("us-east"));
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
}

TEST_F(PeersTest, NamesThatNobodyHasAreAnError) {
  open(west, east, Dials::no);
  EXPECT_FALSE(west.peers->cut("eu-north"));
  EXPECT_FALSE(west.peers->heal("eu-north"));
  const PeerControl control = west.peers->control();
  EXPECT_EQ(control.peers().size(), 1u);
  EXPECT_TRUE(control.cut("us-east"));
  EXPECT_EQ(west.report().state, State::cut);
  EXPECT_TRUE(control.heal("us-east"));
  EXPECT_EQ(west.report().state, State::connecting);
}

TEST_F(PeersTest, APeerWithAnotherKeyIsRefused) {
  open(west, east, Dials::no);
  Member impostor("us-west");
  impostor.port = west.port;
  west.peers.reset();
  open(impostor, east, Dials::no);
  open(east, west, Dials::yes);
  ASSERT_TRUE(run_until([&] { return east.report().state == State::refused; }));
  EXPECT_NE(east.report().last_error.find("not accepted"), std::string::npos);
  EXPECT_TRUE(east.node.found.empty());
  EXPECT_TRUE(impostor.node.found.empty());
}

// As behind a proxy whose own peer has gone: it now resets the connection, now closes it.
TEST_F(PeersTest, EachReasonHasOneLineHoweverTheyTakeTurns) {
  boost::asio::ip::tcp::acceptor proxy(io, {boost::asio::ip::address_v4::loopback(), 0});
  west.port = proxy.local_endpoint().port();
  std::size_t taken = 0;
  std::function<void()> take = [&] {
    proxy.async_accept([&](const boost::system::error_code& error, boost::asio::ip::tcp::socket socket) {
      if (error) return;
      if (++taken % 2 == 0) socket.set_option(boost::asio::socket_base::linger(true, 0));  // closing it resets it
      socket.close();
      take();
    });
  };
  take();
  const tests::CapturedLog log;
  open(east, west, Dials::yes);
  ASSERT_TRUE(run_until([&] { return taken >= 12; }));
  EXPECT_GE(log.lines(), 1u);
  EXPECT_LE(log.lines(), 4u) << log.text();
}

TEST_F(PeersTest, AFrameThatIsNotAcceptedLeadsToANewSession) {
  open_both_dialling();
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
  const std::size_t found = west.node.found.size();
  east.peers->sink()({*east.report().link, {0}, "unacceptable"});
  ASSERT_TRUE(run_until([&] { return west.node.found.size() > found && both_connected(); }));
}

TEST_F(PeersTest, AFrameForALinkThatIsGoneIsDropped) {
  open(west, east, Dials::no);
  west.peers->sink()({{99}, {0}, "nobody"});
}

// A node that ends lets the last frames go when its peers have gone already.
TEST_F(PeersTest, AFrameForPeersThatAreGoneIsDropped) {
  open(west, east, Dials::no);
  open(east, west, Dials::yes);
  ASSERT_TRUE(run_until([&] { return both_connected(); }));
  const sync::LinkId link = *east.report().link;
  const auto sink = east.peers->sink();
  east.peers.reset();
  sink({link, {0}, "too late"});
  settle();
  EXPECT_TRUE(west.node.received.empty());
}

TEST_F(PeersTest, TheyMayGoAtAnyMoment) {
  for (int steps = 0; steps < 40; ++steps) {
    open(west, east, Dials::no);
    open(east, west, Dials::yes);
    for (int i = 0; i < steps; ++i) io.restart(), io.poll_one();
    east.peers.reset();
    west.peers.reset();
    EXPECT_EQ(east.node.found.size(), east.node.lost.size());
    EXPECT_EQ(west.node.found.size(), west.node.lost.size());
    settle();
  }
}

TEST_F(PeersTest, MorePeersThanALimitAreRefused) {
  Peers::Options options;
  for (std::size_t i = 0; i <= sync::links_max; ++i) {
    options.peers.push_back({"peer" + std::to_string(i), std::nullopt, generate_key_pair().public_key});
  }
  EXPECT_FALSE(Peers::open(loop, copy(east.identity), east.node.events(), options));
}

}  // namespace
}  // namespace skerry::edge
