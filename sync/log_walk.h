// Where one link stands in our log (schema/sync.capnp).  Two places: before `settled` the peer's own words show every
// entry; before `cursor` every entry was sent or passed over, which is volatile: after a refusal the walk begins again
// where it is settled.
#pragma once

#include <vector>

#include "crdt/causal_context.h"
#include "sync/event_log.h"

namespace skerry::sync {

using core::ReplicaId;
using crdt::CausalContext;

// What we believe about a peer in one space.
struct PeerView {
  CausalContext known;                   // what it has; moved by its own words only, never by sending
  std::vector<ReplicaId> live_sessions;  // sorted, without us: these tell it of their events themselves
  bool relays_all = false;               // pass over nothing: a chunk was refused
  Position old_before = 1;               // entries before this are not left to their origin
};

class LogWalk {
 public:
  // The entries that one call looks at, at most; so that a long log does not hold the loop.
  static constexpr std::size_t entries_a_turn = 65'536;

  // Moves on over the entries the peer is known to have.
  void settle(const EventLog& log, const PeerView& view);
  // Whatever was sent and is not settled is to be sent again.
  void restart();

  Position settled() const { return settled_; }
  Position cursor() const { return cursor_; }
  // Our floor and all of our log before the cursor: what the peer must have before it can take what comes next.
  const CausalContext& stands_on() const { return stands_on_; }

  // Whether the entry is one to send: not known there, and not left to its origin (a relay is a delay, never a filter).
  // Only what came a moment ago is left: of a backlog each chunk would stand on entries that others bring, theirs on
  // entries of ours, and neither could be applied.
  static bool wants(const EventLog& log, Position position, const PeerView& view);

  // Moves the cursor to `to`.
  void advance(const EventLog& log, Position to);

 private:
  Position settled_ = 1;
  CausalContext settled_dots_;
  Position cursor_ = 1;
  CausalContext stands_on_;
};

}  // namespace skerry::sync
