#include "edge/peer_listener.h"

#include <spdlog/spdlog.h>

#include "edge/peer_dial.h"

namespace skerry::edge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using core::ErrorCode;
using core::Result;

// Kept by Asio's handlers, which do nothing once it is closed.
struct PeerListener::Door : std::enable_shared_from_this<Door> {
  Door(asio::io_context& io, const SessionIdentity& own_identity, Options own_options,
       SecureHandshake::AcceptPeer accept_peer, Arrived peer_arrived)
      : acceptor(io),
        pause(io),
        identity(own_identity),
        options(own_options),
        accept(std::move(accept_peer)),
        arrived(std::move(peer_arrived)) {}

  Result<void> listen(const HostPort& address);
  void await_next();
  void came(tcp::socket socket);
  void went(std::uint64_t number, const asio::ip::address& from);
  void close();

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  const SessionIdentity& identity;
  const Options options;
  SecureHandshake::AcceptPeer accept;
  Arrived arrived;
  SeenDials seen;
  bool closed = false;
  std::uint64_t last_number = 0;
  std::map<std::uint64_t, std::shared_ptr<PeerHandshake>> half_open;
  std::map<asio::ip::address, std::size_t> half_open_from;
};

Result<void> PeerListener::Door::listen(const HostPort& address) {
  const auto failed = [&](const error_code& error) {
    return core::fail(ErrorCode::io, "cannot listen for peers on " + to_text(address) + " (" + error.message() + ")");
  };
  error_code error;
  const asio::ip::address numeric = asio::ip::make_address(address.host, error);
  tcp::endpoint endpoint(numeric, address.port);
  if (error) {
    tcp::resolver resolver(acceptor.get_executor());  // at start-up; later nothing is looked up here
    const auto found = resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
    if (error || found.empty()) return failed(error);
    endpoint = found.begin()->endpoint();
  }
  if (acceptor.open(endpoint.protocol(), error)) return failed(error);
  if (acceptor.set_option(tcp::acceptor::reuse_address(true), error)) return failed(error);
  if (acceptor.bind(endpoint, error)) return failed(error);
  if (acceptor.listen(tcp::acceptor::max_listen_connections, error)) return failed(error);
  return {};
}

void PeerListener::Door::await_next() {
  acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (self->closed) return;
    if (!error) {
      self->came(std::move(socket));
      return self->await_next();
    }
    // Out of file descriptors, most likely: others must go before anybody can come.
    spdlog::warn("cannot accept a peer's connection: {}", error.message());
    self->pause.expires_after(std::chrono::milliseconds(100));
    self->pause.async_wait([self](const error_code& cancelled) {
      if (!cancelled && !self->closed) self->await_next();
    });
  });
}

void PeerListener::Door::came(tcp::socket socket) {
  error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  if (error) return;  // it has gone already
  const asio::ip::address from = endpoint.address();
  const std::string address = address_of(socket);
  const auto waiting = half_open_from.find(from);
  const std::size_t from_there = waiting == half_open_from.end() ? 0 : waiting->second;
  if (half_open.size() >= options.half_open_max || from_there >= options.half_open_per_address_max) {
    spdlog::warn("closed a connection from {}: too many handshakes are under way", address);
    return;
  }
  prepare(socket);
  const std::uint64_t number = ++last_number;
  ++half_open_from[from];
  SecureHandshake handshake = SecureHandshake::answer(
      identity, seen, {.ephemeral = generate_private_key(), .accept = accept, .records = {}, .versions = {}});
  half_open[number] = PeerHandshake::run(
      std::move(socket), std::move(handshake), options.handshake_max,
      [self = shared_from_this(), number, from, address](Result<SecureSession> session, tcp::socket done) {
        self->went(number, from);
        if (session) return self->arrived(std::move(*session), std::move(done));
        spdlog::warn("closed a connection from {}: {}", address, session.error().detail);
      });
}

void PeerListener::Door::went(std::uint64_t number, const asio::ip::address& from) {
  half_open.erase(number);
  const auto there = half_open_from.find(from);
  if (--there->second == 0) half_open_from.erase(there);
}

void PeerListener::Door::close() {
  closed = true;
  error_code ignored;  // nobody uses it any more
  acceptor.close(ignored);
  pause.cancel();
  for (const auto& [number, handshake] : half_open) handshake->cancel();
  half_open.clear();
}

Result<std::unique_ptr<PeerListener>> PeerListener::open(asio::io_context& io, const HostPort& address,
                                                         const SessionIdentity& identity, Options options,
                                                         SecureHandshake::AcceptPeer accept, Arrived arrived) {
  auto door = std::make_shared<Door>(io, identity, options, std::move(accept), std::move(arrived));
  if (const Result<void> listening = door->listen(address); !listening) {
    return tl::make_unexpected(listening.error());
  }
  door->await_next();
  return std::unique_ptr<PeerListener>(new PeerListener(std::move(door)));
}

PeerListener::PeerListener(std::shared_ptr<Door> door) : door_(std::move(door)) {}
PeerListener::~PeerListener() {
  door_->close();
}

std::uint16_t PeerListener::port() const {
  error_code ignored;  // it is open
  return door_->acceptor.local_endpoint(ignored).port();
}

std::size_t PeerListener::half_open() const {
  return door_->half_open.size();
}

}  // namespace skerry::edge
