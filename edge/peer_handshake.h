// The handshake over a socket: done in time, or the socket is closed without another byte.
#pragma once

#include <utility>  // before Asio: Boost 1.74 uses std::exchange without it

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "edge/secure_session.h"

namespace skerry::edge {

// One thread.  Asio's handlers keep it alive until it is done or cancelled.
class PeerHandshake : public std::enable_shared_from_this<PeerHandshake> {
 public:
  // Called once from the loop: with the session and its socket, or with why there is none.
  using Done = std::function<void(core::Result<SecureSession> session, boost::asio::ip::tcp::socket socket)>;

  // `handshake` must not have been started; it begins at once.
  static std::shared_ptr<PeerHandshake> run(boost::asio::ip::tcp::socket socket, SecureHandshake handshake,
                                            std::chrono::milliseconds time_max, Done done);
  // Closes the socket; `done` is not called.
  void cancel();
  // Of a handshake that answers: see SecureHandshake.
  bool secret_proved() const { return handshake_.secret_proved(); }

  PeerHandshake(boost::asio::ip::tcp::socket socket, SecureHandshake handshake, Done done);

 private:
  void begin(std::chrono::milliseconds time_max);
  void advance(core::Result<HandshakeStep> step);
  void send(core::Bytes bytes);
  void receive();
  void finish(core::Result<SecureSession> session);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  SecureHandshake handshake_;
  Done done_;  // empty when it was called or must not be any more
  core::Bytes sending_;
  std::array<char, handshake_message_max> received_;
  std::optional<SecureSession> session_;  // as soon as our last message has been sent, it is over
};

// "127.0.0.1:7600", or what the system says instead.
std::string address_of(const boost::asio::ip::tcp::socket& socket);

}  // namespace skerry::edge
