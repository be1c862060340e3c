// A replica: the state machine of one incarnation.  It decides everything about writing, merging and streaming, and
// touches nothing: time and chance are arguments, the wish to act is the Output.  (Why:
// docs/decisions/0002-a-step-machine-and-held-output.md.)
//
// Thread rule: one thread.  After each turn of its calls the owner takes the output, appends it to the store and lets
// frames and answers go when their lsn is durable:
//
//     replica.receive(now, link, frame);                       // or begin(), peer_found(), wake() …
//     for (Held<Frame>& held : replica.take_output(now).append_to(store)) …
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/random.h"
#include "sync/chunk_slice.h"
#include "sync/keyspace.h"
#include "sync/link_report.h"
#include "sync/message.h"
#include "sync/output.h"
#include "sync/store.h"
#include "sync/transaction.h"

namespace skerry::sync {

class Replica {
 public:
  struct Options {
    ReplicaId self;
    std::size_t cache_bytes = 0;
    // For jitter, and for tables that nobody shall be able to fill with keys that collide: unknown to clients.
    std::uint64_t seed = 0;
    ChunkAims chunk_aims = {};
  };
  // Loads what the store holds.  The store must outlive the replica.
  static Result<std::unique_ptr<Replica>> load(Store& store, const Options& options, const Now& now);
  ~Replica();

  // --- clients.  While the transaction lives, nothing else here may be called.
  Transaction begin(Space space, const Now& now);
  // These keys will be asked for next: a hint that only makes it faster.
  void prefetch(Space space, std::span<const core::BytesView> names) const;
  // Writes must wait: dirty cells, or what is not durable, are at their bound.  Reads may go on.
  bool full() const;
  // What the disk has space for.  While that is not enough the owner begins no write but removals (and with none,
  // none); chunks of peers are held, not applied, and what has expired is hidden, not removed.
  Room room() const;

  // --- peers.  A session was made: we say Hello in each of `spaces` (both sides may replicate them).
  void peer_found(const Now& now, LinkId link, const std::vector<Space>& spaces);
  // Nothing more will come from or go to this link.  Unknown links are ignored.
  void peer_lost(const Now& now, LinkId link);
  // A frame has come.  An error means that the session must end (malformed, too_large, unsupported, refused).
  // `refused`: the peer says it is a replica with our own id.
  Result<void> receive(const Now& now, LinkId link, Space space, core::BytesView frame);
  // `round_trip` as measured by the session's heartbeats: how long a chunk is held for its base.
  void round_trip(LinkId link, core::Duration round_trip);

  // --- time.  Call wake() then; the replica owns no timer.
  core::Instant wake_at() const;
  void wake(const Now& now);
  // The part of wake_at() for which wake() does nothing: some link has to say something then, and take_output() says
  // it.
  core::Instant speak_at() const;
  // The store's durable_to() or flushed_to() has moved.
  void store_moved(const Now& now);

  // --- effects: all since the last call.  Builds the chunks that links have room for.
  Output take_output(const Now& now);

  // --- questions
  const ReplicaId& self() const;
  std::vector<LinkReport> links(const Now& now) const;
  // How many peers are known to hold, on disk, all of `context` in `space` (WAIT).
  std::size_t peers_with(Space space, const CausalContext& context) const;
  const CausalContext& context(Space space) const;
  // Set when the store or our identity failed: the node must stop.
  const std::optional<core::Error>& failure() const;
  Keyspace& keyspace();

 private:
  struct Insides;
  explicit Replica(std::unique_ptr<Insides> insides);
  std::unique_ptr<Insides> insides_;
};

}  // namespace skerry::sync
