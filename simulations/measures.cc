#include "simulations/measures.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/ensure.h"

namespace skerry::simulations {

using namespace std::chrono_literals;

void Series::say(Duration at, std::uint64_t value) {
  std::uint64_t& bucket = bucket_at(at);
  bucket = kind_ == Kind::count ? bucket + value : std::max(bucket, value);
  level_ = value;
}

void Series::end(Duration at) {
  if (kind_ == Kind::level) bucket_at(at);
}

std::uint64_t Series::greatest() const {
  return buckets_.empty() ? 0 : *std::max_element(buckets_.begin(), buckets_.end());
}

// All buckets up to that one are there then.
std::uint64_t& Series::bucket_at(Duration at) {
  core::ensure(at >= 0ms);
  while (static_cast<std::size_t>(at / width_) >= buckets_max) halve();
  const auto index = static_cast<std::size_t>(at / width_);
  core::ensure(index + 1 >= buckets_.size());
  buckets_.resize(index + 1, kind_ == Kind::level ? level_ : 0);
  return buckets_[index];
}

void Series::halve() {
  for (std::size_t i = 0; i < buckets_.size(); i += 2) {
    const std::uint64_t second = i + 1 < buckets_.size() ? buckets_[i + 1] : 0;
    buckets_[i / 2] = kind_ == Kind::count ? buckets_[i] + second : std::max(buckets_[i], second);
  }
  buckets_.resize((buckets_.size() + 1) / 2);
  width_ *= 2;
}

// Class `c` holds what is at most `limit_of(c)` microseconds: 1, 2, … 32, 34, 36, … 64, 68, …
void Durations::add(Duration duration) {
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (duration + 999ns) / 1us));
  std::size_t index = 0;
  if (microseconds > 0) {
    const std::uint64_t value = microseconds - 1;
    if (value < 2 * steps) {
      index = value;
    } else {
      const auto shift = static_cast<unsigned>(std::bit_width(value)) - 5;
      index = std::size_t{shift} * steps + (value >> shift);
    }
  }
  ++counts_[std::min(index, counts_.size() - 1)];
  ++size_;
  greatest_ = std::max(greatest_, duration);
}

Duration Durations::percentile(double part) const {
  core::ensure(part >= 0);
  core::ensure(part <= 1);
  const auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(size_)));
  std::uint64_t seen = 0;
  for (std::size_t index = 0; index < counts_.size(); ++index) {
    seen += counts_[index];
    if (seen < wanted || seen == 0) continue;
    if (index + 1 == counts_.size()) break;
    const std::size_t shift = index < 2 * steps ? 0 : index / steps - 1;
    const std::size_t mantissa = index - shift * steps;
    const Duration limit = std::chrono::microseconds((mantissa + 1) << shift);
    return std::min(limit, greatest_);
  }
  return greatest_;
}

}  // namespace skerry::simulations
