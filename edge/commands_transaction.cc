// MULTI EXEC DISCARD WATCH.  A transaction is one batch of one space: whole here, and whole at every peer.
#include <algorithm>

#include "edge/commands.h"
#include "edge/handlers.h"

namespace skerry::edge::handlers {

namespace {

// How a watched key looks now; nothing after an error.
core::Result<Watch> look_at(Call& call, core::Space space, BytesView name) {
  sync::Transaction transaction = call.commands.replica().begin(space, call.now);
  const auto key = transaction.key(name);
  if (!key) return core::failure(key);
  Watch watch{space, Bytes(name), key->version(), key->kind().has_value()};
  call.outcome.depends_on = std::max(call.outcome.depends_on, transaction.depends_on());
  call.outcome.used_replica = true;
  return watch;
}

core::Result<bool> unchanged(Call& call) {
  for (const Watch& watch : call.session.watches) {
    const auto now = look_at(call, watch.space, watch.key);
    if (!now) return core::failure(now);
    if (now->version != watch.version || now->present != watch.present) return false;
  }
  return true;
}

}  // namespace

void multi(Call& call) {
  if (call.session.queueing) return call.reply.error("ERR MULTI calls can not be nested");
  call.session.queueing = true;
  call.reply.ok();
}

void exec(Call& call) {
  Session& session = call.session;
  if (!session.queueing) return call.reply.error("ERR EXEC without MULTI");
  if (session.queueing_failed) {
    call.reply.error("EXECABORT Transaction discarded because of previous errors.");
  } else if (const auto same = unchanged(call); succeeded(call, same)) {
    *same ? call.commands.run_queue(call) : call.reply.null_array();
  }
  session.end_queueing();
}

void discard(Call& call) {
  if (!call.session.queueing) return call.reply.error("ERR DISCARD without MULTI");
  call.session.end_queueing();
  call.reply.ok();
}

void watch(Call& call) {
  Session& session = call.session;
  if (session.queueing) return call.reply.error("ERR WATCH inside MULTI is not allowed");
  for (const BytesView name : call.arguments.subspan(1)) {
    const bool known = std::any_of(session.watches.begin(), session.watches.end(), [&](const Watch& watched) {
      return watched.space == session.space && watched.key == name;
    });
    if (known) continue;
    if (session.watches.size() == watched_keys_max) {
      return call.reply.error("ERR no more than " + std::to_string(watched_keys_max) + " keys can be watched");
    }
    auto seen = look_at(call, session.space, name);
    if (!succeeded(call, seen)) return;
    session.watches.push_back(std::move(*seen));
  }
  call.reply.ok();
}

void unwatch(Call& call) {
  // Inside EXEC it has been queued, and what was watched has been compared already.
  if (!call.inside_exec()) call.session.watches.clear();
  call.reply.ok();
}

}  // namespace skerry::edge::handlers
