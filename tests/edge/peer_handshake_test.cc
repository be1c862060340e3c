#include "edge/peer_handshake.h"

#include <boost/asio/write.hpp>

#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using core::Bytes;
using core::ErrorCode;

class PeerHandshakeTest : public LoopTest {
 protected:
  struct Outcome {
    std::optional<core::Result<SecureSession>> session;
    std::optional<tcp::socket> socket;
    bool failed_with(ErrorCode code) const { return session && !*session && session->error().code == code; }
    bool made() const { return session && session->has_value(); }
  };
  PeerHandshake::Done into(Outcome& outcome) {
    return [&outcome](core::Result<SecureSession> session, tcp::socket socket) {
      outcome.session.emplace(std::move(session));
      outcome.socket.emplace(std::move(socket));
    };
  }
  SecureHandshake dial(const SessionIdentity& from, const PublicKey& to) {
    return SecureHandshake::dial(from, handshake_options([to](const PublicKey& key) { return key == to; }));
  }
  SecureHandshake answer(const SessionIdentity& from, const PublicKey& to) {
    return SecureHandshake::answer(from, seen, handshake_options([to](const PublicKey& key) { return key == to; }));
  }

  SessionIdentity alice = identity_with('s'), bob = identity_with('s');
  SeenDials seen;
  Outcome dialled, answered;
};

TEST_F(PeerHandshakeTest, TwoThatKnowEachOtherComeToASession) {
  auto [left, right] = socket_pair(io);
  PeerHandshake::run(std::move(left), dial(alice, bob.key_pair.public_key), 10s, into(dialled));
  PeerHandshake::run(std::move(right), answer(bob, alice.key_pair.public_key), 10s, into(answered));
  EXPECT_FALSE(dialled.session) << "nothing is called before run() has returned";
  ASSERT_TRUE(run_until([&] { return dialled.session && answered.session; }));
  ASSERT_TRUE(dialled.made() && answered.made());
  EXPECT_EQ((*dialled.session)->handshake_hash, (*answered.session)->handshake_hash);
  EXPECT_TRUE(dialled.socket->is_open() && answered.socket->is_open());
}

TEST_F(PeerHandshakeTest, WhatComesRightBehindTheHandshakeIsNotLost) {
  auto [left, right] = socket_pair(io);
  PeerHandshake::run(std::move(right), answer(bob, alice.key_pair.public_key), 10s, into(answered));
  // A dialler whose last message and first record are one write.
  SecureHandshake handshake = dial(alice, bob.key_pair.public_key);
  boost::asio::write(left, boost::asio::buffer(handshake.start()->to_send));
  Bytes message(4096, '\0');
  bool came = false;
  left.async_read_some(boost::asio::buffer(message), [&](auto, std::size_t size) {
    message.resize(size);
    came = true;
  });
  ASSERT_TRUE(run_until([&] { return came; }));
  auto step = handshake.feed(message);
  ASSERT_TRUE(step && step->session);
  Bytes last = step->to_send;
  ASSERT_TRUE(step->session->sealer.seal("hello", last));
  boost::asio::write(left, boost::asio::buffer(last));
  ASSERT_TRUE(run_until([&] { return answered.session.has_value(); }));
  ASSERT_TRUE(answered.made());
  // Read beside the handshake, or still in the socket.
  const std::size_t record = (*answered.session)->early.size();
  EXPECT_TRUE(record == 0 || record == 5 + record_header_size + CipherState::tag_size);
}

TEST_F(PeerHandshakeTest, SilenceIsClosedAfterItsTimeWithoutAByte) {
  auto [left, right] = socket_pair(io);
  PeerHandshake::run(std::move(right), answer(bob, alice.key_pair.public_key), 20ms, into(answered));
  EXPECT_EQ(read_to_end(left), "");
  EXPECT_TRUE(answered.failed_with(ErrorCode::busy));
}

TEST_F(PeerHandshakeTest, OneByteNowAndThenIsNotALongerTime) {
  auto ends = socket_pair(io);
  tcp::socket& left = ends.first;
  PeerHandshake::run(std::move(ends.second), answer(bob, alice.key_pair.public_key), 30ms, into(answered));
  boost::asio::steady_timer drip(io);
  const Bytes preamble = dial(alice, bob.key_pair.public_key).start()->to_send;
  std::size_t sent = 0;
  std::function<void()> next = [&] {
    drip.expires_after(5ms);
    drip.async_wait([&](auto) {
      boost::system::error_code error;
      if (!answered.session && sent < 20) boost::asio::write(left, boost::asio::buffer(&preamble[sent++], 1), error);
      if (!answered.session) next();
    });
  };
  next();
  ASSERT_TRUE(run_until([&] { return answered.session.has_value(); }));
  EXPECT_TRUE(answered.failed_with(ErrorCode::busy));
}

TEST_F(PeerHandshakeTest, ABadFirstMessageIsNotAnswered) {
  SessionIdentity other_secret = identity_with('x'), other_cluster = identity_with('s', "elsewhere");
  const Bytes right_one = dial(alice, bob.key_pair.public_key).start()->to_send;
  Bytes damaged = right_one;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  for (const Bytes& bytes : {dial(other_secret, bob.key_pair.public_key).start()->to_send,
                             dial(other_cluster, bob.key_pair.public_key).start()->to_send, damaged,
                             Bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Bytes(300, '\xee'), right_one + "more",
                             Bytes("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n")}) {
    auto [left, right] = socket_pair(io);
    answered = {};
    PeerHandshake::run(std::move(right), answer(bob, alice.key_pair.public_key), 10s, into(answered));
    boost::asio::write(left, boost::asio::buffer(bytes));
    EXPECT_EQ(read_to_end(left), "") << bytes.substr(0, 30);
    EXPECT_TRUE(answered.session && !*answered.session);
  }
}

TEST_F(PeerHandshakeTest, AWrongStaticKeyLearnsNothingBeyondMessage2) {
  SessionIdentity mallory = identity_with('s');
  auto [left, right] = socket_pair(io);
  PeerHandshake::run(std::move(right), answer(bob, alice.key_pair.public_key), 10s, into(answered));
  SecureHandshake handshake = dial(mallory, bob.key_pair.public_key);
  boost::asio::write(left, boost::asio::buffer(handshake.start()->to_send));
  Bytes message_2(4096, '\0');
  bool came = false;
  left.async_read_some(boost::asio::buffer(message_2), [&](auto, std::size_t size) {
    message_2.resize(size);
    came = true;
  });
  ASSERT_TRUE(run_until([&] { return came; }));
  const auto step = handshake.feed(message_2);
  ASSERT_TRUE(step);
  boost::asio::write(left, boost::asio::buffer(step->to_send));
  EXPECT_EQ(read_to_end(left), "");
  EXPECT_TRUE(answered.failed_with(ErrorCode::refused));
}

TEST_F(PeerHandshakeTest, ADiallerSaysNothingOfItselfToAStranger) {
  SessionIdentity mallory = identity_with('s');
  auto [left, right] = socket_pair(io);
  PeerHandshake::run(std::move(left), dial(alice, bob.key_pair.public_key), 10s, into(dialled));
  PeerHandshake::run(std::move(right), answer(mallory, alice.key_pair.public_key), 10s, into(answered));
  ASSERT_TRUE(run_until([&] { return dialled.session && answered.session; }));
  EXPECT_TRUE(dialled.failed_with(ErrorCode::refused));
  EXPECT_TRUE(answered.failed_with(ErrorCode::io)) << "closed before message 3";
}

TEST_F(PeerHandshakeTest, CancelledItClosesAndSaysNothing) {
  auto [left, right] = socket_pair(io);
  auto handshake = PeerHandshake::run(std::move(right), answer(bob, alice.key_pair.public_key), 10s, into(answered));
  settle();
  handshake->cancel();
  EXPECT_EQ(read_to_end(left), "");
  EXPECT_FALSE(answered.session);
}

}  // namespace
}  // namespace skerry::edge
