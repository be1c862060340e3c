#include "edge/clients.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>

namespace skerry::edge {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// When no descriptor is left, accepting again at once would only spin.
constexpr auto accept_pause = std::chrono::milliseconds(100);

}  // namespace

Clients::Clients(Node& node, Commands& commands)
    : node_(node), commands_(commands), commons_(node), pause_(node.io()) {}

Clients::~Clients() {
  stop();
  for (const std::weak_ptr<ClientLink>& each : links_) {
    if (const auto link = each.lock()) link->close();
  }
}

core::Result<std::uint16_t> Clients::listen(const tcp::endpoint& address) {
  Acceptor acceptor(node_.io());
  error_code error;
  acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) {
    return core::fail(core::ErrorCode::io, "cannot listen at " + address.address().to_string() + " port " +
                                               std::to_string(address.port()) + ": " + error.message());
  }
  const std::uint16_t port = acceptor.local_endpoint(error).port();
  acceptors_.push_back(std::move(acceptor));
  accept(acceptors_.back());
  return port;
}

void Clients::accept(Acceptor& acceptor) {
  acceptor.async_accept([this, &acceptor](const error_code& error, tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted || stopped_) return;
    if (!error) {
      accepted(std::move(socket));
      return accept(acceptor);
    }
    spdlog::warn("cannot take a client's connection: {}", error.message());
    pause_.expires_after(accept_pause);
    pause_.async_wait([this, &acceptor](const error_code& cancelled) {
      if (!cancelled && !stopped_) accept(acceptor);
    });
  });
}

void Clients::accepted(tcp::socket socket) {
  if (commands_.sessions().size() >= commands_.facts().clients_max) {
    constexpr BytesView refusal = "-ERR max number of clients reached\r\n";
    ++commands_.client_counters().connections_refused;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(refusal), ignored);
    return;
  }
  const auto link = std::make_shared<ClientLink>(std::move(socket), node_, commands_, commons_);
  std::erase_if(links_, [](const std::weak_ptr<ClientLink>& each) { return each.expired(); });
  links_.push_back(link);
  link->start();
}

void Clients::stop() {
  stopped_ = true;
  pause_.cancel();
  for (Acceptor& acceptor : acceptors_) {
    error_code ignored;
    acceptor.close(ignored);
  }
  for (const std::weak_ptr<ClientLink>& each : links_) {
    if (const auto link = each.lock()) link->finish();
  }
}

}  // namespace skerry::edge
