// What the operator's commands (SKERRY.PEERS, SKERRY.CUT, SKERRY.HEAL) ask of whoever keeps the sessions with peers.
// Given at construction; functions, because there is one call a minute and two rooms that need not know each other.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "sync/replica.h"

namespace skerry::edge {

// One configured peer, as the operator sees it.
struct PeerReport {
  enum class State { connected, connecting, refused, cut };  // refused: it is not who it should be
  std::string name;                                          // its region
  std::string address;                                       // where we dial it, or from where it came
  State state = State::connecting;
  std::optional<core::Duration> round_trip;  // measured by heartbeats
  std::optional<sync::LinkId> link;          // of the live session: names it in Replica::links
  std::string last_error;                    // why the last session ended, for a person
  std::uint64_t sessions = 0;                // made since the start
  std::uint64_t bytes_queued = 0;            // for the live session, not yet given to it
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};

struct PeerControl {
  std::function<std::vector<PeerReport>()> peers;
  // By region name.  `invalid` for a name that no peer has.
  std::function<core::Result<void>(core::BytesView name)> cut;
  std::function<core::Result<void>(core::BytesView name)> heal;
};

// A node without peers.
inline PeerControl no_peers() {
  const auto unknown = [](core::BytesView) -> core::Result<void> {
    return core::fail(core::ErrorCode::invalid, "this node has no peers");
  };
  return {.peers = [] { return std::vector<PeerReport>(); }, .cut = unknown, .heal = unknown};
}

}  // namespace skerry::edge
