#include "simulations/network.h"

#include <algorithm>
#include <utility>

#include "core/ensure.h"

namespace skerry::simulations {

using namespace std::chrono_literals;
using core::Random;

namespace {

// As edge/backoff.h and edge/peer_link.h have them.
constexpr Duration wait_max = 30s;
constexpr Duration good_after = 10s;  // a session of this age resets the wait
constexpr Duration dial_timeout = 5s;
// How often TCP's wait for a lost packet is doubled here.
constexpr int resends_max = 5;
constexpr Duration delay_max = 5s;  // of a slow path
constexpr unsigned sides[] = {0, 1};

}  // namespace

Network::Network(Timeline& timeline, const Conditions& conditions, Events events, std::unique_ptr<Keys> keys)
    : timeline_(timeline), conditions_(conditions.network), events_(std::move(events)), keys_(std::move(keys)) {
  const std::size_t hosts = conditions.hosts.size();
  hosts_.resize(hosts);
  dialers_.resize(hosts * hosts);
  const Streams streams(conditions.seed);
  for (std::size_t i = 0; i < hosts * hosts; ++i) {
    PathState& path = paths_.emplace_back();
    path.random = streams.stream("network", i + 1);
    path.delay = conditions_.delay_min + share(conditions_.delay_max - conditions_.delay_min, path.random.unit());
    if (conditions.paths.empty()) continue;
    path.delay = conditions.paths[i].delay;
    path.loss = conditions.paths[i].loss;
    path.bytes_per_second = conditions.paths[i].bytes_per_second;
  }
  for (const Edge& edge : edges_of(conditions)) {
    dialer(edge.first, edge.second) = {.dials = true, .wait = wait_min};
    dialer(edge.second, edge.first) = {.dials = !conditions_.one_side_dials, .wait = wait_min};
  }
}

// --- roads

bool Network::silent(HostIndex from, HostIndex to) const {
  const PathState& state = paths_[from * hosts_.size() + to];
  return state.cuts > 0 || !hosts_[from].up || hosts_[from].paused;
}

// Whether something that was on its way arrives now.
bool Network::passes(HostIndex from, HostIndex to) {
  return path(from, to).cuts == 0 && hosts_[to].up && !hosts_[to].paused;
}

Duration Network::usual_delay(const PathState& path) const {
  return std::min(path.delay * path.factor, delay_max);
}

Duration Network::delay(PathState& path) {
  const Duration usual = usual_delay(path);
  Duration delay = usual + share(usual, path.random.unit() * conditions_.jitter);
  if (path.random.chance(conditions_.tail_chance)) {
    const double unit = path.random.unit();
    delay += share(conditions_.tail_max, unit * unit * unit * unit);
  }
  const double loss = std::max(conditions_.loss, path.loss);
  Duration resend = resend_after;
  for (int i = 0; i < resends_max && path.random.chance(loss); ++i, resend *= 2) {
    ++counts_.packets_lost;
    ++path.traffic.packets_lost;
    delay += resend;
  }
  return delay;
}

// What the bytes take on a road of limited width; sending waits for what was sent before.
Duration Network::wire_time(PathState& path, std::size_t bytes) {
  const std::uint64_t bytes_per_second =
      path.bytes_per_second != 0 ? path.bytes_per_second : conditions_.bytes_per_second;
  if (bytes_per_second == 0) return {};
  const auto time = Duration(static_cast<std::int64_t>(bytes * 1'000'000'000 / bytes_per_second));
  path.busy_until = std::max(path.busy_until, timeline_.now()) + time;
  return path.busy_until - timeline_.now();
}

// --- coming to a session

Duration Network::next_wait(Dialer& dialer, Random& random) {
  const Duration wait = share(dialer.wait, 0.5 + random.unit() / 2);
  dialer.wait = std::min(2 * dialer.wait, wait_max);
  return wait;
}

void Network::dial_after(HostIndex from, HostIndex to, Duration wait) {
  Dialer& state = dialer(from, to);
  if (!state.dials || state.busy || !hosts_[from].up) return;
  timeline_.after(wait, [this, from, to, round = ++state.round] {
    if (dialer(from, to).round == round) dial(from, to);
  });
}

void Network::dial(HostIndex from, HostIndex to) {
  if (!hosts_[from].up || open_session(from, to)) return;
  dialer(from, to).busy = true;
  timeline_.after(delay(path(from, to)), [this, from, to, round = dialer(from, to).round] {
    if (dialer(from, to).round == round) dialled(from, to);
  });
}

// The first message of the handshake is at the other's machine, or not.
void Network::dialled(HostIndex from, HostIndex to) {
  const bool cut = path(from, to).cuts > 0;
  if (cut || hosts_[to].paused) return dial_failed(from, to, dial_timeout);
  const Duration back = delay(path(to, from));
  if (!hosts_[to].up) return dial_failed(from, to, back);
  timeline_.after(back, [this, from, to, round = dialer(from, to).round] {
    if (dialer(from, to).round == round) answered(from, to);
  });
}

// The second message is here; ours, the third, is the first thing on the new stream.
void Network::answered(HostIndex from, HostIndex to) {
  if (hosts_[from].paused || path(to, from).cuts > 0 || !hosts_[to].up) return dial_failed(from, to, dial_timeout);
  dialer(from, to).busy = false;
  if (!accepts(from, to, from)) return;
  const std::uint64_t number = ++last_session_;
  Session& session = sessions_[number];
  session.hosts[0] = from;
  session.hosts[1] = to;
  if (keys_) session.sealing = keys_->session(from, to);
  ++counts_.sessions;
  push(number, 0, {.type = Packet::Type::open});
  opened(number, 0);
}

void Network::dial_failed(HostIndex from, HostIndex to, Duration after) {
  ++counts_.dials_failed;
  dialer(from, to).busy = false;
  dial_after(from, to, after + next_wait(dialer(from, to), path(from, to).random));
}

std::optional<std::uint64_t> Network::open_session(HostIndex host, HostIndex peer) const {
  for (const auto& [number, session] : sessions_) {
    for (const unsigned side : {0u, 1u}) {
      const bool ours = session.hosts[side] == host && session.hosts[1 - side] == peer;
      if (ours && session.ends[side] == End::open) return number;
    }
  }
  return std::nullopt;
}

// When both dial at once there are two sessions, and both sides must keep the same one (edge/peers.cc).
bool Network::accepts(HostIndex host, HostIndex peer, HostIndex initiator) {
  const std::optional<std::uint64_t> current = open_session(host, peer);
  if (!current) return true;
  const HostIndex preferred = std::min(host, peer);
  const Session& session = sessions_.at(*current);
  if (session.hosts[0] == preferred && initiator != preferred) return false;
  close(*current, session.hosts[0] == host ? 0 : 1, Notice::tell);
  return true;
}

void Network::opened(std::uint64_t number, unsigned side) {
  Session& session = sessions_.at(number);
  const HostIndex host = session.hosts[side];
  const HostIndex peer = session.hosts[1 - side];
  session.ends[side] = End::open;
  session.since[side] = timeline_.now();
  ++dialer(host, peer).round;  // what waits to be dialled is not needed any more
  dialer(host, peer).busy = false;
  events_.found(host, {number});
  // The first heartbeat has been answered.
  const Duration round_trip = usual_delay(path(host, peer)) + usual_delay(path(peer, host));
  timeline_.after(round_trip, [this, place = Place{number, side}] {
    const auto found = sessions_.find(place.session);
    if (found == sessions_.end() || found->second.ends[place.side] != End::open) return;
    const HostIndex here = found->second.hosts[place.side];
    const HostIndex there = found->second.hosts[1 - place.side];
    if (!hosts_[here].paused)
      events_.measured(here, {place.session}, usual_delay(path(here, there)) + usual_delay(path(there, here)));
  });
  if (silent(peer, host)) {
    timeline_.after(silence_max, [this, peer, host] { check_silence(peer, host, path(peer, host).silent_since); });
  }
}

// --- parting

void Network::close(std::uint64_t number, unsigned side, Notice notice) {
  Session& session = sessions_.at(number);
  if (session.ends[side] == End::closed) return;
  const bool was_open = session.ends[side] == End::open;
  session.ends[side] = End::closed;
  const HostIndex host = session.hosts[side];
  const HostIndex peer = session.hosts[1 - side];
  // What it has not put on the road yet stays with it.
  path(host, peer).busy_until = timeline_.now();
  if (notice == Notice::tell) push(number, side, {.type = Packet::Type::close});
  if (!was_open) return;
  ++counts_.sessions_lost;
  if (timeline_.now() - session.since[side] >= good_after) dialer(host, peer).wait = wait_min;
  if (!hosts_[host].up) return;
  events_.lost(host, {number});
  dial_after(host, peer, next_wait(dialer(host, peer), path(host, peer).random));
}

void Network::forget_if_over(std::uint64_t number) {
  const auto found = sessions_.find(number);
  if (found == sessions_.end()) return;
  const Session& session = found->second;
  for (const unsigned side : {0u, 1u}) {
    if (session.ends[side] != End::closed || !session.streams[side].packets.empty()) return;
  }
  sessions_.erase(found);
}

// --- packets

void Network::send(HostIndex from, sync::Frame frame) {
  const auto found = sessions_.find(frame.to.number);
  if (found == sessions_.end()) return;
  const unsigned side = found->second.hosts[0] == from ? 0 : 1;
  if (found->second.ends[side] != End::open) return;
  ++counts_.frames;
  counts_.bytes += frame.bytes.size();
  Traffic& traffic = path(from, found->second.hosts[1 - side]).traffic;
  ++traffic.frames;
  traffic.bytes += frame.bytes.size();
  push(found->first, side, {.type = Packet::Type::frame, .space = frame.space, .bytes = std::move(frame.bytes)});
}

void Network::push(std::uint64_t number, unsigned side, Packet packet) {
  Session& session = sessions_.at(number);
  if (session.sealing && !seal(number, side, packet)) return;
  Stream& stream = session.streams[side];
  PathState& road = path(session.hosts[side], session.hosts[1 - side]);
  const std::size_t bytes = session.sealing ? packet.sealed.size() : packet.bytes.size();
  const Duration wire = wire_time(road, bytes + 64);  // and what the layers below add
  const Duration late = delay(road);
  packet.arrives = std::max(stream.last_arrival, timeline_.now() + wire + late);
  if (late - usual_delay(road) >= silence_max) {
    // Nothing passes it, so nothing is heard until it comes.
    timeline_.at(timeline_.now() + wire + usual_delay(road) + silence_max, [this, place = Place{number, 1 - side}] {
      const auto found = sessions_.find(place.session);
      if (found != sessions_.end() && hosts_[found->second.hosts[place.side]].up)
        close(place.session, place.side, Notice::tell);
    });
  }
  if (!session.sealing) packet.damaged = packet.type == Packet::Type::frame && road.random.chance(conditions_.damage);
  stream.last_arrival = packet.arrives;
  stream.packets.push_back(std::move(packet));
  if (!stream.moving) schedule(number, side, stream.packets.front().arrives);
}

void Network::schedule(std::uint64_t number, unsigned side, Instant when) {
  sessions_.at(number).streams[side].moving = true;
  timeline_.at(when, [this, place = Place{number, side}] { arrive(place.session, place.side); });
}

void Network::arrive(std::uint64_t number, unsigned side) {
  const auto found = sessions_.find(number);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  Stream& stream = session.streams[side];
  // What was hurried has been there already, or comes by another arrival.
  if (stream.packets.empty() || stream.packets.front().arrives > timeline_.now()) return;
  stream.moving = false;
  // It is sent again until the road is free: resume() goes on.
  if (!passes(session.hosts[side], session.hosts[1 - side])) return;
  Packet packet = std::move(stream.packets.front());
  stream.packets.pop_front();
  if (!stream.packets.empty()) schedule(number, side, stream.packets.front().arrives);
  handle(number, side, std::move(packet));
  forget_if_over(number);
}

// A packet from `side` is at the other.
void Network::handle(std::uint64_t number, unsigned side, Packet packet) {
  Session& session = sessions_.at(number);
  const unsigned other = 1 - side;
  const HostIndex host = session.hosts[other];
  End& end = session.ends[other];
  if (packet.type == Packet::Type::close) return close(number, other, Notice::say_nothing);
  if (end == End::closed) {
    // The machine answers for a connection that is no more.
    if (session.ends[side] != End::closed) push(number, other, {.type = Packet::Type::close});
    return;
  }
  const Opened undamaged = packet.damaged ? Opened::refused : Opened::whole;
  const Opened read = session.sealing ? open(number, side, packet) : undamaged;
  if (packet.damaged) {
    ++counts_.packets_damaged;
    ++path(session.hosts[side], host).traffic.packets_damaged;
  }
  if (read == Opened::refused) return close(number, other, Notice::tell);
  if (read == Opened::nothing) return;
  if (packet.type == Packet::Type::open) {
    if (!accepts(host, session.hosts[side], session.hosts[side])) return close(number, other, Notice::tell);
    return opened(number, other);
  }
  if (end != End::open || packet.type == Packet::Type::heartbeat) return;
  events_.frame(host, {number}, packet.space, std::move(packet.bytes));
}

void Network::hang_up(HostIndex host, sync::LinkId link) {
  const auto found = sessions_.find(link.number);
  if (found != sessions_.end()) close(link.number, found->second.hosts[0] == host ? 0 : 1, Notice::tell);
}

HostIndex Network::peer_of(HostIndex host, sync::LinkId link) const {
  const Session& session = sessions_.at(link.number);
  return session.hosts[0] == host ? session.hosts[1] : session.hosts[0];
}

bool Network::quiet() const {
  return std::all_of(sessions_.begin(), sessions_.end(), [this](const auto& entry) {
    const Session& session = entry.second;
    return std::all_of(std::begin(sides), std::end(sides), [&](unsigned side) {
      const std::size_t road = session.hosts[side] * hosts_.size() + session.hosts[1 - side];
      return session.streams[side].packets.empty() || paths_[road].cuts > 0;
    });
  });
}

}  // namespace skerry::simulations
