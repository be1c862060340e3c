// Sorted sets: ZADD sets a score as SET does, ZINCRBY adds to it as INCR does.
#include <cmath>
#include <limits>

#include "crdt/number.h"
#include "edge/commands.h"
#include "edge/handlers.h"
#include "edge/scan.h"
#include "edge/sorted_set_range.h"

namespace skerry::edge::handlers {

namespace {

constexpr BytesView not_a_score = "ERR resulting score is not a number (NaN)";
constexpr NumberTexts increment_texts{not_a_score, "ERR increment would produce NaN or Infinity"};

core::Result<std::optional<double>> score_of(Opened& opened, BytesView member) {
  if (!opened.exists) return std::optional<double>();
  return opened.key.score(member);
}

struct AddOptions {
  bool if_absent = false;
  bool if_present = false;
  bool if_greater = false;
  bool if_less = false;
  bool count_changed = false;
  bool increment = false;
  std::size_t first_pair = 2;  // the place of the first score

  bool allow(std::optional<double> old, double wanted) const {
    if (!old) return !if_present;
    if (if_absent) return false;
    return !(if_less && wanted >= *old) && !(if_greater && wanted <= *old);
  }
};

std::optional<AddOptions> add_options(Call& call, bool increment) {
  AddOptions options;
  options.increment = increment;
  for (; options.first_pair < call.size(); ++options.first_pair) {
    const BytesView word = call[options.first_pair];
    if (same_word(word, "nx")) {
      options.if_absent = true;
    } else if (same_word(word, "xx")) {
      options.if_present = true;
    } else if (same_word(word, "gt")) {
      options.if_greater = true;
    } else if (same_word(word, "lt")) {
      options.if_less = true;
    } else if (same_word(word, "ch")) {
      options.count_changed = true;
    } else if (same_word(word, "incr")) {
      options.increment = true;
    } else {
      break;
    }
  }
  const std::size_t words = call.size() - options.first_pair;
  const int directions = (options.if_absent ? 1 : 0) + (options.if_greater ? 1 : 0) + (options.if_less ? 1 : 0);
  BytesView error;
  if (words == 0 || words % 2 == 1) {
    error = syntax_error;
  } else if (options.if_absent && options.if_present) {
    error = "ERR XX and NX options at the same time are not compatible";
  } else if (directions > 1) {
    error = "ERR GT, LT, and/or NX options at the same time are not compatible";
  } else if (options.increment && words > 2) {
    error = "ERR INCR option supports a single increment-element pair";
  }
  if (error.empty()) return options;
  call.reply.error(error);
  return std::nullopt;
}

void add_increment(Call& call, Opened& opened, const AddOptions& options, double by) {
  const BytesView member = call[options.first_pair + 1];
  const auto old = score_of(opened, member);
  if (!succeeded(call, old)) return;
  const double wanted = old->value_or(0) + by;
  if (std::isnan(wanted)) return call.reply.error(not_a_score);
  if (!options.allow(*old, wanted)) return call.reply.null();
  const auto score = opened.key.write().sorted_set_increment(member, by);
  score ? call.reply.real(*score) : answer_error(call, score.error(), increment_texts);
}

void add_pairs(Call& call, Opened& opened, const AddOptions& options) {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  for (std::size_t i = options.first_pair; i < call.size(); i += 2) {
    const double score = *crdt::parse_double(call[i]);
    const auto old = score_of(opened, call[i + 1]);
    if (!succeeded(call, old)) return;
    if (!options.allow(*old, score)) continue;
    if (!succeeded(call, opened.key.write().sorted_set_add(call[i + 1], score))) return;
    opened.exists = true;
    added += *old ? 0 : 1;
    changed += *old && **old != score ? 1 : 0;
  }
  call.reply.integer(options.count_changed ? added + changed : added);
}

void add(Call& call, bool increment) {
  const auto options = add_options(call, increment);
  if (!options) return;
  double first_score = 0;
  for (std::size_t i = call.size(); i > options->first_pair; i -= 2) {
    const auto score = score_argument(call, call[i - 2]);
    if (!score) return;
    first_score = *score;
  }
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened || !members_fit(call, options->first_pair + 1, 2)) return;
  options->increment ? add_increment(call, *opened, *options, first_score) : add_pairs(call, *opened, *options);
}

void answer_score(Call& call, std::optional<double> score) {
  score ? call.reply.real(*score) : call.reply.null();
}

// How many members stand before `member`; nothing if it is not there.
core::Result<std::optional<std::int64_t>> rank_of(Opened& opened, BytesView member, sync::KeyAccess::Order order) {
  const auto score = score_of(opened, member);
  if (!score) return core::failure(score);
  if (!*score) return std::optional<std::int64_t>();
  std::int64_t rank = 0;
  const auto visited = opened.key.for_each_ranked(0, opened.key.count(), order, [&](BytesView each, double) {
    if (each == member) return false;
    ++rank;
    return true;
  });
  if (!visited) return core::failure(visited);
  return std::optional(rank);
}

void answer_rank(Call& call, sync::KeyAccess::Order order) {
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened) return;
  const auto rank = rank_of(*opened, call[2], order);
  if (!succeeded(call, rank)) return;
  *rank ? call.reply.integer(**rank) : call.reply.null();
}

// As ZSCAN shows a score: whole numbers in full.
Bytes scanned_score(double score) {
  constexpr double whole_max = 4503599627370496.0;  // 2^52: beyond, a double skips whole numbers
  const bool whole = std::abs(score) < whole_max && score == std::trunc(score);
  return whole ? std::to_string(static_cast<std::int64_t>(score)) : print_score(score);
}

}  // namespace

void zadd(Call& call) {
  add(call, false);
}
void zincrby(Call& call) {
  add(call, true);
}

void zrem(Call& call) {
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened || !members_fit(call, 2, 1)) return;
  std::int64_t removed = 0;
  for (std::size_t i = 2; i < call.size() && opened->exists; ++i) {
    const auto seen = opened->key.write().sorted_set_remove(call[i]);
    if (!succeeded(call, seen)) return;
    removed += *seen ? 1 : 0;
  }
  call.reply.integer(removed);
}

void zscore(Call& call) {
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened) return;
  const auto score = score_of(*opened, call[2]);
  if (succeeded(call, score)) answer_score(call, *score);
}

void zmscore(Call& call) {
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened) return;
  const Reply::Mark before = call.reply.mark();
  call.reply.array(call.size() - 2);
  for (std::size_t i = 2; i < call.size(); ++i) {
    const auto score = score_of(*opened, call[i]);
    if (!score) {
      call.reply.rewind(before);
      return answer_error(call, score.error());
    }
    answer_score(call, *score);
  }
}

void zcard(Call& call) {
  const auto opened = open(call, call[1], Kind::sorted_set);
  if (opened) call.reply.integer(opened->exists ? static_cast<std::int64_t>(opened->key.count()) : 0);
}

void zrange(Call& call) {
  const auto query = range_query(call);
  if (!query) return;
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened) return;
  if (!opened->exists) return call.reply.array(0);
  const bool pairs = query->with_scores && call.reply.protocol() == Protocol::resp3;
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  const auto visited = visit_range(opened->key, *query, [&](BytesView member, double score) {
    if (pairs) call.reply.array(2);
    call.reply.bulk(member);
    if (query->with_scores) call.reply.real(score);
    count += query->with_scores && !pairs ? 2 : 1;
    return !call.reply.overflows();
  });
  if (!visited) {
    call.reply.rewind(mark);
    return answer_error(call, visited.error());
  }
  call.reply.close_array(mark, count);
}

void zrank(Call& call) {
  answer_rank(call, sync::KeyAccess::Order::ascending);
}
void zrevrank(Call& call) {
  answer_rank(call, sync::KeyAccess::Order::descending);
}

void zcount(Call& call) {
  const auto range = parse_score_range(call[2], call[3]);
  if (!range) return call.reply.error("ERR min or max is not a float");
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened) return;
  std::int64_t count = 0;
  if (opened->exists) {
    const auto visited = visit_range(opened->key, {.range = *range}, [&count](BytesView, double) {
      ++count;
      return true;
    });
    if (!succeeded(call, visited)) return;
  }
  call.reply.integer(count);
}

void zscan(Call& call) {
  const auto cursor = scan_cursor(call, call[2]);
  if (!cursor) return;
  auto opened = open(call, call[1], Kind::sorted_set);
  if (!opened) return;
  ScanReply reply(call.reply);
  if (!opened->exists) return reply.send(0);
  const auto options = scan_options(call, *cursor, 3, ScanOf::members);
  if (!options) return;
  const std::uint64_t size = opened->key.count();
  const ScanPage page(*options, size);
  const auto visited =
      opened->key.for_each_ranked(0, size, sync::KeyAccess::Order::ascending, [&](BytesView member, double score) {
        if (page.holds(member) && options->wants(member)) {
          reply.add().bulk(member);
          reply.add().bulk(scanned_score(score));
        }
        return !reply.overflows();
      });
  if (succeeded(call, visited)) reply.send(page.next_cursor());
}

}  // namespace skerry::edge::handlers
