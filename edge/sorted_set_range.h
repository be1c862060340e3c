// What a range of a sorted set may be: ranks, scores or names, in either order.  Read from the words of ZRANGE, ZCOUNT.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "edge/call.h"

namespace skerry::edge {

// Both ends included; negative: counted from the end, -1 is the last.
struct RankRange {
  std::int64_t first = 0;
  std::int64_t last = -1;
};

struct ScoreRange {
  double low = 0;
  double high = 0;
  bool low_excluded = false;
  bool high_excluded = false;

  bool below(double score) const { return low_excluded ? score <= low : score < low; }
  bool above(double score) const { return high_excluded ? score >= high : score > high; }
};

// Names of members that all have one score.
struct NameRange {
  struct End {
    enum class Where { lowest, at, highest } where = Where::lowest;
    bool excluded = false;
    BytesView name;
  };
  End low;
  End high;

  bool below(BytesView name) const;
  bool above(BytesView name) const;
};

std::optional<ScoreRange> parse_score_range(BytesView low, BytesView high);  // 1.5, (1.5, -inf, +inf
std::optional<NameRange> parse_name_range(BytesView low, BytesView high);    // [a, (a, -, +

struct RangeQuery {
  std::variant<RankRange, ScoreRange, NameRange> range;
  bool reversed = false;
  bool with_scores = false;
  std::int64_t skip = 0;
  std::int64_t limit = -1;  // negative: no limit

  sync::KeyAccess::Order order() const {
    return reversed ? sync::KeyAccess::Order::descending : sync::KeyAccess::Order::ascending;
  }
};

// From ZRANGE's words; or nothing, after the error was answered.
std::optional<RangeQuery> range_query(Call& call);

// Calls visit(member, score) → bool for what the query asks of a sorted set that exists; false stops.
core::Result<void> visit_range(sync::KeyAccess& key, const RangeQuery& query,
                               const sync::KeyAccess::ScoreVisitor& visit);

}  // namespace skerry::edge
