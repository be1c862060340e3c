// Two ends of a connection in one thread, for the tests of streams and sessions.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>
#include <utility>

#include "edge/sealed_stream.h"

namespace skerry::edge {

using boost::asio::ip::tcp;

inline tcp::endpoint any_loopback_port() {
  return {boost::asio::ip::address_v4::loopback(), 0};
}

// Two sockets that are connected to each other.
inline std::pair<tcp::socket, tcp::socket> socket_pair(boost::asio::io_context& io) {
  tcp::acceptor acceptor(io, any_loopback_port());
  tcp::socket dialled(io), answered(io);
  dialled.connect(acceptor.local_endpoint());
  acceptor.accept(answered);
  return {std::move(dialled), std::move(answered)};
}

inline CipherState cipher_of(char key) {
  CipherState cipher;
  cipher.initialize_key(std::string(SecretKey::size, key));
  return cipher;
}

// An io_context with KJ in it, driven until something is so.
class LoopTest : public testing::Test {
 protected:
  // Whether `done` came true in time.  Generous, since the machine may be busy; it is reached only by a failing test.
  bool run_until(const std::function<bool()>& done, std::chrono::seconds limit = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      io.restart();
      if (std::chrono::steady_clock::now() > end) return false;
      io.run_one_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  // Lets everything happen that is ready to.
  void settle() {
    io.restart();
    while (io.poll() > 0) io.restart();
  }

  boost::asio::io_context io;
  RpcLoop loop{io};
};

}  // namespace skerry::edge
