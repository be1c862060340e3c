// The door for peers: accepts connections and shakes hands, and lets nobody wait in it for long.  A stranger gets no
// byte; each connection that comes to nothing leaves one line in the log, and a flood of them one line together.
//
// However many strangers come, a peer gets in: whoever has not proved the cluster secret makes room for the next, the
// oldest first, and a peer proves it with its first bytes.
#pragma once

#include "edge/arrival_rate.h"
#include "edge/host_port.h"
#include "edge/peer_handshake.h"

namespace skerry::edge {

class PeerListener {
 public:
  struct Options {
    // Somebody who says nothing is to be gone within 5 s; the half second is the loop's and the closing's.
    std::chrono::milliseconds handshake_max{4'500};
    // Connections whose handshake is not done: in all, and of one address (of IPv6, one network).
    std::size_t half_open_max = 64;
    std::size_t half_open_per_address_max = 8;
    // An address that comes more often is closed at once.
    ArrivalRate::Options arrivals{};
    // How often a connection that came to nothing gets a line of its own, and how often the others one together.
    Rate lines{std::chrono::seconds(2), 16};
    std::chrono::milliseconds summary_every{10'000};
  };
  // A peer has proved who it is.
  using Arrived = std::function<void(SecureSession session, boost::asio::ip::tcp::socket socket)>;

  // Fails as endpoint_of and listen_at do (edge/listening.h).  `io` and `identity` outlive the listener.
  static core::Result<std::unique_ptr<PeerListener>> open(boost::asio::io_context& io, const HostPort& address,
                                                          const SessionIdentity& identity, Options options,
                                                          SecureHandshake::AcceptPeer accept, Arrived arrived);
  // Closes the door and all who stand in it.
  ~PeerListener();

  std::uint16_t port() const;
  std::size_t half_open() const;

 private:
  struct Door;
  explicit PeerListener(std::shared_ptr<Door> door);
  std::shared_ptr<Door> door_;
};

}  // namespace skerry::edge
