// Figures over time and distributions, in bounded memory however long a run is.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/time.h"

namespace skerry::simulations {

using core::Duration;

// A number that changes over time, in at most `buckets_max` buckets of equal width.  When a run outgrows them,
// neighbours become one and the width doubles: a long run is seen more coarsely, never in part.
class Series {
 public:
  static constexpr std::size_t buckets_max = 1'024;

  // `level`: it stands until it is said again, and a bucket holds the greatest that stood in it.
  // `count`: a bucket holds the sum of what was said in it.
  enum class Kind { level, count };
  explicit Series(Kind kind) : kind_(kind) {}

  // REQUIRES that `at` is not before what was said last.
  void say(Duration at, std::uint64_t value);
  // A level stands until here; for a count there is nothing to do.
  void end(Duration at);

  Duration width() const { return width_; }
  // The first begins at 0.
  const std::vector<std::uint64_t>& buckets() const { return buckets_; }
  std::uint64_t greatest() const;

 private:
  std::uint64_t& bucket_at(Duration at);
  void halve();

  Kind kind_;
  Duration width_{std::chrono::milliseconds(10)};
  std::uint64_t level_ = 0;
  std::vector<std::uint64_t> buckets_;
};

// How long things took: counts in classes that are at most 1/16 wide, so that a percentile is at most 6.25 % more than
// the true one.  The greatest is exact.
class Durations {
 public:
  void add(Duration duration);

  std::uint64_t size() const { return size_; }
  // The least class limit that so large a part of them does not exceed; nothing was added: 0.  REQUIRES 0 <= part <= 1.
  Duration percentile(double part) const;
  Duration greatest() const { return greatest_; }

 private:
  static constexpr unsigned steps = 16;      // in each doubling
  static constexpr unsigned doublings = 40;  // of microseconds; the last class has all that is longer, a hundred days
  std::array<std::uint32_t, std::size_t{steps} * doublings> counts_{};
  std::uint64_t size_ = 0;
  Duration greatest_{};
};

}  // namespace skerry::simulations
