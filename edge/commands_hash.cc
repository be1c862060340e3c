// Hashes: each field is a string cell of its own, so HSET and HINCRBY behave as SET and INCR.
#include <cmath>

#include "crdt/number.h"
#include "edge/commands.h"
#include "edge/handlers.h"
#include "edge/scan.h"

namespace skerry::edge::handlers {

namespace {

constexpr NumberTexts integer_texts{"ERR hash value is not an integer", "ERR increment or decrement would overflow"};
constexpr NumberTexts float_texts{"ERR hash value is not a float", "ERR increment would produce NaN or Infinity"};

// The value of a field of a hash that may be absent.
core::Result<std::optional<BytesView>> field_of(Call& call, Opened& opened, BytesView name) {
  if (!opened.exists) return std::optional<BytesView>();
  return opened.key.field(name, call.commands.scratch());
}

// Sets all pairs from words[2] on; how many fields are new, or nothing after the error was answered.
std::optional<std::uint64_t> set_fields(Call& call) {
  if (call.size() % 2 == 1) {
    error_naming_command(call, "wrong number of arguments for");
    return std::nullopt;
  }
  auto opened = open(call, call[1], Kind::hash);
  if (!opened || !members_fit(call, 2, 2)) return std::nullopt;
  const std::uint64_t before = opened->exists ? opened->key.count() : 0;
  for (std::size_t i = 2; i < call.size(); i += 2) {
    if (!succeeded(call, opened->key.write().hash_set(call[i], call[i + 1]))) return std::nullopt;
  }
  return opened->key.count() - before;
}

// Calls visit(field, value) for each; false after the error was answered, and nothing of what visit appended is left.
template <class F>
bool visit_fields(Call& call, Opened& opened, F&& visit) {
  if (!opened.exists) return true;
  const Reply::Mark mark = call.reply.mark();
  const auto visited = opened.key.for_each_field([&](BytesView field, BytesView value) {
    visit(field, value);
    return !call.reply.overflows();
  });
  if (visited) return true;
  call.reply.rewind(mark);
  answer_error(call, visited.error());
  return false;
}

// HKEYS, HVALS: one element a field.
template <class F>
void answer_each_field(Call& call, F&& element) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened) return;
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  const bool visited = visit_fields(call, *opened, [&](BytesView field, BytesView value) {
    call.reply.bulk(element(field, value));
    ++count;
  });
  if (visited) call.reply.close_array(mark, count);
}

}  // namespace

void hset(Call& call) {
  const auto added = set_fields(call);
  if (added) call.reply.integer(static_cast<std::int64_t>(*added));
}

void hmset(Call& call) {
  if (set_fields(call)) call.reply.ok();
}

void hsetnx(Call& call) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened || !members_fit(call, 2, 2)) return;
  const auto found = field_of(call, *opened, call[2]);
  if (!succeeded(call, found)) return;
  if (found->has_value()) return call.reply.integer(0);
  if (succeeded(call, opened->key.write().hash_set(call[2], call[3]))) call.reply.integer(1);
}

void hget(Call& call) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened) return;
  const auto value = field_of(call, *opened, call[2]);
  if (!succeeded(call, value)) return;
  value->has_value() ? call.reply.bulk(**value) : call.reply.null();
}

void hmget(Call& call) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened) return;
  const Reply::Mark before = call.reply.mark();
  call.reply.array(call.size() - 2);
  for (std::size_t i = 2; i < call.size() && !call.reply.overflows(); ++i) {
    const auto value = field_of(call, *opened, call[i]);
    if (!value) {
      call.reply.rewind(before);
      return answer_error(call, value.error());
    }
    value->has_value() ? call.reply.bulk(**value) : call.reply.null();
  }
}

void hgetall(Call& call) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened) return;
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  const bool visited = visit_fields(call, *opened, [&](BytesView field, BytesView value) {
    call.reply.bulk(field);
    call.reply.bulk(value);
    ++count;
  });
  if (visited) call.reply.close_map(mark, count);
}

void hkeys(Call& call) {
  answer_each_field(call, [](BytesView field, BytesView) { return field; });
}

void hvals(Call& call) {
  answer_each_field(call, [](BytesView, BytesView value) { return value; });
}

void hdel(Call& call) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened || !members_fit(call, 2, 1)) return;
  std::int64_t removed = 0;
  for (std::size_t i = 2; i < call.size() && opened->exists; ++i) {
    const auto seen = opened->key.write().hash_remove(call[i]);
    if (!succeeded(call, seen)) return;
    removed += *seen ? 1 : 0;
  }
  call.reply.integer(removed);
}

void hexists(Call& call) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened) return;
  const auto value = field_of(call, *opened, call[2]);
  if (succeeded(call, value)) call.reply.integer(value->has_value() ? 1 : 0);
}

void hlen(Call& call) {
  const auto opened = open(call, call[1], Kind::hash);
  if (opened) call.reply.integer(opened->exists ? static_cast<std::int64_t>(opened->key.count()) : 0);
}

void hstrlen(Call& call) {
  auto opened = open(call, call[1], Kind::hash);
  if (!opened) return;
  const auto value = field_of(call, *opened, call[2]);
  if (succeeded(call, value)) call.reply.integer(static_cast<std::int64_t>(value->value_or(BytesView()).size()));
}

void hincrby(Call& call) {
  const auto by = integer_argument(call, call[3]);
  if (!by) return;
  auto opened = open(call, call[1], Kind::hash);
  if (!opened || !members_fit(call, 2, 2)) return;
  const auto value = opened->key.write().hash_increment(call[2], *by);
  value ? call.reply.integer(*value) : answer_error(call, value.error(), integer_texts);
}

void hincrbyfloat(Call& call) {
  const auto by = crdt::parse_float(call[3]);
  if (!by) return call.reply.error(not_a_float);
  if (std::isinf(*by)) return call.reply.error("ERR value is NaN or Infinity");
  auto opened = open(call, call[1], Kind::hash);
  if (!opened || !members_fit(call, 2, 2)) return;
  const auto value = opened->key.write().hash_increment_float(call[2], *by);
  value ? call.reply.bulk(*value) : answer_error(call, value.error(), float_texts);
}

void hscan(Call& call) {
  const auto cursor = scan_cursor(call, call[2]);
  if (!cursor) return;
  auto opened = open(call, call[1], Kind::hash);
  if (!opened) return;
  ScanReply reply(call.reply);
  if (!opened->exists) return reply.send(0);
  const auto options = scan_options(call, *cursor, 3, ScanOf::members);
  if (!options) return;
  const ScanPage page(*options, opened->key.count());
  const auto visited = opened->key.for_each_field([&](BytesView field, BytesView value) {
    if (page.holds(field) && options->wants(field)) {
      reply.add().bulk(field);
      reply.add().bulk(value);
    }
    return !reply.overflows();
  });
  if (succeeded(call, visited)) reply.send(page.next_cursor());
}

}  // namespace skerry::edge::handlers
