// Where a node listens: looked up, and taken.
#pragma once

#include <utility>  // before Asio: Boost 1.74 uses std::exchange without it

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "core/result.h"
#include "edge/host_port.h"

namespace skerry::edge {

// At start-up only: a name is looked up, which may take long.  `invalid` if there is no such host.
core::Result<boost::asio::ip::tcp::endpoint> endpoint_of(boost::asio::io_context& io, const HostPort& address);

// Connections wait to be accepted from now on.  `io` if the address cannot be had, for example since it is taken.
core::Result<boost::asio::ip::tcp::acceptor> listen_at(boost::asio::io_context& io,
                                                       const boost::asio::ip::tcp::endpoint& endpoint);

// Whether listen_at would succeed at this moment; nobody notices the question.
core::Result<void> may_listen_at(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace skerry::edge
