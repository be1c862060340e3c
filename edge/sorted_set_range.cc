#include "edge/sorted_set_range.h"

#include <algorithm>
#include <limits>

#include "crdt/number.h"

namespace skerry::edge {

namespace {

using Order = sync::KeyAccess::Order;
using ScoreVisitor = sync::KeyAccess::ScoreVisitor;

bool take_bracket(BytesView& word, char bracket) {
  if (word.empty() || word.front() != bracket) return false;
  word.remove_prefix(1);
  return true;
}

std::optional<NameRange::End> parse_name_end(BytesView word) {
  using Where = NameRange::End::Where;
  if (word == "-") return NameRange::End{Where::lowest, false, {}};
  if (word == "+") return NameRange::End{Where::highest, false, {}};
  if (take_bracket(word, '(')) return NameRange::End{Where::at, true, word};
  if (take_bracket(word, '[')) return NameRange::End{Where::at, false, word};
  return std::nullopt;
}

// Which words were given, before they are known to fit together.
struct RangeWords {
  bool by_score = false;
  bool by_name = false;
  bool reversed = false;
  bool with_scores = false;
  std::int64_t skip = 0;
  std::int64_t limit = -1;
};

std::optional<RangeWords> range_words(Call& call) {
  RangeWords words;
  for (std::size_t i = 4; i < call.size(); ++i) {
    const BytesView word = call[i];
    const bool by_something = words.by_score || words.by_name;
    if (same_word(word, "withscores")) {
      words.with_scores = true;
    } else if (same_word(word, "limit") && i + 2 < call.size()) {
      const auto skip = integer_argument(call, call[i + 1]);
      const auto limit = skip ? integer_argument(call, call[i + 2]) : std::nullopt;
      if (!limit) return std::nullopt;
      words.skip = *skip;
      words.limit = *limit;
      i += 2;
    } else if (same_word(word, "rev") && !words.reversed) {
      words.reversed = true;
    } else if (same_word(word, "bylex") && !by_something) {
      words.by_name = true;
    } else if (same_word(word, "byscore") && !by_something) {
      words.by_score = true;
    } else {
      call.reply.error(syntax_error);
      return std::nullopt;
    }
  }
  if (words.limit != -1 && !words.by_score && !words.by_name) {
    call.reply.error("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    return std::nullopt;
  }
  if (words.with_scores && words.by_name) {
    call.reply.error("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
    return std::nullopt;
  }
  return words;
}

// Stops after `limit`, and begins after `skip`.
class Window {
 public:
  explicit Window(const RangeQuery& query) : skip_(query.skip), limit_(query.limit) {}
  bool nothing() const { return skip_ < 0 || limit_ == 0; }
  // Whether the next one is to be visited.
  bool shows() {
    if (skip_ == 0) return true;
    --skip_;
    return false;
  }
  // Whether another may follow.
  bool go_on() { return limit_ < 0 || --limit_ > 0; }

 private:
  std::int64_t skip_;
  std::int64_t limit_;
};

core::Result<void> visit_ranks(sync::KeyAccess& key, const RankRange& range, Order order, const ScoreVisitor& visit) {
  const auto count = static_cast<std::int64_t>(key.count());
  const auto from_front = [count](std::int64_t rank) { return rank < 0 ? rank + count : rank; };
  const std::int64_t first = std::max<std::int64_t>(0, from_front(range.first));
  const std::int64_t last = std::min(count - 1, from_front(range.last));
  if (first > last) return {};
  return key.for_each_ranked(static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last) + 1, order, visit);
}

core::Result<void> visit_scores(sync::KeyAccess& key, const ScoreRange& range, const RangeQuery& query,
                                const ScoreVisitor& visit) {
  Window window(query);
  if (window.nothing()) return {};
  return key.for_each_scored(query.reversed ? range.high : range.low, query.order(),
                             [&](BytesView member, double score) {
                               const bool before = query.reversed ? range.above(score) : range.below(score);
                               const bool behind = query.reversed ? range.below(score) : range.above(score);
                               if (before) return true;
                               if (behind) return false;
                               return !window.shows() || (visit(member, score) && window.go_on());
                             });
}

core::Result<void> visit_names(sync::KeyAccess& key, const NameRange& range, const RangeQuery& query,
                               const ScoreVisitor& visit) {
  Window window(query);
  if (window.nothing()) return {};
  return key.for_each_ranked(0, key.count(), query.order(), [&](BytesView member, double score) {
    const bool before = query.reversed ? range.above(member) : range.below(member);
    const bool behind = query.reversed ? range.below(member) : range.above(member);
    if (before) return true;
    if (behind) return false;
    return !window.shows() || (visit(member, score) && window.go_on());
  });
}

}  // namespace

bool NameRange::below(BytesView name) const {
  if (low.where != End::Where::at) return low.where == End::Where::highest;
  return low.excluded ? name <= low.name : name < low.name;
}

bool NameRange::above(BytesView name) const {
  if (high.where != End::Where::at) return high.where == End::Where::lowest;
  return high.excluded ? name >= high.name : name > high.name;
}

std::optional<ScoreRange> parse_score_range(BytesView low, BytesView high) {
  ScoreRange range;
  range.low_excluded = take_bracket(low, '(');
  range.high_excluded = take_bracket(high, '(');
  const auto low_score = crdt::parse_double(low);
  const auto high_score = crdt::parse_double(high);
  if (!low_score || !high_score) return std::nullopt;
  range.low = *low_score;
  range.high = *high_score;
  return range;
}

std::optional<NameRange> parse_name_range(BytesView low, BytesView high) {
  const auto low_end = parse_name_end(low);
  const auto high_end = parse_name_end(high);
  if (!low_end || !high_end) return std::nullopt;
  return NameRange{*low_end, *high_end};
}

std::optional<RangeQuery> range_query(Call& call) {
  const auto words = range_words(call);
  if (!words) return std::nullopt;
  RangeQuery query{.range = RankRange(),
                   .reversed = words->reversed,
                   .with_scores = words->with_scores,
                   .skip = words->skip,
                   .limit = words->limit};
  // Reversed ranges of scores and names are given from the high end.
  const BytesView low = words->reversed ? call[3] : call[2];
  const BytesView high = words->reversed ? call[2] : call[3];
  if (words->by_score) {
    const auto range = parse_score_range(low, high);
    if (!range) {
      call.reply.error("ERR min or max is not a float");
      return std::nullopt;
    }
    query.range = *range;
  } else if (words->by_name) {
    const auto range = parse_name_range(low, high);
    if (!range) {
      call.reply.error("ERR min or max not valid string range item");
      return std::nullopt;
    }
    query.range = *range;
  } else {
    const auto first = integer_argument(call, call[2]);
    const auto last = first ? integer_argument(call, call[3]) : std::nullopt;
    if (!last) return std::nullopt;
    query.range = RankRange{*first, *last};
  }
  return query;
}

core::Result<void> visit_range(sync::KeyAccess& key, const RangeQuery& query, const ScoreVisitor& visit) {
  if (const auto* ranks = std::get_if<RankRange>(&query.range)) return visit_ranks(key, *ranks, query.order(), visit);
  if (const auto* scores = std::get_if<ScoreRange>(&query.range)) return visit_scores(key, *scores, query, visit);
  return visit_names(key, std::get<NameRange>(query.range), query, visit);
}

}  // namespace skerry::edge
