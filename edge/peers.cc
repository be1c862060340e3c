#include "edge/peers.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace skerry::edge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using core::BytesView;
using core::ErrorCode;
using core::Result;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t reasons_told_max = 16;

// One configured peer and the way to it.
struct Peer {
  Peer(asio::io_context& io, PeerConfig own_config, Backoff own_backoff)
      : config(std::move(own_config)), backoff(own_backoff), redial(io) {}

  PeerConfig config;
  Backoff backoff;
  asio::steady_timer redial;
  std::shared_ptr<PeerDial> dial;  // while a try is under way
  std::unique_ptr<PeerLink> link;
  std::string link_address;
  Clock::time_point up_since{};  // of the link, once frames may pass
  bool cut = false;
  bool refused = false;  // the last try met somebody else
  std::string last_error;
  std::vector<std::string> told;  // the reasons that have had their line since the last session
  std::uint64_t sessions = 0;
  std::uint64_t bytes_sent_before = 0;  // by links that are gone
  std::uint64_t bytes_received_before = 0;
};

enum class Initiator { us, peer };

struct Arrival {
  SecureSession session;
  tcp::socket socket;
  Initiator initiator;
};

}  // namespace

struct Peers::Insides : std::enable_shared_from_this<Insides> {
  Insides(RpcLoop& own_loop, SessionIdentity own_identity, LinkEvents own_events, Options own_options);

  Result<void> open();
  void close();
  Peer* named(BytesView name);
  Peer* holding(const PublicKey& key);
  Peer* linked(sync::LinkId id);

  void dial(Peer& peer);
  void dial_after(Peer& peer, std::chrono::milliseconds wait);
  void dial_failed(Peer& peer, const core::Error& error);
  void arrived(Peer& peer, Arrival arrival);
  bool is_preferred(const Peer& peer, Initiator initiator) const;
  void start(Peer& peer, Arrival arrival);
  void found(sync::LinkId id, const std::vector<core::Space>& spaces);
  void ended(Peer& peer, sync::LinkId id, const std::string& reason);
  void drop_link(Peer& peer, const std::string& reason);
  PeerReport report(const Peer& peer) const;

  RpcLoop& loop;
  const SessionIdentity identity;
  const LinkEvents events;  // the node's
  LinkEvents link_events;   // the same, of which we hear too
  const Options options;
  std::vector<std::unique_ptr<Peer>> peers;
  std::unique_ptr<PeerListener> listener;
  std::uint64_t last_link = 0;
};

Peers::Insides::Insides(RpcLoop& own_loop, SessionIdentity own_identity, LinkEvents own_events, Options own_options)
    : loop(own_loop),
      identity(std::move(own_identity)),
      events(std::move(own_events)),
      link_events(events),
      options(std::move(own_options)) {
  core::Random random(options.seed);
  for (const PeerConfig& config : options.peers) {
    peers.push_back(std::make_unique<Peer>(loop.io(), config, Backoff(options.backoff, random.next())));
  }
  link_events.found = [this](sync::LinkId id, const std::vector<core::Space>& spaces) { found(id, spaces); };
}

Result<void> Peers::Insides::open() {
  if (options.listen) {
    const auto accept = [self = weak_from_this()](const PublicKey& key) {
      const auto insides = self.lock();
      return insides != nullptr && insides->holding(key) != nullptr;
    };
    const auto came = [self = weak_from_this()](SecureSession session, tcp::socket socket) {
      const auto insides = self.lock();
      if (insides == nullptr) return;
      Peer& peer = *insides->holding(session.peer);
      insides->arrived(peer, {std::move(session), std::move(socket), Initiator::peer});
    };
    Result<std::unique_ptr<PeerListener>> opened =
        PeerListener::open(loop.io(), *options.listen, identity, options.listener, accept, came);
    if (!opened) return tl::make_unexpected(opened.error());
    listener = std::move(*opened);
  }
  for (const std::unique_ptr<Peer>& peer : peers) {
    // Who will lose when both dial at once lets the other go first.
    const bool first = is_preferred(*peer, Initiator::us);
    dial_after(*peer, first ? std::chrono::milliseconds(0) : peer->backoff.next());
  }
  return {};
}

void Peers::Insides::close() {
  listener.reset();
  for (const std::unique_ptr<Peer>& peer : peers) {
    peer->redial.cancel();
    if (peer->dial != nullptr) peer->dial->cancel();
    peer->link.reset();
  }
}

Peer* Peers::Insides::named(BytesView name) {
  for (const auto& peer : peers) {
    if (peer->config.name == name) return peer.get();
  }
  return nullptr;
}

Peer* Peers::Insides::holding(const PublicKey& key) {
  for (const auto& peer : peers) {
    if (peer->config.public_key == key) return peer.get();
  }
  return nullptr;
}

Peer* Peers::Insides::linked(sync::LinkId id) {
  for (const auto& peer : peers) {
    if (peer->link != nullptr && peer->link->options().id == id) return peer.get();
  }
  return nullptr;
}

// --- coming to a session

void Peers::Insides::dial_after(Peer& peer, std::chrono::milliseconds wait) {
  if (!peer.config.address || peer.cut) return;
  peer.redial.expires_after(wait);
  peer.redial.async_wait([self = weak_from_this(), &peer](const error_code& error) {
    const auto insides = self.lock();
    if (!error && insides != nullptr) insides->dial(peer);
  });
}

void Peers::Insides::dial(Peer& peer) {
  if (peer.cut || peer.link != nullptr || peer.dial != nullptr) return;
  // The key is known before message 3 is sent, so a stranger at that address learns nothing of us.
  const auto accept = [key = peer.config.public_key](const PublicKey& proved) { return proved == key; };
  const auto make_handshake = [this, accept] {
    return SecureHandshake::dial(
        identity, {.ephemeral = generate_private_key(), .accept = accept, .records = {}, .versions = {}});
  };
  peer.dial = PeerDial::run(loop.io(), *peer.config.address, options.dial, make_handshake,
                            [self = weak_from_this(), &peer](Result<SecureSession> session, tcp::socket socket) {
                              const auto insides = self.lock();
                              if (insides == nullptr) return;
                              peer.dial = nullptr;
                              if (!session) return insides->dial_failed(peer, session.error());
                              peer.refused = false;
                              insides->arrived(peer, {std::move(*session), std::move(socket), Initiator::us});
                            });
}

// One line for each new reason since the last session, not for each try, also where two take turns; and none when the
// peer is just away, which may be for months.
void Peers::Insides::dial_failed(Peer& peer, const core::Error& error) {
  peer.refused = error.code == ErrorCode::refused;
  const bool known = std::find(peer.told.begin(), peer.told.end(), error.detail) != peer.told.end();
  const bool news = error.code != ErrorCode::busy && !known && peer.told.size() < reasons_told_max;
  if (news) peer.told.push_back(error.detail);
  const auto level = news ? spdlog::level::warn : spdlog::level::debug;
  spdlog::log(level, "peer {} at {}: {}", peer.config.name, to_text(*peer.config.address), error.detail);
  peer.last_error = error.detail;
  dial_after(peer, peer.backoff.next());
}

// When both dial at once there are two connections, and both sides must keep the same one.
bool Peers::Insides::is_preferred(const Peer& peer, Initiator initiator) const {
  const bool ours_is_smaller = identity.key_pair.public_key < peer.config.public_key;
  return ours_is_smaller == (initiator == Initiator::us);
}

void Peers::Insides::arrived(Peer& peer, Arrival arrival) {
  if (peer.cut) return;
  if (peer.link != nullptr) {
    const Initiator current = peer.link->options().dialled ? Initiator::us : Initiator::peer;
    if (is_preferred(peer, current) && !is_preferred(peer, arrival.initiator)) return;
    drop_link(peer, "a newer connection takes its place");
  }
  start(peer, std::move(arrival));
}

void Peers::Insides::start(Peer& peer, Arrival arrival) {
  peer.redial.cancel();
  peer.link_address = address_of(arrival.socket);
  const sync::LinkId id{++last_link};
  const PeerLink::Options link_options{id, options.spaces, arrival.initiator == Initiator::us, options.link};
  peer.link =
      std::make_unique<PeerLink>(loop, link_events, link_options, std::move(arrival.session), std::move(arrival.socket),
                                 [this, &peer, id](const std::string& reason) { ended(peer, id, reason); });
}

void Peers::Insides::found(sync::LinkId id, const std::vector<core::Space>& spaces) {
  if (Peer* const peer = linked(id)) {
    peer->up_since = Clock::now();
    ++peer->sessions;
    peer->last_error.clear();
    peer->told.clear();
    spdlog::info("peer {}: session up, {} {}", peer->config.name,
                 peer->link->options().dialled ? "we dialled" : "dialled from", peer->link_address);
  }
  events.found(id, spaces);
}

// --- parting

// The link must not go while it is talking to us.
void Peers::Insides::ended(Peer& peer, sync::LinkId id, const std::string& reason) {
  asio::post(loop.io(), [self = weak_from_this(), &peer, id, reason] {
    const auto insides = self.lock();
    if (insides == nullptr || peer.link == nullptr || peer.link->options().id != id) return;
    const bool was_up = peer.up_since != Clock::time_point();
    insides->drop_link(peer, reason);
    const std::chrono::milliseconds wait = peer.backoff.next();
    insides->dial_after(peer, was_up ? wait : std::min(wait, insides->options.parted_wait_max));
  });
}

void Peers::Insides::drop_link(Peer& peer, const std::string& reason) {
  const bool was_up = peer.up_since != Clock::time_point();
  if (was_up && Clock::now() - peer.up_since >= options.good_after) peer.backoff.reset();
  spdlog::log(was_up ? spdlog::level::info : spdlog::level::debug, "peer {}: session ended: {}", peer.config.name,
              reason);
  peer.last_error = reason;
  peer.up_since = {};
  peer.bytes_sent_before += peer.link->bytes_sent();
  peer.bytes_received_before += peer.link->bytes_received();
  peer.link.reset();
}

PeerReport Peers::Insides::report(const Peer& peer) const {
  using State = PeerReport::State;
  PeerReport report;
  report.name = peer.config.name;
  report.address = peer.link != nullptr ? peer.link_address : peer.config.address ? to_text(*peer.config.address) : "";
  const bool up = peer.link != nullptr && peer.link->up();
  report.state = peer.cut ? State::cut : up ? State::connected : peer.refused ? State::refused : State::connecting;
  report.last_error = peer.last_error;
  report.sessions = peer.sessions;
  report.bytes_sent = peer.bytes_sent_before;
  report.bytes_received = peer.bytes_received_before;
  if (peer.link == nullptr) return report;
  report.bytes_queued = peer.link->bytes_queued();
  report.bytes_sent += peer.link->bytes_sent();
  report.bytes_received += peer.link->bytes_received();
  if (!up) return report;
  report.round_trip = peer.link->round_trip();
  report.link = peer.link->options().id;
  return report;
}

// --- the peers

Result<std::unique_ptr<Peers>> Peers::open(RpcLoop& loop, SessionIdentity identity, LinkEvents events,
                                           Options options) {
  if (options.peers.size() > sync::links_max) {
    return core::fail(ErrorCode::invalid, "a node may have at most " + std::to_string(sync::links_max) + " peers");
  }
  auto insides = std::make_shared<Insides>(loop, std::move(identity), std::move(events), std::move(options));
  if (const Result<void> opened = insides->open(); !opened) return tl::make_unexpected(opened.error());
  return std::unique_ptr<Peers>(new Peers(std::move(insides)));
}

Peers::Peers(std::shared_ptr<Insides> insides) : insides_(std::move(insides)) {}
Peers::~Peers() {
  insides_->close();
}

std::function<void(sync::Frame frame)> Peers::sink() {
  return [weak = std::weak_ptr(insides_)](sync::Frame frame) {
    const auto insides = weak.lock();
    Peer* const peer = insides != nullptr ? insides->linked(frame.to) : nullptr;
    if (peer != nullptr) peer->link->send(frame.space, std::move(frame.bytes));
  };
}

std::vector<PeerReport> Peers::report() const {
  std::vector<PeerReport> reports;
  for (const auto& peer : insides_->peers) reports.push_back(insides_->report(*peer));
  return reports;
}

Result<void> Peers::cut(BytesView name) {
  Peer* const peer = insides_->named(name);
  if (peer == nullptr) return core::fail(ErrorCode::invalid, "no peer has that name");
  if (std::exchange(peer->cut, true)) return {};
  spdlog::info("peer {}: cut by an operator", peer->config.name);
  peer->redial.cancel();
  if (peer->dial != nullptr) std::exchange(peer->dial, nullptr)->cancel();
  if (peer->link != nullptr) insides_->drop_link(*peer, "cut by an operator");
  return {};
}

Result<void> Peers::heal(BytesView name) {
  Peer* const peer = insides_->named(name);
  if (peer == nullptr) return core::fail(ErrorCode::invalid, "no peer has that name");
  if (!std::exchange(peer->cut, false)) return {};
  spdlog::info("peer {}: healed by an operator", peer->config.name);
  peer->backoff.reset();
  insides_->dial_after(*peer, std::chrono::milliseconds(0));
  return {};
}

PeerControl Peers::control() {
  return {.peers = [this] { return report(); },
          .cut = [this](BytesView name) { return cut(name); },
          .heal = [this](BytesView name) { return heal(name); }};
}

std::uint16_t Peers::port() const {
  core::ensure(insides_->listener != nullptr);
  return insides_->listener->port();
}

}  // namespace skerry::edge
