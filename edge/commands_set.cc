// Sets: an add wins over a concurrent remove.
#include "edge/commands.h"
#include "edge/handlers.h"
#include "edge/scan.h"

namespace skerry::edge::handlers {

void sadd(Call& call) {
  auto opened = open(call, call[1], Kind::set);
  if (!opened || !members_fit(call, 2, 1)) return;
  std::int64_t added = 0;
  for (std::size_t i = 2; i < call.size(); ++i) {
    const auto is_new = opened->key.write().set_add(call[i]);
    if (!succeeded(call, is_new)) return;
    added += *is_new ? 1 : 0;
  }
  call.reply.integer(added);
}

void srem(Call& call) {
  auto opened = open(call, call[1], Kind::set);
  if (!opened || !members_fit(call, 2, 1)) return;
  std::int64_t removed = 0;
  for (std::size_t i = 2; i < call.size() && opened->exists; ++i) {
    const auto seen = opened->key.write().set_remove(call[i]);
    if (!succeeded(call, seen)) return;
    removed += *seen ? 1 : 0;
  }
  call.reply.integer(removed);
}

void smembers(Call& call) {
  auto opened = open(call, call[1], Kind::set);
  if (!opened) return;
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  if (opened->exists) {
    const auto visited = opened->key.for_each_member([&](BytesView member) {
      call.reply.bulk(member);
      ++count;
      return !call.reply.overflows();
    });
    if (!visited) {
      call.reply.rewind(mark);
      return answer_error(call, visited.error());
    }
  }
  call.reply.close_set(mark, count);
}

void sismember(Call& call) {
  auto opened = open(call, call[1], Kind::set);
  if (!opened) return;
  if (!opened->exists) return call.reply.integer(0);
  const auto found = opened->key.contains(call[2]);
  if (succeeded(call, found)) call.reply.integer(*found ? 1 : 0);
}

void smismember(Call& call) {
  auto opened = open(call, call[1], Kind::set);
  if (!opened) return;
  const Reply::Mark before = call.reply.mark();
  call.reply.array(call.size() - 2);
  for (std::size_t i = 2; i < call.size(); ++i) {
    const core::Result<bool> found = opened->exists ? opened->key.contains(call[i]) : core::Result<bool>(false);
    if (!found) {
      call.reply.rewind(before);
      return answer_error(call, found.error());
    }
    call.reply.integer(*found ? 1 : 0);
  }
}

void scard(Call& call) {
  const auto opened = open(call, call[1], Kind::set);
  if (opened) call.reply.integer(opened->exists ? static_cast<std::int64_t>(opened->key.count()) : 0);
}

void sscan(Call& call) {
  const auto cursor = scan_cursor(call, call[2]);
  if (!cursor) return;
  auto opened = open(call, call[1], Kind::set);
  if (!opened) return;
  ScanReply reply(call.reply);
  if (!opened->exists) return reply.send(0);
  const auto options = scan_options(call, *cursor, 3, ScanOf::members);
  if (!options) return;
  const ScanPage page(*options, opened->key.count());
  const auto visited = opened->key.for_each_member([&](BytesView member) {
    if (page.holds(member) && options->wants(member)) reply.add().bulk(member);
    return !reply.overflows();
  });
  if (succeeded(call, visited)) reply.send(page.next_cursor());
}

}  // namespace skerry::edge::handlers
