// The roads between the hosts, and the sessions on them: ordered and authenticated streams of frames, as Noise over TCP
// gives, that are dialled, become late, stall, die of silence on one side before the other notices, and are dialled
// again.  Frames of different sessions overtake each other; within one they do not: a packet that is lost is sent again
// later, and one that is damaged or comes twice ends the session, because no record would authenticate: by the
// network's own word, or by that of real records if there are keys (simulations/network_sealed.cc).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/random.h"
#include "core/result.h"
#include "simulations/conditions.h"
#include "simulations/sealing.h"
#include "simulations/streams.h"
#include "simulations/timeline.h"
#include "sync/output.h"

namespace skerry::simulations {

// One direction between two hosts.
struct Path {
  HostIndex from = 0;
  HostIndex to = 0;
};

class Network {
 public:
  // What a host hears.  A session has the same id at both ends.
  struct Events {
    std::function<void(HostIndex host, sync::LinkId link)> found;
    std::function<void(HostIndex host, sync::LinkId link)> lost;
    std::function<void(HostIndex host, sync::LinkId link, Duration round_trip)> measured;
    std::function<void(HostIndex host, sync::LinkId link, core::Space space, core::Bytes frame)> frame;
    // Records let something through that was not sent, or not what was.  Only with keys.
    std::function<void(HostIndex host, sync::LinkId link)> forged;
  };
  struct Counts {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t sessions = 0;
    std::uint64_t sessions_lost = 0;
    std::uint64_t packets_lost = 0;
    std::uint64_t packets_damaged = 0;
    std::uint64_t dials_failed = 0;
  };

  // Of one path.
  struct Traffic {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t packets_lost = 0;
    std::uint64_t packets_damaged = 0;
  };

  // The timeline and the conditions outlive the network.  Keys may be null.
  Network(Timeline& timeline, const Conditions& conditions, Events events, std::unique_ptr<Keys> keys);

  // --- hosts
  void send(HostIndex from, sync::Frame frame);
  // It ends a session.  One that it does not have is ignored.
  void hang_up(HostIndex host, sync::LinkId link);
  // It listens and dials.
  void host_up(HostIndex host);
  // Its sessions are gone; the others are told, or notice by silence.
  enum class Parting { told, silent };
  void host_down(HostIndex host, Parting parting);
  void host_paused(HostIndex host);
  void host_resumed(HostIndex host);

  // --- faults.  Cuts of one path add up: it is healed when each of them is.
  void cut(Path path);
  void heal(Path path);
  void slow_down(Path path, std::uint32_t factor);
  // No fault any more, now and later; whoever waits to dial dials soon.
  void become_good();

  // --- questions
  // Nothing is on its way, but for what waits where a path is cut.
  bool quiet() const;
  const Counts& counts() const { return counts_; }
  const Traffic& traffic(Path path) const { return paths_[path.from * hosts_.size() + path.to].traffic; }
  // Who is at the other end.  REQUIRES that the session was found, and was not lost but in this very event.
  HostIndex peer_of(HostIndex host, sync::LinkId link) const;

 private:
  enum class End : std::uint8_t { opening, open, closed };
  struct Packet {
    enum class Type : std::uint8_t { open, frame, heartbeat, close } type = Type::frame;
    core::Space space = {};
    core::Bytes bytes = {};
    Instant arrives = {};
    bool damaged = false;
    core::Bytes sealed = {};  // with keys: what is on the road
  };
  struct Stream {
    std::deque<Packet> packets;
    Instant last_arrival{};
    bool moving = false;  // the arrival of the first of them is on the timeline
  };
  // Side 0 has dialled.
  struct Session {
    HostIndex hosts[2];
    End ends[2] = {End::opening, End::opening};
    Instant since[2] = {};
    Stream streams[2];  // from side 0, from side 1
    std::unique_ptr<Sealing> sealing = nullptr;
    bool stalled[2] = {};         // from side 0, from side 1: a record has no end
    core::Bytes awaited[2] = {};  // what was sent since, and the record, as far as they are not opened
  };
  // One host's way to one peer.
  struct Dialer {
    bool dials = false;  // at all
    bool busy = false;
    std::uint64_t round = 0;  // counts what was asked for, so that an old timer does nothing
    Duration wait{};
  };
  struct PathState {
    core::Random random{0};
    Duration delay{};
    double loss = 0;                     // of its own
    std::uint64_t bytes_per_second = 0;  // the same
    std::uint32_t cuts = 0;
    std::uint32_t factor = 1;
    Instant busy_until{};  // with what was sent
    Instant silent_since{core::never};
    Traffic traffic;
  };
  struct HostState {
    bool up = false;
    bool paused = false;
  };
  // As edge/backoff.h and edge/peer_link.h have them.
  static constexpr Duration wait_min = std::chrono::milliseconds(100);
  static constexpr Duration silence_max = std::chrono::seconds(4);
  static constexpr Duration resend_after = std::chrono::milliseconds(200);  // TCP's first time
  static Duration share(Duration whole, double part) {
    return Duration(static_cast<std::int64_t>(static_cast<double>(whole.count()) * part));
  }

  // Which side of which session: fits a timeline's action.
  struct Place {
    std::uint64_t session : 63;
    std::uint64_t side : 1;
  };

  PathState& path(HostIndex from, HostIndex to) { return paths_[from * hosts_.size() + to]; }
  Dialer& dialer(HostIndex from, HostIndex to) { return dialers_[from * hosts_.size() + to]; }
  bool silent(HostIndex from, HostIndex to) const;
  bool passes(HostIndex from, HostIndex to);
  Duration usual_delay(const PathState& path) const;
  Duration delay(PathState& path);
  Duration wire_time(PathState& path, std::size_t bytes);

  void dial_after(HostIndex from, HostIndex to, Duration wait);
  void dial(HostIndex from, HostIndex to);
  void dialled(HostIndex from, HostIndex to);
  void answered(HostIndex from, HostIndex to);
  void dial_failed(HostIndex from, HostIndex to, Duration after);
  Duration next_wait(Dialer& dialer, core::Random& random);

  std::optional<std::uint64_t> open_session(HostIndex host, HostIndex peer) const;
  bool accepts(HostIndex host, HostIndex peer, HostIndex initiator);
  void opened(std::uint64_t number, unsigned side);
  enum class Notice { tell, say_nothing };
  void close(std::uint64_t number, unsigned side, Notice notice);
  void push(std::uint64_t number, unsigned side, Packet packet);
  void schedule(std::uint64_t number, unsigned side, Instant when);
  void arrive(std::uint64_t number, unsigned side);
  void handle(std::uint64_t number, unsigned side, Packet packet);
  void forget_if_over(std::uint64_t number);

  static core::Bytes plain(const Packet& packet);
  bool seal(std::uint64_t number, unsigned side, Packet& packet);
  enum class Opened { whole, nothing, refused };
  Opened open(std::uint64_t number, unsigned side, const Packet& packet);

  void notice_silence(HostIndex from, HostIndex to);
  void silence_over(HostIndex from, HostIndex to);
  void check_silence(HostIndex from, HostIndex to, Instant since);
  void resume(HostIndex from, HostIndex to);
  void heartbeat(HostIndex from, HostIndex to);
  void hurry();

  Timeline& timeline_;
  NetworkConditions conditions_;
  Events events_;
  std::unique_ptr<Keys> keys_;
  std::vector<HostState> hosts_;
  std::vector<PathState> paths_;
  std::vector<Dialer> dialers_;
  std::map<std::uint64_t, Session> sessions_;
  std::uint64_t last_session_ = 0;
  Counts counts_;
};

}  // namespace skerry::simulations
