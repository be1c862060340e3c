// The members of one sorted set in the order of (score, member): an index in memory, built when it is first asked for
// and kept up to date by changes.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "core/bytes.h"
#include "core/time.h"

namespace skerry::sync {

class Ranking {
 public:
  struct Place {
    double score;
    core::Bytes member;
    bool operator<(const Place& other) const {
      return score != other.score ? score < other.score : member < other.member;
    }
  };
  using Places = std::set<Place>;

  void insert(double score, core::BytesView member);
  void erase(double score, core::BytesView member);
  // The scores may change by time alone at this time: from then on the ranking must not be used.
  void stale_from(core::WallTime time);
  bool stale(core::WallTime now) const { return stale_from_ && *stale_from_ <= now; }

  std::uint64_t size() const { return places_.size(); }
  Places::const_iterator begin() const { return places_.begin(); }
  Places::const_iterator end() const { return places_.end(); }
  // The place at `rank`, or end().  Walks from the nearer end.
  // TODO(perf): an order-statistic tree, when somebody asks for ranks in the middle of large sets.
  Places::const_iterator at_rank(std::uint64_t rank) const;
  // The first place with a score >= `score`; the first with a greater one.
  Places::const_iterator first_from(double score) const;
  Places::const_iterator first_beyond(double score) const;

  // Frees up to so many places, of a ranking that nobody needs any more.
  void drop(std::size_t count);

  std::size_t heap_bytes() const { return bytes_; }

 private:
  Places places_;
  std::optional<core::WallTime> stale_from_;
  std::size_t bytes_ = 0;
};

}  // namespace skerry::sync
