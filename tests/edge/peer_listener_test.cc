#include "edge/peer_listener.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <boost/asio/write.hpp>
#include <sstream>

#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

class PeerListenerTest : public LoopTest {
 protected:
  PeerListenerTest() {
    before = spdlog::default_logger();
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  }
  ~PeerListenerTest() override { spdlog::set_default_logger(before); }

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
  std::size_t log_lines() const {
    const std::string text = log.str();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  SessionIdentity alice = identity_with('s'), bob = identity_with('s');
  std::shared_ptr<spdlog::logger> before;
  std::ostringstream log;
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

TEST_F(PeerListenerTest, OneMoreThanMayStandInTheDoorIsClosedAtOnce) {
  open({.half_open_max = 64, .half_open_per_address_max = 3});
  std::vector<tcp::socket> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(connect());
  ASSERT_TRUE(run_until([&] { return listener->half_open() == 3; }));
  tcp::socket surplus = connect();
  EXPECT_EQ(read_to_end(surplus), "");
  EXPECT_EQ(log_lines(), 1u);
  waiting.clear();  // they go, and there is room again
  ASSERT_TRUE(run_until([&] { return listener->half_open() == 0; }));
  waiting.push_back(connect());
  ASSERT_TRUE(run_until([&] { return listener->half_open() == 1; }));
}

TEST_F(PeerListenerTest, ThereIsALimitForAllAddressesTogether) {
  open({.half_open_max = 2, .half_open_per_address_max = 64});
  std::vector<tcp::socket> waiting;
  for (int i = 0; i < 2; ++i) waiting.push_back(connect());
  ASSERT_TRUE(run_until([&] { return listener->half_open() == 2; }));
  tcp::socket surplus = connect();
  EXPECT_EQ(read_to_end(surplus), "");
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
