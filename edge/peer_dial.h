// One try to reach a peer: look it up, connect, shake hands; done in time or given up.
#pragma once

#include "edge/host_port.h"
#include "edge/peer_handshake.h"

namespace skerry::edge {

// One thread.  Asio's handlers keep it alive until it is done or cancelled.
class PeerDial : public std::enable_shared_from_this<PeerDial> {
 public:
  struct Times {
    std::chrono::milliseconds connect_max{5'000};
    std::chrono::milliseconds handshake_max{5'000};
  };
  // Makes the handshake once the connection stands.
  using MakeHandshake = std::function<SecureHandshake()>;

  // Begins at once; `done` is called once from the loop: `busy` if the peer could not be reached, otherwise what the
  // handshake says.
  static std::shared_ptr<PeerDial> run(boost::asio::io_context& io, const HostPort& address, Times times,
                                       MakeHandshake make_handshake, PeerHandshake::Done done);
  // Gives up; `done` is not called.
  void cancel();

  PeerDial(boost::asio::io_context& io, Times times, MakeHandshake make_handshake, PeerHandshake::Done done);

 private:
  using tcp = boost::asio::ip::tcp;

  void begin(const HostPort& address);
  void connect(std::vector<tcp::endpoint> endpoints);
  void connected();
  void fail(const std::string& what, const boost::system::error_code& error);

  tcp::resolver resolver_;
  tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  Times times_;
  MakeHandshake make_handshake_;
  PeerHandshake::Done done_;  // empty when it was called, passed on or must not be called any more
  std::shared_ptr<PeerHandshake> handshake_;
};

// A session's socket: small messages leave at once, and a connection whose other end has vanished is given up.
void prepare(boost::asio::ip::tcp::socket& socket);

}  // namespace skerry::edge
