#include "sync/ranking.h"

#include <cmath>
#include <iterator>
#include <limits>

namespace skerry::sync {

namespace {

// A node of the tree, and what the allocator adds.
std::size_t bytes_of(core::BytesView member) {
  return sizeof(Ranking::Place) + 48 + (member.size() > 15 ? member.size() + 16 : 0);
}

}  // namespace

void Ranking::insert(double score, core::BytesView member) {
  if (places_.insert({score, core::Bytes(member)}).second) bytes_ += bytes_of(member);
}

void Ranking::erase(double score, core::BytesView member) {
  if (places_.erase({score, core::Bytes(member)}) > 0) bytes_ -= bytes_of(member);
}

void Ranking::drop(std::size_t count) {
  for (; count > 0 && !places_.empty(); --count) {
    bytes_ -= bytes_of(places_.begin()->member);
    places_.erase(places_.begin());
  }
}

void Ranking::stale_from(core::WallTime time) {
  if (!stale_from_ || time < *stale_from_) stale_from_ = time;
}

Ranking::Places::const_iterator Ranking::at_rank(std::uint64_t rank) const {
  if (rank >= size()) return end();
  if (rank <= size() / 2) return std::next(begin(), static_cast<std::ptrdiff_t>(rank));
  return std::prev(end(), static_cast<std::ptrdiff_t>(size() - rank));
}

// The empty name sorts before every other, so it stands for "the first with this score".
Ranking::Places::const_iterator Ranking::first_from(double score) const {
  return places_.lower_bound({score, {}});
}

Ranking::Places::const_iterator Ranking::first_beyond(double score) const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return score == infinity ? end() : first_from(std::nextafter(score, infinity));
}

}  // namespace skerry::sync
