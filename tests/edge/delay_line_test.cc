#include "edge/delay_line.h"

#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>
#include <vector>

namespace skerry::edge {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 20s;

// A client at one end, a server at the other, a line between them.
class TwoEnds : public testing::Test {
 protected:
  void connect(std::chrono::microseconds one_way, std::chrono::microseconds jitter_max = {}) {
    open_line(one_way, jitter_max);
    dial();
    run_until([this] { return server.has_value(); });
  }

  void open_line(std::chrono::microseconds one_way, std::chrono::microseconds jitter_max = {}) {
    auto opened = DelayLine::open(io, {acceptor.local_endpoint().port(), one_way, jitter_max, 7});
    ASSERT_TRUE(opened.has_value());
    line = std::move(*opened);
    acceptor.async_accept([this](const error_code& error, tcp::socket socket) {
      if (!error) server.emplace(std::move(socket));
    });
  }

  void dial() { client.connect({asio::ip::address_v4::loopback(), line->port()}); }

  template <class Condition>
  void run_until(Condition condition) {
    const auto deadline = Clock::now() + patience;
    while (!condition() && Clock::now() < deadline) io.run_one_until(deadline);
    ASSERT_TRUE(condition());
  }

  // What arrives at the server, and when the last byte of it did.
  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    bool done = false;
    asio::async_read(*server, asio::buffer(bytes), [&](const error_code& error, std::size_t) {
      EXPECT_FALSE(error) << error.message();
      arrived = Clock::now();
      done = true;
    });
    run_until([&] { return done; });
    return bytes;
  }

  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  tcp::socket client{io};
  std::optional<tcp::socket> server;
  std::unique_ptr<DelayLine> line;
  Clock::time_point arrived;
};

TEST_F(TwoEnds, BytesArriveLaterByTheDistance) {
  connect(30ms);
  const auto sent = Clock::now();
  asio::write(client, asio::buffer("ping", 4));
  EXPECT_EQ(receive(4), "ping");
  EXPECT_GE(arrived - sent, 30ms);
}

TEST_F(TwoEnds, TheFirstBytesAlsoWaitForTheConnectionToBeMade) {
  const auto dialled = Clock::now();
  connect(20ms);
  asio::write(client, asio::buffer("x", 1));
  EXPECT_EQ(receive(1), "x");
  EXPECT_GE(arrived - dialled, 60ms);  // there and back, and there
}

TEST_F(TwoEnds, TheWayBackIsAsLong) {
  connect(30ms);
  const auto sent = Clock::now();
  asio::write(*server, asio::buffer("pong", 4));
  std::string bytes(4, '\0');
  bool done = false;
  asio::async_read(client, asio::buffer(bytes), [&](const error_code&, std::size_t) { done = true; });
  run_until([&] { return done; });
  EXPECT_EQ(bytes, "pong");
  EXPECT_GE(Clock::now() - sent, 30ms);
}

TEST_F(TwoEnds, JitterKeepsTheOrder) {
  connect(1ms, 5ms);
  std::string sent;
  bool received = false;
  std::string bytes(200 * 8, '\0');
  asio::async_read(*server, asio::buffer(bytes), [&](const error_code& error, std::size_t) { received = !error; });
  for (int i = 0; i < 200; ++i) {
    std::string piece = std::to_string(10'000'000 + i);
    asio::write(client, asio::buffer(piece));
    sent += piece;
    io.poll();  // so that the line reads in many pieces, each with a delay of its own
  }
  run_until([&] { return received; });
  EXPECT_EQ(bytes, sent);
}

TEST_F(TwoEnds, MoreThanTheLineHoldsStillArrivesWhole) {
  connect(2ms);
  std::string sent(32 << 20, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31 >> 3);
  asio::async_write(client, asio::buffer(sent), [](const error_code& error, std::size_t) { EXPECT_FALSE(error); });
  EXPECT_TRUE(receive(sent.size()) == sent);
}

TEST_F(TwoEnds, ACutIsSilentAndHealingLetsPassWhatWasSent) {
  connect(1ms);
  line->cut();
  asio::write(client, asio::buffer("during", 6));
  Clock::time_point healed;
  asio::steady_timer timer(io, 60ms);
  timer.async_wait([&](const error_code&) {
    healed = Clock::now();
    line->heal();
  });
  EXPECT_EQ(receive(6), "during");
  EXPECT_NE(healed, Clock::time_point());
  EXPECT_GE(arrived, healed);
}

TEST_F(TwoEnds, WhatWasSentDuringACutStillHasToCross) {
  connect(30ms);
  line->cut();
  asio::write(client, asio::buffer("during", 6));
  Clock::time_point healed;
  asio::steady_timer timer(io, 60ms);  // by now it would have arrived
  timer.async_wait([&](const error_code&) {
    healed = Clock::now();
    line->heal();
  });
  EXPECT_EQ(receive(6), "during");
  EXPECT_NE(healed, Clock::time_point());
  EXPECT_GE(arrived - healed, 30ms);
}

TEST_F(TwoEnds, WhoDialsDuringACutWaitsForItsEnd) {
  open_line(1ms);
  line->cut();
  dial();
  asio::write(client, asio::buffer("x", 1));
  Clock::time_point healed;
  asio::steady_timer timer(io, 60ms);
  timer.async_wait([&](const error_code&) {
    EXPECT_FALSE(server.has_value());
    healed = Clock::now();
    line->heal();
  });
  run_until([&] { return server.has_value(); });
  EXPECT_NE(healed, Clock::time_point());
  EXPECT_EQ(receive(1), "x");
}

TEST_F(TwoEnds, AnEndThatClosesIsSeenAtTheOther) {
  connect(5ms);
  asio::write(client, asio::buffer("last", 4));
  client.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(receive(4), "last");
  error_code result;
  char byte;
  asio::async_read(*server, asio::buffer(&byte, 1), [&](const error_code& error, std::size_t) { result = error; });
  run_until([&] { return bool(result); });
  EXPECT_EQ(result, asio::error::eof);
}

TEST_F(TwoEnds, WithNobodyAtTheTargetTheClientIsClosed) {
  open_line(1ms);
  acceptor.close();
  dial();
  error_code result;
  char byte;
  asio::async_read(client, asio::buffer(&byte, 1), [&](const error_code& error, std::size_t) { result = error; });
  run_until([&] { return bool(result); });
}

TEST_F(TwoEnds, ClosingTheLineClosesItsConnections) {
  connect(1ms);
  line.reset();
  error_code result;
  char byte;
  asio::async_read(client, asio::buffer(&byte, 1), [&](const error_code& error, std::size_t) { result = error; });
  run_until([&] { return bool(result); });
}

}  // namespace
}  // namespace skerry::edge
