// The node's peers: who they are, how to come to one session with each, and how to part.  Dials those that have an
// address, again and again; opens the door to those that dial us; and when both do at once, keeps one connection.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "edge/backoff.h"
#include "edge/config.h"
#include "edge/peer_control.h"
#include "edge/peer_dial.h"
#include "edge/peer_link.h"
#include "edge/peer_listener.h"

namespace skerry::edge {

class Peers {
 public:
  struct Options {
    std::optional<HostPort> listen;
    std::vector<PeerConfig> peers;    // at most sync::links_max
    std::vector<core::Space> spaces;  // that this node replicates
    std::uint64_t seed = 0;           // for jitter
    Backoff::Options backoff{};
    // After a peer has proved who it is and then let no session come up it is tried again no later than this: it is
    // there, and may only have been told to part (a cut that is healed later).
    std::chrono::milliseconds parted_wait_max{2'000};
    PeerDial::Times dial{};
    PeerListener::Options listener{};
    LinkTimes link{};
    // A session that frames could pass for this long was a good one: after it the first try is quick again.
    std::chrono::milliseconds good_after{1'000};
  };

  // Listens, and dials from the first turn of the loop.  Fails with a sentence if the address cannot be listened on or
  // the peers are too many.  `loop` outlives the peers.
  static core::Result<std::unique_ptr<Peers>> open(RpcLoop& loop, SessionIdentity identity, LinkEvents events,
                                                   Options options);
  // Ends every session; nothing is called any more.
  ~Peers();

  // Takes frames to their links, from the loop.  It may outlive the peers: a frame whose link is gone is dropped.
  std::function<void(sync::Frame frame)> sink();

  // What operators see and do.  A cut peer is parted from and neither dialled nor let in until it is healed.
  std::vector<PeerReport> report() const;
  core::Result<void> cut(core::BytesView name);
  core::Result<void> heal(core::BytesView name);
  // The same as functions, for the commands.  They live as long as this does.
  PeerControl control();

  // Where the door is; REQUIRES options.listen.
  std::uint16_t port() const;

 private:
  struct Insides;
  explicit Peers(std::shared_ptr<Insides> insides);
  std::shared_ptr<Insides> insides_;  // Asio's handlers look whether it is still there
};

}  // namespace skerry::edge
