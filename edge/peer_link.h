// A session with one peer, after the handshake: Cap'n Proto RPC over a SealedStream, as schema/peer.capnp specifies.
// Carries frames for the spaces that both sides may replicate, measures the round trip, and notices when the peer is
// gone.  What is in a frame, and what to say, is the replica's affair.
#pragma once

#include <utility>  // before Asio: Boost 1.74 uses std::exchange without it

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "edge/event_port.h"
#include "edge/secure_session.h"
#include "sync/output.h"

namespace skerry::edge {

// What a link tells the node and asks of it.  Functions, so that a session can be tested without a node
// (edge/node_links.h makes them for one).
struct LinkEvents {
  std::function<void(sync::LinkId link, const std::vector<core::Space>& spaces)> found;
  std::function<void(sync::LinkId link)> lost;
  // An error ends the session.
  std::function<core::Result<void>(sync::LinkId link, core::Space space, core::BytesView frame)> receive;
  std::function<void(sync::LinkId link, core::Duration round_trip)> round_trip;
  // Frames must wait.  `resume` is called from the loop when they need not any more.
  std::function<bool()> full;
  std::function<void(std::function<void()> resume)> when_not_full;
};

// What the two sides of a session may take.
inline constexpr std::size_t rpc_message_bytes_max = 4 << 20;
inline constexpr std::size_t rpc_calls_bytes_max = 8 << 20;
inline constexpr int rpc_nesting_max = 16;
// Frames given to Cap'n Proto at a time, and on their way to the peer.
inline constexpr std::size_t deliver_bytes_aim = 512 * 1024;
inline constexpr std::size_t deliver_bytes_in_flight = 4 << 20;
// Frames that wait for the peer to take others.  The replica stops far below, but for one message at its limit.
inline constexpr std::size_t link_queue_bytes_max = std::size_t{128} << 20;

struct LinkTimes {
  std::chrono::milliseconds heartbeat_every{1'000};
  std::chrono::milliseconds silence_max{4'000};  // three heartbeats missed
};

class PeerLink {
 public:
  struct Options {
    sync::LinkId id;
    std::vector<core::Space> spaces;  // that this node would replicate with the peer
    bool dialled = false;             // which side of the RPC we are
    LinkTimes times{};
  };
  // Called at most once, from the loop, with a reason for a person.  The link is destroyed afterwards, not in there.
  using Ended = std::function<void(const std::string& reason)>;

  // `loop` and `events` outlive the link.
  PeerLink(RpcLoop& loop, const LinkEvents& events, Options options, SecureSession session,
           boost::asio::ip::tcp::socket socket, Ended ended);
  // The replica is told that the peer is lost, if it knew it.
  ~PeerLink();

  // A frame for the peer.  Frames of one space arrive in the order of these calls.
  void send(core::Space space, core::Bytes frame);

  bool up() const;  // frames may pass
  const Options& options() const;
  std::optional<core::Duration> round_trip() const;
  std::size_t bytes_queued() const;  // frames that Cap'n Proto has not been given yet
  std::uint64_t bytes_sent() const;
  std::uint64_t bytes_received() const;

 private:
  struct Insides;
  std::unique_ptr<Insides> insides_;
};

}  // namespace skerry::edge
