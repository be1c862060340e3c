// The door for clients: listens, counts, refuses beyond the cap.  Each connection is a ClientLink.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <vector>

#include "core/result.h"
#include "edge/arrival_rate.h"
#include "edge/client_link.h"

namespace skerry::edge {

class Clients {
 public:
  // All arguments outlive this.
  Clients(Node& node, Commands& commands);
  ~Clients();  // closes all

  // Takes connections at `address` (port 0: any) from now on; the port.  May be called for several addresses.
  // Fails when the address cannot be had, and says why.
  core::Result<std::uint16_t> listen(const boost::asio::ip::tcp::endpoint& address);

  // Takes no more connections and runs no more requests; answers that are on their way still leave.
  void stop();

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;
  void accept(Acceptor& acceptor);
  void accepted(boost::asio::ip::tcp::socket socket);

  Node& node_;
  Commands& commands_;
  ClientCommons commons_;
  std::list<Acceptor> acceptors_;
  std::vector<std::weak_ptr<ClientLink>> links_;
  boost::asio::steady_timer pause_;
  Pace accept_pace_;
  bool stopped_ = false;
};

}  // namespace skerry::edge
