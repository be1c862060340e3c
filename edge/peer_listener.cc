#include "edge/peer_listener.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "edge/listening.h"
#include "edge/peer_dial.h"
#include "edge/system.h"

namespace skerry::edge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using core::ErrorCode;
using core::Result;

namespace {

// A connection whose handshake is not done.
struct Standing {
  asio::ip::address network;
  std::string address;
  std::shared_ptr<PeerHandshake> handshake;
};

// Why accepting fails, most likely: no file descriptor is left.  It is not news each time.
constexpr auto accept_pause = std::chrono::milliseconds(100);
constexpr Rate accept_lines{std::chrono::minutes(1), 1};

}  // namespace

// Kept by Asio's handlers, which do nothing once it is closed.
struct PeerListener::Door : std::enable_shared_from_this<Door> {
  Door(asio::io_context& io, tcp::acceptor listening, const SessionIdentity& own_identity, Options own_options,
       SecureHandshake::AcceptPeer accept_peer, Arrived peer_arrived)
      : acceptor(std::move(listening)),
        pause(io),
        summary(io),
        identity(own_identity),
        options(own_options),
        accept(std::move(accept_peer)),
        arrived(std::move(peer_arrived)),
        arrivals(options.arrivals) {}

  void await_next();
  void came(tcp::socket socket);
  std::size_t standing_from(const asio::ip::address& network) const;
  bool make_room(const asio::ip::address& network);
  void shake_hands(tcp::socket socket, Standing standing);
  void came_to_nothing(const std::string& address, const std::string& reason);
  void summarize();
  void close();

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  asio::steady_timer summary;
  const SessionIdentity& identity;
  const Options options;
  SecureHandshake::AcceptPeer accept;
  Arrived arrived;
  SeenDials seen;
  bool closed = false;
  std::uint64_t last_number = 0;
  std::map<std::uint64_t, Standing> half_open;  // the oldest first
  ArrivalRate arrivals;
  Pace accept_pace;
  Pace lines;
  std::size_t without_line = 0;  // since the last summary
  std::string last_without_line;
};

void PeerListener::Door::await_next() {
  acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (self->closed) return;
    if (!error) {
      self->came(std::move(socket));
      return self->await_next();
    }
    // Others must go before anybody can come.
    if (self->accept_pace.admits(accept_lines, SystemClock().instant()))
      spdlog::warn("cannot accept connections of peers for now: {}", error.message());
    self->pause.expires_after(accept_pause);
    self->pause.async_wait([self](const error_code& cancelled) {
      if (!cancelled && !self->closed) self->await_next();
    });
  });
}

void PeerListener::Door::came(tcp::socket socket) {
  error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  if (error) return;  // it has gone already
  Standing standing{network_of(endpoint.address()), address_of(socket), nullptr};
  if (!arrivals.admits(standing.network, SystemClock().instant()))
    return came_to_nothing(standing.address, "too many come from there");
  if (!make_room(standing.network)) return came_to_nothing(standing.address, "too many handshakes are under way");
  shake_hands(std::move(socket), std::move(standing));
}

std::size_t PeerListener::Door::standing_from(const asio::ip::address& network) const {
  return static_cast<std::size_t>(std::count_if(half_open.begin(), half_open.end(),
                                                [&](const auto& entry) { return entry.second.network == network; }));
}

// Whether one more may stand in the door.  At the limit of its network only a stranger from there makes room for it.
bool PeerListener::Door::make_room(const asio::ip::address& network) {
  const bool crowded_there = standing_from(network) >= options.half_open_per_address_max;
  if (!crowded_there && half_open.size() < options.half_open_max) return true;
  const auto gives_way = [&](const auto& entry) {
    return !entry.second.handshake->secret_proved() && (!crowded_there || entry.second.network == network);
  };
  const auto oldest = std::find_if(half_open.begin(), half_open.end(), gives_way);
  if (oldest == half_open.end()) return false;
  oldest->second.handshake->cancel();
  came_to_nothing(oldest->second.address, "others wanted its place, and it had not shown the cluster secret");
  half_open.erase(oldest);
  return true;
}

void PeerListener::Door::shake_hands(tcp::socket socket, Standing standing) {
  prepare(socket);
  const std::uint64_t number = ++last_number;
  SecureHandshake handshake = SecureHandshake::answer(
      identity, seen, {.ephemeral = generate_private_key(), .accept = accept, .records = {}, .versions = {}});
  standing.handshake =
      PeerHandshake::run(std::move(socket), std::move(handshake), options.handshake_max,
                         [self = shared_from_this(), number](Result<SecureSession> session, tcp::socket done) {
                           const std::string address = self->half_open.extract(number).mapped().address;
                           if (session) return self->arrived(std::move(*session), std::move(done));
                           self->came_to_nothing(address, session.error().detail);
                         });
  half_open.emplace(number, std::move(standing));
}

// A flood must not fill the log: beyond a few lines it is counted.
void PeerListener::Door::came_to_nothing(const std::string& address, const std::string& reason) {
  if (lines.admits(options.lines, SystemClock().instant()))
    return spdlog::warn("closed a connection from {}: {}", address, reason);
  last_without_line = address + ": " + reason;
  if (without_line++ > 0) return;
  summary.expires_after(options.summary_every);
  summary.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && !self->closed) self->summarize();
  });
}

void PeerListener::Door::summarize() {
  spdlog::warn("closed {} more connections, the last from {}", std::exchange(without_line, 0), last_without_line);
}

void PeerListener::Door::close() {
  closed = true;
  error_code ignored;  // nobody uses it any more
  acceptor.close(ignored);
  pause.cancel();
  summary.cancel();
  for (const auto& [number, standing] : half_open) standing.handshake->cancel();
  half_open.clear();
}

Result<std::unique_ptr<PeerListener>> PeerListener::open(asio::io_context& io, const HostPort& address,
                                                         const SessionIdentity& identity, Options options,
                                                         SecureHandshake::AcceptPeer accept, Arrived arrived) {
  const Result<tcp::endpoint> endpoint = endpoint_of(io, address);
  if (!endpoint) return core::failure(endpoint);
  Result<tcp::acceptor> acceptor = listen_at(io, *endpoint);
  if (!acceptor) return core::failure(acceptor);
  auto door =
      std::make_shared<Door>(io, std::move(*acceptor), identity, options, std::move(accept), std::move(arrived));
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
