#include "edge/peer_dial.h"

#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;

class PeerDialTest : public LoopTest {
 protected:
  std::shared_ptr<PeerDial> dial(const HostPort& address, PeerDial::Times times = {}) {
    const auto make = [this] {
      ++handshakes;
      return SecureHandshake::dial(alice, handshake_options([](const PublicKey&) { return true; }));
    };
    return PeerDial::run(io, address, times, make, [this](core::Result<SecureSession> made, tcp::socket) {
      outcome = made ? "made" : made.error().detail;
      code = made ? std::nullopt : std::optional(made.error().code);
    });
  }

  SessionIdentity alice = identity_with('s'), bob = identity_with('s');
  int handshakes = 0;
  std::optional<std::string> outcome;
  std::optional<ErrorCode> code;
};

TEST_F(PeerDialTest, ReachesAPeerByAddressAndByName) {
  for (const char* host : {"127.0.0.1", "localhost"}) {
    tcp::acceptor acceptor(io, any_loopback_port());
    SeenDials seen;
    bool answered = false;
    acceptor.async_accept([&](const boost::system::error_code& error, tcp::socket socket) {
      ASSERT_FALSE(error);
      PeerHandshake::run(std::move(socket),
                         SecureHandshake::answer(bob, seen, handshake_options([](const PublicKey&) { return true; })),
                         10s, [&](core::Result<SecureSession> made, tcp::socket) { answered = made.has_value(); });
    });
    outcome.reset();
    dial({host, acceptor.local_endpoint().port()});
    ASSERT_TRUE(run_until([&] { return outcome && answered; }));
    EXPECT_EQ(outcome, "made");
  }
}

TEST_F(PeerDialTest, WhereNobodyListensIsSaidAtOnce) {
  std::uint16_t port = 0;
  {
    tcp::acceptor acceptor(io, any_loopback_port());
    port = acceptor.local_endpoint().port();
  }
  dial({"127.0.0.1", port});
  ASSERT_TRUE(run_until([&] { return outcome.has_value(); }));
  EXPECT_EQ(code, ErrorCode::busy);
  EXPECT_EQ(handshakes, 0);
}

TEST_F(PeerDialTest, AListenerThatSaysNothingIsGivenUp) {
  tcp::acceptor acceptor(io, any_loopback_port());  // the system connects for it, and nobody answers
  dial({"127.0.0.1", acceptor.local_endpoint().port()}, {.connect_max = 5s, .handshake_max = 20ms});
  ASSERT_TRUE(run_until([&] { return outcome.has_value(); }));
  EXPECT_EQ(code, ErrorCode::busy);
  EXPECT_EQ(handshakes, 1);
}

TEST_F(PeerDialTest, CancelledItSaysNothingWhereverItWas) {
  tcp::acceptor acceptor(io, any_loopback_port());
  auto at_once = dial({"127.0.0.1", acceptor.local_endpoint().port()});
  at_once->cancel();
  auto shaking_hands = dial({"127.0.0.1", acceptor.local_endpoint().port()});
  ASSERT_TRUE(run_until([&] { return handshakes == 1; }));
  shaking_hands->cancel();
  settle();
  EXPECT_FALSE(outcome);
}

}  // namespace
}  // namespace skerry::edge
