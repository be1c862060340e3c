#include "edge/peer_listener.h"

#include <boost/asio/write.hpp>

#include "tests/edge/captured_log.h"
#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

class PeerListenerTest : public LoopTest {
 protected:
  void open(PeerListener::Options options = {}) {
    auto opened = PeerListener::open(
        io, {"127.0.0.1", 0}, bob, options, [this](const PublicKey& key) { return key == alice.key_pair.public_key; },
        [this](SecureSession session, tcp::socket) { arrived.push_back(session.peer); });
    ASSERT_TRUE(opened) << opened.error().detail;
    listener = std::move(*opened);
  }
  tcp::socket connect() {
    tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), listener->port()});
    return socket;
  }
  std::size_t log_lines() const { return log.lines(); }

  SessionIdentity alice = identity_with('s'), bob = identity_with('s');
  tests::CapturedLog log;
  std::vector<PublicKey> arrived;
  std::unique_ptr<PeerListener> listener;
};

TEST_F(PeerListenerTest, APeerThatIsKnownArrives) {
  open();
  bool made = false;
  PeerHandshake::run(connect(), SecureHandshake::dial(alice, handshake_options([](const PublicKey&) { return true; })),
                     10s, [&](core::Result<SecureSession> session, tcp::socket) { made = session.has_value(); });
  ASSERT_TRUE(run_until([&] { return made && !arrived.empty(); }));
  EXPECT_EQ(arrived, std::vector<PublicKey>{alice.key_pair.public_key});
  EXPECT_EQ(log_lines(), 0u);
  EXPECT_EQ(listener->half_open(), 0u);
}

TEST_F(PeerListenerTest, EachStrangerGetsNothingAndLeavesOneLine) {
  open({.handshake_max = 50ms});
  std::size_t lines = 0;
  for (const core::Bytes& opening : {core::Bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), core::Bytes(64, '\x07'),
                                     core::Bytes("\0\x30", 2) + core::Bytes(48, 'x'), core::Bytes()}) {
    tcp::socket stranger = connect();
    boost::asio::write(stranger, boost::asio::buffer(opening));
    EXPECT_EQ(read_to_end(stranger), "");
    ASSERT_TRUE(run_until([&] { return log_lines() > lines; }));
    EXPECT_EQ(log_lines(), ++lines);
  }
  EXPECT_TRUE(arrived.empty());
}

TEST_F(PeerListenerTest, TheOldestStrangerMakesRoomForTheNextFromItsAddress) {
  open({.half_open_max = 64, .half_open_per_address_max = 3});
  std::vector<tcp::socket> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(connect());
    ASSERT_TRUE(run_until([&] { return listener->half_open() == waiting.size(); }));
  }
  tcp::socket next = connect();
  EXPECT_EQ(read_to_end(waiting[0]), "");
  EXPECT_EQ(log_lines(), 1u);
  EXPECT_EQ(listener->half_open(), 3u);
  waiting.clear();  // they go, and there is room again
  ASSERT_TRUE(run_until([&] { return listener->half_open() == 1; }));
}

TEST_F(PeerListenerTest, ThereIsALimitForAllAddressesTogether) {
  open({.half_open_max = 2, .half_open_per_address_max = 64});
  std::vector<tcp::socket> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.push_back(connect());
    ASSERT_TRUE(run_until([&] { return listener->half_open() == waiting.size(); }));
  }
  tcp::socket next = connect();
  EXPECT_EQ(read_to_end(waiting[0]), "");
  EXPECT_EQ(listener->half_open(), 2u);
}

TEST_F(PeerListenerTest, WhoHasProvedTheClusterSecretKeepsItsPlace) {
  open({.half_open_max = 2, .half_open_per_address_max = 64});
  const auto come_halfway = [&](tcp::socket& socket) {
    SecureHandshake handshake = SecureHandshake::dial(alice, handshake_options([](const PublicKey&) { return true; }));
    boost::asio::write(socket, boost::asio::buffer(handshake.start()->to_send));
    bool answered = false;
    socket.async_wait(tcp::socket::wait_read, [&](auto) { answered = true; });
    return run_until([&] { return answered; });  // message 2: the secret was right
  };
  tcp::socket one = connect(), two = connect();
  ASSERT_TRUE(come_halfway(one));
  tcp::socket stranger = connect();
  EXPECT_EQ(read_to_end(two), "") << "not the older one, which has proved it";
  ASSERT_TRUE(come_halfway(stranger));
  tcp::socket surplus = connect();
  EXPECT_EQ(read_to_end(surplus), "") << "nobody makes room for it";
  EXPECT_EQ(listener->half_open(), 2u);
}

TEST_F(PeerListenerTest, APeerGetsInThroughACrowd) {
  open({.half_open_max = 8, .half_open_per_address_max = 8, .arrivals = {.rate = {1us, 1'000}}});
  std::vector<tcp::socket> crowd;
  for (int i = 0; i < 50; ++i) crowd.push_back(connect());
  bool made = false;
  PeerHandshake::run(connect(), SecureHandshake::dial(alice, handshake_options([](const PublicKey&) { return true; })),
                     10s, [&](core::Result<SecureSession> session, tcp::socket) { made = session.has_value(); });
  for (int i = 0; i < 5; ++i) crowd.push_back(connect());
  ASSERT_TRUE(run_until([&] { return made && !arrived.empty(); }));
}

TEST_F(PeerListenerTest, AnAddressThatComesTooOftenIsClosedAtOnce) {
  open({.arrivals = {.rate = {1h, 3}}});
  std::vector<tcp::socket> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(connect());
  ASSERT_TRUE(run_until([&] { return listener->half_open() == 3; }));
  tcp::socket surplus = connect();
  EXPECT_EQ(read_to_end(surplus), "");
  EXPECT_EQ(listener->half_open(), 3u);
  EXPECT_EQ(log_lines(), 1u);
}

TEST_F(PeerListenerTest, AFloodIsCountedAndDoesNotFillTheLog) {
  open({.arrivals = {.rate = {1h, 1}}, .lines = {1h, 5}, .summary_every = 100ms});
  for (int i = 0; i < 101; ++i) {
    tcp::socket stranger = connect();
    if (i > 0) {
      EXPECT_EQ(read_to_end(stranger), "");
    }
  }
  const auto summaries = [&] {
    return log.text().find(" more connections, the last from 127.0.0.1:") != std::string::npos;
  };
  ASSERT_TRUE(run_until(summaries));
  EXPECT_LT(log_lines(), 15u);
}

TEST_F(PeerListenerTest, ClosingTheDoorSendsThoseInItAway) {
  open();
  tcp::socket waiting = connect();
  ASSERT_TRUE(run_until([&] { return listener->half_open() == 1; }));
  listener.reset();
  EXPECT_EQ(read_to_end(waiting), "");
}

TEST_F(PeerListenerTest, AnAddressThatIsTakenIsAnError) {
  open();
  const auto second = PeerListener::open(
      io, {"127.0.0.1", listener->port()}, bob, {}, [](const PublicKey&) { return true; },
      [](SecureSession, tcp::socket) {});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("127.0.0.1:" + std::to_string(listener->port())), std::string::npos);
}

}  // namespace
}  // namespace skerry::edge
