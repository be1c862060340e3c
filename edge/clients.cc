#include "edge/clients.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>

#include "edge/listening.h"

namespace skerry::edge {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// When no descriptor is left, accepting again at once would only spin, and it is not news each time.
constexpr auto accept_pause = std::chrono::milliseconds(100);
constexpr Rate accept_lines{std::chrono::minutes(1), 1};

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
  core::Result<Acceptor> acceptor = listen_at(node_.io(), address);
  if (!acceptor) return core::failure(acceptor);
  error_code ignored;  // it has been bound
  const std::uint16_t port = acceptor->local_endpoint(ignored).port();
  acceptors_.push_back(std::move(*acceptor));
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
    if (accept_pace_.admits(accept_lines, node_.now().instant))
      spdlog::warn("cannot take connections of clients for now: {}", error.message());
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
