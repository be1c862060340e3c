// One session with one peer, in one space: what we believe the peer has, what it has sent us, and what is to be said
// next.  It holds no state of the space and changes none: sync/replica.h drives it.
#pragma once

#include <optional>
#include <vector>

#include "core/random.h"
#include "sync/chunk_receiver.h"
#include "sync/chunk_sender.h"
#include "sync/keyspace.h"
#include "sync/limits.h"
#include "sync/link_report.h"
#include "sync/message.h"
#include "sync/wire.h"

namespace skerry::sync {

class Link {
 public:
  // What a link is told of us whenever it speaks.
  struct Ours {
    const ReplicaId& self;
    const SpaceState& state;
    const ChunkSource& source;
    const std::vector<ReplicaId>& sessions;  // sorted: with whom we have a session past Hello in this space
    ChunkAims aims;
    Lsn staged_to = 0;
  };

  Link(LinkId id, Space space) : id_(id), space_(space), decoder_(space) {}

  // --- the peer speaks.  An error ends the session.  After break_off every frame is answered with its error.
  core::Result<std::optional<Message>> decode(core::BytesView frame);
  core::Result<void> greeted(const Hello& hello, const ReplicaId& self);
  core::Result<void> told(const State& state, const ReplicaId& self, core::Instant now);
  core::Result<void> refused(const Refusal& refusal, core::Instant now, core::Random& random);
  core::Result<void> came(Chunk chunk, core::Instant now);

  // --- chunks that came
  std::optional<Chunk> take_chunk(const CausalContext& context) { return receiver_.take(context); }
  void applied(const Chunk& chunk, std::uint64_t events);
  // Nothing of what is held has waited too long yet, whatever it waits for.
  void hold_on(core::Instant now) { receiver_.hold_until(now + hold_max); }
  // Refuses what has waited too long.
  void give_up(core::Instant now);
  // The session must end, though not because of the frame at hand: we say no more.
  void break_off(const core::Error& error) { broken_ = error; }
  const std::optional<core::Error>& broken() const { return broken_; }

  // --- we speak: all that is due, a bounded amount of it.  Fails when the disk does (io, corrupt).
  core::Result<void> speak(const Ours& ours, core::Instant now, Output& to);
  // When to speak again though nothing happens.
  core::Instant wake_at() const {
    if (broken_) return core::never;
    return std::min({receiver_.deadline(), sender_.retry_at(), state_at_, eager_at_});
  }

  void set_round_trip(core::Duration round_trip) { round_trip_ = round_trip; }

  // --- questions
  LinkId id() const { return id_; }
  Space space() const { return space_; }
  bool greeted() const { return peer_.has_value(); }
  const std::optional<ReplicaId>& peer() const { return peer_; }
  const ChunkSender& sender() const { return sender_; }
  LinkReport report() const;

 private:
  // How many bytes it takes; none if that cannot be said, which breaks off.
  std::size_t put(const Message& message, Lsn depends_on, Output& to);
  void speak_state(const Ours& ours, core::Instant now, Output& to);
  core::Result<void> speak_chunks(const Ours& ours, core::Instant now, Output& to);

  LinkId id_;
  Space space_;
  std::optional<ReplicaId> peer_;
  Encoder encoder_;
  Decoder decoder_;
  ChunkSender sender_;
  ChunkReceiver receiver_;
  core::Duration round_trip_{};
  std::uint64_t applied_chunk_ = 0;  // the number of the last one that was

  std::optional<core::Error> broken_;

  // What is due.
  bool hello_said_ = false;
  bool state_due_ = false;
  std::optional<std::uint64_t> refusal_due_;
  core::Instant state_at_ = core::never;
  core::Instant eager_at_ = core::never;

  // What the peer was told last.
  Position told_context_ = 0;  // our context when our log ended here
  std::vector<ReplicaId> told_sessions_;
  core::Instant told_at_ = core::Instant::min();

  LinkReport counts_;
};

}  // namespace skerry::sync
