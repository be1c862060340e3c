#include "sync/log_walk.h"

#include <algorithm>

#include "core/ensure.h"

namespace skerry::sync {

namespace {

void add_entry(CausalContext& to, const EventLog& log, Position position) {
  to.add(log.dot_at(position).replica, log.interval_at(position));
}

}  // namespace

void LogWalk::settle(const EventLog& log, const PeerView& view) {
  if (settled_ < log.first()) {  // what fell off the log is the floor's
    settled_ = log.first();
    settled_dots_ = log.floor();
  }
  const Position limit = std::min<Position>(log.end(), settled_ + entries_a_turn);
  while (settled_ < limit && view.known.contains(log.dot_at(settled_))) add_entry(settled_dots_, log, settled_++);
  if (cursor_ < settled_) restart();
}

void LogWalk::restart() {
  cursor_ = settled_;
  stands_on_ = settled_dots_;
}

bool LogWalk::wants(const EventLog& log, Position position, const PeerView& view) {
  const Dot dot = log.dot_at(position);
  if (view.known.contains(dot)) return false;
  return view.relays_all || position < view.old_before ||
         !std::binary_search(view.live_sessions.begin(), view.live_sessions.end(), dot.replica);
}

void LogWalk::advance(const EventLog& log, Position to) {
  core::ensure(to >= cursor_ && to <= log.end());
  for (; cursor_ < to; ++cursor_) add_entry(stands_on_, log, cursor_);
}

}  // namespace skerry::sync
