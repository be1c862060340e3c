#include "edge/listening.h"

namespace skerry::edge {

using boost::asio::ip::tcp;
using boost::system::error_code;
using core::ErrorCode;
using core::Result;

namespace {

Result<tcp::acceptor> bind_to(boost::asio::io_context& io, const tcp::endpoint& endpoint) {
  error_code error;
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) return acceptor;
  return core::fail(ErrorCode::io, "cannot listen at " + to_text({endpoint.address().to_string(), endpoint.port()}) +
                                       " (" + error.message() + ")");
}

}  // namespace

Result<tcp::endpoint> endpoint_of(boost::asio::io_context& io, const HostPort& address) {
  error_code error;
  const auto numeric = boost::asio::ip::make_address(address.host, error);
  if (!error) return tcp::endpoint(numeric, address.port);
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
  if (!error && !found.empty()) return found.begin()->endpoint();
  return core::fail(ErrorCode::invalid, "cannot look up '" + address.host + "' (" + error.message() +
                                            "); accepted is a name or an address of this machine");
}

Result<tcp::acceptor> listen_at(boost::asio::io_context& io, const tcp::endpoint& endpoint) {
  Result<tcp::acceptor> acceptor = bind_to(io, endpoint);
  if (!acceptor) return acceptor;
  error_code error;
  acceptor->listen(tcp::acceptor::max_listen_connections, error);
  if (!error) return acceptor;
  return core::fail(ErrorCode::io, "cannot listen at " + to_text({endpoint.address().to_string(), endpoint.port()}) +
                                       " (" + error.message() + ")");
}

Result<void> may_listen_at(boost::asio::io_context& io, const tcp::endpoint& endpoint) {
  const Result<tcp::acceptor> acceptor = bind_to(io, endpoint);
  return acceptor ? Result<void>() : core::failure(acceptor);
}

}  // namespace skerry::edge
