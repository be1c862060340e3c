// What this node is to one peer: the capabilities of schema/peer.capnp, given to it and to no other.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/ids.h"
#include "schema/peer.capnp.h"

namespace skerry::edge {

using Delivery = capnp::CallContext<schema::SpaceLink::DeliverParams, schema::SpaceLink::DeliverResults>;

// Who answers.  Cap'n Proto lets calls and capabilities outlive the session for a moment, so they reach it through
// this; a session that ends empties it, and what comes later is refused.
struct PeerCalls {
  // The spaces that both sides may replicate; nothing if the peer may not ask.
  std::function<std::optional<std::vector<core::Space>>(std::vector<core::Space> asked)> join;
  // Frames for a space that was given to the peer.
  std::function<kj::Promise<void>(core::Space space, Delivery delivery)> deliver;

  bool over() const { return !deliver; }
  void end() {
    join = nullptr;
    deliver = nullptr;
  }
};

schema::Peer::Client make_peer_server(std::shared_ptr<PeerCalls> calls);

kj::Exception session_is_over();

}  // namespace skerry::edge
