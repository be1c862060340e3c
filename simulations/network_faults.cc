// What goes wrong on the roads of simulations/network.h, and what the hosts at their ends notice of it.
#include <utility>

#include "simulations/network.h"

namespace skerry::simulations {

using namespace std::chrono_literals;

namespace {

constexpr Duration heartbeat_every = 1s;  // as edge/peer_link.h has it

}  // namespace

void Network::notice_silence(HostIndex from, HostIndex to) {
  PathState& road = path(from, to);
  if (road.silent_since != core::never) return;
  road.silent_since = timeline_.now();
  const Duration phase = share(heartbeat_every, road.random.unit());
  timeline_.after(silence_max + phase, [this, from, to] { check_silence(from, to, path(from, to).silent_since); });
}

void Network::check_silence(HostIndex from, HostIndex to, Instant since) {
  if (since == core::never || timeline_.now() - since < silence_max) return;
  if (!hosts_[to].up || hosts_[to].paused) return;
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    const auto [number, state] = std::pair(session->first, &session->second);
    ++session;
    const unsigned side = state->hosts[0] == to ? 0 : 1;
    if (state->hosts[side] == to && state->hosts[1 - side] == from && state->ends[side] != End::closed)
      close(number, side, Notice::tell);
  }
}

void Network::silence_over(HostIndex from, HostIndex to) {
  if (!silent(from, to)) path(from, to).silent_since = core::never;
}

// What waited on the road goes on.
void Network::resume(HostIndex from, HostIndex to) {
  if (!passes(from, to)) return;
  for (auto& [number, session] : sessions_) {
    for (const unsigned side : {0u, 1u}) {
      Stream& stream = session.streams[side];
      if (session.hosts[side] != from || session.hosts[1 - side] != to || stream.moving || stream.packets.empty())
        continue;
      const Instant again = timeline_.now() + share(resend_after, path(from, to).random.unit());
      for (Packet& packet : stream.packets) packet.arrives = std::max(packet.arrives, again);
      stream.last_arrival = std::max(stream.last_arrival, again);
      schedule(number, side, stream.packets.front().arrives);
    }
  }
}

// Both sides of a session send one every second.  The only ones that change anything are those to a machine that has
// forgotten the session, and answers so: the others are not there.
void Network::heartbeat(HostIndex from, HostIndex to) {
  if (!hosts_[from].up || hosts_[from].paused) return;
  for (auto& [number, session] : sessions_) {
    const unsigned side = session.hosts[0] == from ? 0 : 1;
    const bool between_them = session.hosts[side] == from && session.hosts[1 - side] == to;
    if (between_them && session.ends[side] == End::open && session.ends[1 - side] == End::closed)
      push(number, side, {.type = Packet::Type::heartbeat});
  }
}

// What is on its way arrives as if it were sent now.
void Network::hurry() {
  for (auto& [number, session] : sessions_) {
    for (const unsigned side : {0u, 1u}) {
      Stream& stream = session.streams[side];
      stream.last_arrival = timeline_.now() + usual_delay(path(session.hosts[side], session.hosts[1 - side]));
      for (Packet& packet : stream.packets) packet.arrives = std::min(packet.arrives, stream.last_arrival);
      if (stream.moving) schedule(number, side, stream.packets.front().arrives);
    }
  }
}

// --- hosts and faults

void Network::host_up(HostIndex host) {
  hosts_[host] = {.up = true, .paused = false};
  for (HostIndex peer = 0; peer < hosts_.size(); ++peer) {
    silence_over(host, peer);
    resume(peer, host);
    timeline_.after(share(heartbeat_every, path(peer, host).random.unit()),
                    [this, peer, host] { heartbeat(peer, host); });
    Dialer& state = dialer(host, peer);
    state.busy = false;
    state.wait = wait_min;
    // Who will lose when both dial at once lets the other go first.
    if (state.dials) dial_after(host, peer, host < peer ? Duration{} : next_wait(state, path(host, peer).random));
  }
}

void Network::host_down(HostIndex host, Parting parting) {
  hosts_[host] = {};
  for (auto& [number, session] : sessions_) {
    const unsigned side = session.hosts[0] == host ? 0 : 1;
    if (session.hosts[side] != host) continue;
    close(number, side, parting == Parting::told ? Notice::tell : Notice::say_nothing);
  }
  for (HostIndex peer = 0; peer < hosts_.size(); ++peer) {
    ++dialer(host, peer).round;
    notice_silence(host, peer);
  }
}

void Network::host_paused(HostIndex host) {
  hosts_[host].paused = true;
  for (HostIndex peer = 0; peer < hosts_.size(); ++peer) notice_silence(host, peer);
}

void Network::host_resumed(HostIndex host) {
  hosts_[host].paused = false;
  for (HostIndex peer = 0; peer < hosts_.size(); ++peer) {
    silence_over(host, peer);
    resume(peer, host);
    // It hears at once that a peer has been silent for long.
    check_silence(peer, host, path(peer, host).silent_since);
    heartbeat(host, peer);
  }
}

void Network::cut(Path cut) {
  ++path(cut.from, cut.to).cuts;
  notice_silence(cut.from, cut.to);
}

void Network::heal(Path healed) {
  PathState& road = path(healed.from, healed.to);
  if (road.cuts == 0 || --road.cuts > 0) return;
  silence_over(healed.from, healed.to);
  resume(healed.from, healed.to);
}

void Network::slow_down(Path slow, std::uint32_t factor) {
  path(slow.from, slow.to).factor = factor;
}

void Network::become_good() {
  conditions_.loss = 0;
  conditions_.damage = 0;
  conditions_.tail_chance = 0;
  conditions_.bytes_per_second = 0;
  for (HostIndex from = 0; from < hosts_.size(); ++from) {
    for (HostIndex to = 0; to < hosts_.size(); ++to) {
      PathState& road = path(from, to);
      road.factor = 1;
      road.cuts = 0;
      silence_over(from, to);
      resume(from, to);
      dialer(from, to).wait = wait_min;
      if (dialer(from, to).dials) dial_after(from, to, {});
    }
  }
  hurry();
}

}  // namespace skerry::simulations
