// Commands on keys of any kind, and on all keys: DEL EXISTS TYPE KEYS SCAN, deadlines.
#include <algorithm>

#include "edge/commands.h"
#include "edge/handlers.h"
#include "edge/scan.h"

namespace skerry::edge::handlers {

namespace {

BytesView type_name(Kind kind) {
  switch (kind) {
    case Kind::string:
      return "string";
    case Kind::hash:
      return "hash";
    case Kind::set:
      return "set";
    case Kind::sorted_set:
      return "zset";
    case Kind::row:
    case Kind::expiry:
      return "none";
  }
  return "none";
}

// How many keys a whole walk (KEYS) looks at in one step; between steps the cache may drop them.
constexpr std::size_t walk_step = 1'000;

struct ExpireConditions {
  bool if_none = false;     // NX
  bool if_any = false;      // XX
  bool if_later = false;    // GT
  bool if_earlier = false;  // LT

  bool allow(std::optional<core::WallTime> current, core::WallTime wanted) const {
    if (if_none && current) return false;
    if (if_any && !current) return false;
    // Without a deadline a key lives for ever, and nothing is later than that.
    if (if_later && (!current || wanted <= *current)) return false;
    return !(if_earlier && current && wanted >= *current);
  }
};

std::optional<ExpireConditions> expire_conditions(Call& call) {
  ExpireConditions conditions;
  for (const BytesView word : call.arguments.subspan(3)) {
    if (same_word(word, "nx")) {
      conditions.if_none = true;
    } else if (same_word(word, "xx")) {
      conditions.if_any = true;
    } else if (same_word(word, "gt")) {
      conditions.if_later = true;
    } else if (same_word(word, "lt")) {
      conditions.if_earlier = true;
    } else {
      call.reply.error("ERR Unsupported option " + Bytes(word.substr(0, std::min<std::size_t>(word.find('\0'), 128))));
      return std::nullopt;
    }
  }
  if (conditions.if_none && (conditions.if_any || conditions.if_later || conditions.if_earlier)) {
    call.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return std::nullopt;
  }
  if (conditions.if_later && conditions.if_earlier) {
    call.reply.error("ERR GT and LT options at the same time are not compatible");
    return std::nullopt;
  }
  return conditions;
}

void expire(Call& call, TimeForm form) {
  const auto conditions = expire_conditions(call);
  if (!conditions) return;
  const auto deadline = deadline_argument(call, call[2], form, TimeRange::any);
  if (!deadline) return;
  auto key = open(call, call[1]);
  if (!key) return;
  if (!key->kind() || !conditions->allow(key->deadline(), *deadline)) return call.reply.integer(0);
  // Whoever sets a deadline that has passed wants the key gone.
  auto writer = key->write();
  const auto written = *deadline <= call.now.wall ? writer.remove() : writer.expire(*deadline);
  if (succeeded(call, written)) call.reply.integer(1);
}

// Answers what `of` makes of the deadline; -2 without the key, -1 without a deadline.
template <class F>
void answer_deadline(Call& call, F&& of) {
  const auto key = open(call, call[1]);
  if (!key) return;
  if (!key->kind()) return call.reply.integer(-2);
  const auto deadline = key->deadline();
  call.reply.integer(deadline ? of(*deadline) : -1);
}

std::int64_t rounded_to_seconds(std::int64_t milliseconds) {
  return milliseconds / 1'000 + (milliseconds % 1'000 >= 500 ? 1 : 0);
}

std::int64_t milliseconds_left(const Call& call, core::WallTime deadline) {
  return std::max<std::int64_t>(0, (deadline - call.now.wall).count());
}

}  // namespace

void del(Call& call) {
  if (!fits_batch(call)) return;
  std::int64_t removed = 0;
  for (const BytesView name : call.arguments.subspan(1)) {
    auto key = open(call, name);
    if (!key) return;
    const auto seen = key->write().remove();
    if (!succeeded(call, seen)) return;
    removed += *seen ? 1 : 0;
  }
  call.reply.integer(removed);
}

void unlink(Call& call) {
  del(call);
}

void exists(Call& call) {
  std::int64_t found = 0;
  for (const BytesView name : call.arguments.subspan(1)) {
    const auto key = open(call, name);
    if (!key) return;
    found += key->kind() ? 1 : 0;
  }
  call.reply.integer(found);
}

void type(Call& call) {
  const auto key = open(call, call[1]);
  if (key) call.reply.simple(type_name(key->kind().value_or(Kind::row)));
}

void keys(Call& call) {
  if (!accepts_pattern(call, call[1])) return;
  const Glob glob(call[1]);
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  std::uint64_t cursor = 0;
  do {
    const auto next = call.data().scan(cursor, walk_step, [&](BytesView key, Kind) {
      if (call.reply.overflows() || !(glob.matches_all() || glob.matches(key))) return;
      call.reply.bulk(key);
      ++count;
    });
    if (!next) {
      call.reply.rewind(mark);
      return answer_error(call, next.error());
    }
    call.data().release_keys();
    cursor = *next;
  } while (cursor != 0 && !call.reply.overflows());
  call.reply.close_array(mark, count);
}

void scan(Call& call) {
  const auto cursor = scan_cursor(call, call[1]);
  if (!cursor) return;
  const auto options = scan_options(call, *cursor, 2, ScanOf::keys);
  if (!options) return;
  ScanReply reply(call.reply);
  const auto next = call.data().scan(options->cursor, options->count, [&](BytesView key, Kind kind) {
    if (reply.overflows() || (options->type && !same_word(*options->type, type_name(kind)))) return;
    if (options->wants(key)) reply.add().bulk(key);
  });
  if (succeeded(call, next)) reply.send(*next);
}

void expire(Call& call) {
  expire(call, {TimeUnit::seconds, TimeBase::now});
}
void pexpire(Call& call) {
  expire(call, {TimeUnit::milliseconds, TimeBase::now});
}
void expireat(Call& call) {
  expire(call, {TimeUnit::seconds, TimeBase::epoch});
}
void pexpireat(Call& call) {
  expire(call, {TimeUnit::milliseconds, TimeBase::epoch});
}

void ttl(Call& call) {
  answer_deadline(call, [&](core::WallTime deadline) { return rounded_to_seconds(milliseconds_left(call, deadline)); });
}

void pttl(Call& call) {
  answer_deadline(call, [&](core::WallTime deadline) { return milliseconds_left(call, deadline); });
}

void expiretime(Call& call) {
  answer_deadline(call, [](core::WallTime deadline) { return rounded_to_seconds(core::unix_milliseconds(deadline)); });
}

void pexpiretime(Call& call) {
  answer_deadline(call, [](core::WallTime deadline) { return core::unix_milliseconds(deadline); });
}

void persist(Call& call) {
  auto key = open(call, call[1]);
  if (!key) return;
  if (!key->kind() || !key->deadline()) return call.reply.integer(0);
  const auto written = key->write().expire(std::nullopt);
  if (succeeded(call, written)) call.reply.integer(1);
}

}  // namespace skerry::edge::handlers
