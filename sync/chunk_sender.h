// Our log on its way to one peer, in one space: what is sent when, and what its answers mean (schema/sync.capnp).
// A value: no time but what it is told, no bytes; driven by sync/link.h.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/random.h"
#include "core/time.h"
#include "sync/chunk_builder.h"
#include "sync/send_window.h"

namespace skerry::sync {

class ChunkSender {
 public:
  // --- what the peer says of itself
  // It has this, on disk.  Nothing else moves what we believe it knows.
  void peer_knows(const CausalContext& context);
  // The replicas it has sessions with, without us.  Where one is missing that was there, its events are ours to bring.
  void peer_meets(std::vector<ReplicaId> sessions);
  // All chunks up to `number` are on its disk.  `malformed` if there was no such chunk.
  core::Result<void> acknowledged(std::uint64_t number, core::Instant now);
  // It cannot take that chunk.  The walk begins again, and until a chunk of it is acknowledged it passes over nothing.
  // Refused again, it waits longer and longer: then only reconciliation would help.
  core::Result<void> refused(std::uint64_t number, core::Instant now, core::Random& random);

  // --- our chunks
  // The next one, numbered, if there is one and the link has room for it.  Fails as build_chunk does.
  core::Result<std::optional<Chunk>> next(const ChunkSource& source, const ChunkAims& aims, core::Instant now);
  // The last chunk went out as that many bytes.
  void sent(std::size_t bytes, core::Instant now);
  // Whether next() has more to do although nothing happens.
  bool eager() const { return eager_; }
  // When next() may go on after a refusal; `never` if nothing waits.
  core::Instant retry_at() const { return retry_at_; }

  // --- questions
  const CausalContext& known() const { return view_.known; }
  // The first entry of our log that the peer has not said it has.
  Position settled() const { return walk_.settled(); }
  std::size_t bytes_in_flight() const { return bytes_in_flight_; }
  std::size_t window_bytes() const { return window_.bytes(); }
  std::uint64_t chunks_sent() const { return number_; }
  std::uint64_t events_sent() const { return events_sent_; }
  std::uint64_t refusals() const { return refusals_; }
  std::uint32_t refused_in_a_row() const { return refused_in_a_row_; }

 private:
  struct InFlight {
    std::uint64_t number;
    std::size_t bytes;
    core::Instant sent;
  };
  bool may_send(core::Instant now);

  PeerView view_;
  LogWalk walk_;
  std::deque<InFlight> in_flight_;
  std::size_t bytes_in_flight_ = 0;
  SendWindow window_;
  std::uint64_t number_ = 0;          // of the last chunk
  std::uint64_t walk_begins_at_ = 1;  // the number of the first chunk of this walk
  std::uint32_t refused_in_a_row_ = 0;
  core::Instant retry_at_ = core::never;
  bool eager_ = false;
  std::uint64_t events_sent_ = 0;
  std::uint64_t refusals_ = 0;
};

}  // namespace skerry::sync
