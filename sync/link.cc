#include "sync/link.h"

#include <algorithm>

#include "crdt/payload.h"
#include "sync/fault.h"
#include "sync/limits.h"

namespace skerry::sync {

using core::ErrorCode;
using core::fail;
using core::Result;

Result<std::optional<Message>> Link::decode(core::BytesView frame) {
  if (broken_) return tl::make_unexpected(*broken_);
  Result<std::optional<Message>> message = decoder_.decode(frame);
  if (!message || !*message) return message;
  const bool is_hello = std::holds_alternative<Hello>(**message);
  if (is_hello == greeted()) return fail(ErrorCode::malformed, "A peer must say Hello first, and once.");
  return message;
}

Result<void> Link::greeted(const Hello& hello, const ReplicaId& self) {
  if (hello.protocol_min > protocol_version || hello.protocol_max < protocol_version)
    return fail(ErrorCode::unsupported, "The peer speaks no version of the protocol that this build knows.");
  if (hello.payload_type_max < crdt::payload_type_max)
    return fail(ErrorCode::unsupported, "The peer does not know all payloads that this build writes.");
  if (hello.replica == self) return fail(ErrorCode::refused, "The peer says that it is this very replica.");
  peer_ = hello.replica;
  sender_.peer_knows(hello.context);
  state_due_ = true;  // it has not heard yet with whom we have sessions
  return {};
}

Result<void> Link::told(const State& state, const ReplicaId& self, core::Instant now) {
  sender_.peer_knows(state.context);
  std::vector<ReplicaId> sessions = state.live_sessions;
  std::erase(sessions, self);
  sender_.peer_meets(std::move(sessions));
  return sender_.acknowledged(state.applied_chunk, now);
}

Result<void> Link::refused(const Refusal& refusal, core::Instant now, core::Random& random) {
  sender_.peer_knows(refusal.context);
  counts_.stalled = false;
  return sender_.refused(refusal.chunk, now, random);
}

Result<void> Link::came(Chunk chunk, core::Instant now) {
  const core::Duration hold = std::clamp<core::Duration>(2 * round_trip_, hold_min, hold_max);
  return receiver_.add(std::move(chunk), now + hold);
}

void Link::applied(const Chunk& chunk, std::uint64_t events) {
  applied_chunk_ = chunk.number;
  state_due_ = true;
  ++counts_.chunks_applied;
  counts_.events_applied += events;
}

void Link::give_up(core::Instant now) {
  const std::optional<std::uint64_t> number = receiver_.give_up(now);
  if (number) refusal_due_ = number;
}

std::size_t Link::put(const Message& message, Lsn depends_on, Output& to) {
  if (broken_) return 0;
  Result<std::vector<core::Bytes>> frames = encoder_.encode(message);
  if (!frames) {
    break_off(frames.error());
    return 0;
  }
  std::size_t bytes = 0;
  for (core::Bytes& frame : *frames) {
    bytes += frame.size();
    to.send(planted(Fault::leaves_before_durable) ? 0 : depends_on, {id_, space_, std::move(frame)});
  }
  return bytes;
}

Result<void> Link::speak(const Ours& ours, core::Instant now, Output& to) {
  if (broken_) return {};
  if (!hello_said_) {
    Hello hello;
    hello.replica = ours.self;
    hello.payload_type_max = crdt::payload_type_max;
    hello.context = ours.state.context;
    hello.floor = ours.state.log.floor();
    put(hello, ours.staged_to, to);
    hello_said_ = true;
    told_context_ = ours.state.log.end();
  }
  if (!greeted()) return {};
  if (refusal_due_) {
    put(Refusal{*refusal_due_, ours.state.context}, ours.staged_to, to);
    refusal_due_.reset();
    ++counts_.refusals_sent;
    told_context_ = ours.state.log.end();
  }
  speak_state(ours, now, to);
  if (broken_) return {};
  return speak_chunks(ours, now, to);
}

// The loss of a session is told at once; an acknowledgement too, unless one has just been told, for under load every
// chunk would cost a message back; anything else after a while.  Nothing is told twice: an idle link is silent.
void Link::speak_state(const Ours& ours, core::Instant now, Output& to) {
  const bool news = told_context_ != ours.state.log.end() || told_sessions_ != ours.sessions;
  const bool lost =
      !std::includes(ours.sessions.begin(), ours.sessions.end(), told_sessions_.begin(), told_sessions_.end());
  if (news) state_at_ = std::min(state_at_, now + state_every);
  if (state_due_) state_at_ = std::min(state_at_, told_at_ + acknowledge_every);
  if (!lost && now < state_at_) return;
  put(State{ours.state.context, applied_chunk_, ours.sessions}, ours.staged_to, to);
  told_context_ = ours.state.log.end();
  told_sessions_ = ours.sessions;
  told_at_ = now;
  state_due_ = false;
  state_at_ = core::never;
}

Result<void> Link::speak_chunks(const Ours& ours, core::Instant now, Output& to) {
  eager_at_ = core::never;
  if (counts_.stalled) return {};
  Result<std::optional<Chunk>> chunk = sender_.next(ours.source, ours.aims, now);
  if (!chunk && chunk.error().code == ErrorCode::too_large) {
    counts_.stalled = true;
    return {};
  }
  if (!chunk) return tl::make_unexpected(chunk.error());
  if (sender_.eager()) eager_at_ = now;
  if (*chunk) sender_.sent(put(std::move(**chunk), ours.staged_to, to), now);
  return {};
}

LinkReport Link::report() const {
  LinkReport report = counts_;
  report.link = id_;
  report.peer = peer_;
  report.space = space_;
  report.bytes_in_flight = sender_.bytes_in_flight();
  report.window_bytes = sender_.window_bytes();
  report.chunks_held = receiver_.held();
  report.chunks_sent = sender_.chunks_sent();
  report.events_sent = sender_.events_sent();
  report.refusals_received = sender_.refusals();
  report.refused_in_a_row = sender_.refused_in_a_row();
  return report;
}

}  // namespace skerry::sync
