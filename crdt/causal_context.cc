#include "crdt/causal_context.h"

#include <algorithm>

#include "core/ensure.h"

namespace skerry::crdt {

namespace {

using Part = CausalContext::Part;
using Intervals = std::vector<Interval>;

// All ends are compared as `first - 1 <= last`: first is at least 1, while last + 1 might overflow.
bool touches(const Interval& left, const Interval& right) {
  return right.first - 1 <= left.last;
}

// The first element from `at` on that is not `before`, in steps that double.  Contexts come from peers, and may be
// long: a walk through one for every entry of another would hold the loop for as long as a stranger wishes.
template <class It, class Before>
It skip(It at, It end, Before&& before) {
  std::ptrdiff_t step = 1;
  while (end - at >= step && before(at[step - 1])) {
    at += step;
    step *= 2;
  }
  return std::partition_point(at, at + std::min(step - 1, end - at), before);
}

// Where `replica` is from `at` on, or would be.  Mostly it is right there.
template <class It>
It skip_to(It at, It end, const ReplicaId& replica) {
  if (at == end || at->replica == replica) return at;
  return skip(at, end, [&](const Part& part) { return part.replica < replica; });
}

constexpr std::size_t few = 8;  // so many ids are compared one by one: to ask whether two are equal is cheapest

const Part* part_of(const std::vector<Part>& parts, const ReplicaId& replica) {
  if (parts.size() <= few) {
    for (const Part& part : parts) {
      if (part.replica == replica) return &part;
    }
    return nullptr;
  }
  const auto part = skip_to(parts.begin(), parts.end(), replica);
  return part != parts.end() && part->replica == replica ? &*part : nullptr;
}

bool holds(const Intervals& intervals, Sequence sequence) {
  const Interval& latest = intervals.back();
  if (sequence >= latest.first) return sequence <= latest.last;
  const auto after = std::upper_bound(intervals.begin(), intervals.end(), sequence,
                                      [](Sequence value, const Interval& interval) { return value < interval.first; });
  return after != intervals.begin() && sequence <= std::prev(after)->last;
}

bool holds_all(const Intervals& intervals, const Intervals& others) {
  auto at = intervals.begin();
  for (const Interval& other : others) {
    if (at != intervals.end() && at->last < other.first)
      at = skip(at, intervals.end(), [&](const Interval& interval) { return interval.last < other.first; });
    if (at == intervals.end() || other.first < at->first || other.last > at->last) return false;
  }
  return true;
}

void add_interval(Intervals& intervals, Interval interval) {
  const auto first =
      std::lower_bound(intervals.begin(), intervals.end(), interval,
                       [](const Interval& left, const Interval& right) { return !touches(left, right); });
  auto last = first;
  while (last != intervals.end() && touches(interval, *last)) {
    interval = {std::min(interval.first, last->first), std::max(interval.last, last->last)};
    ++last;
  }
  if (first == last) {
    intervals.insert(first, interval);
  } else {
    *first = interval;
    intervals.erase(std::next(first), last);
  }
}

Intervals united(const Intervals& left, const Intervals& right) {
  Intervals all;
  all.reserve(left.size() + right.size());
  std::merge(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(all));
  Intervals result;
  for (const Interval& interval : all) {
    if (!result.empty() && touches(result.back(), interval)) {
      result.back().last = std::max(result.back().last, interval.last);
    } else {
      result.push_back(interval);
    }
  }
  return result;
}

Intervals difference(const Intervals& from, const Intervals& removed) {
  Intervals result;
  auto at = removed.begin();
  for (Interval rest : from) {
    while (at != removed.end() && at->last < rest.first) ++at;
    bool remains = true;
    for (auto hole = at; hole != removed.end() && hole->first <= rest.last; ++hole) {
      if (rest.first < hole->first) result.push_back({rest.first, hole->first - 1});
      remains = hole->last < rest.last;
      if (!remains) break;
      rest.first = hole->last + 1;
    }
    if (remains) result.push_back(rest);
  }
  return result;
}

Intervals common(const Intervals& left, const Intervals& right) {
  Intervals result;
  auto here = left.begin();
  auto there = right.begin();
  while (here != left.end() && there != right.end()) {
    const Interval overlap{std::max(here->first, there->first), std::min(here->last, there->last)};
    if (overlap.first <= overlap.last) result.push_back(overlap);
    if (here->last < there->last) {
      ++here;
    } else {
      ++there;
    }
  }
  return result;
}

}  // namespace

bool CausalContext::contains(const Dot& dot) const {
  const Part* part = part_of(parts_, dot.replica);
  return part != nullptr && holds(part->intervals, dot.sequence);
}

bool CausalContext::contains_any(const ReplicaId& replica, Interval interval) const {
  const Part* part = part_of(parts_, replica);
  if (part == nullptr) return false;
  const auto ends_before = [&](const Interval& other) { return other.last < interval.first; };
  const auto at = std::partition_point(part->intervals.begin(), part->intervals.end(), ends_before);
  return at != part->intervals.end() && at->first <= interval.last;
}

bool CausalContext::covers(const CausalContext& other) const {
  auto at = parts_.begin();
  for (const Part& part : other.parts_) {
    at = skip_to(at, parts_.end(), part.replica);
    if (at == parts_.end() || at->replica != part.replica || !holds_all(at->intervals, part.intervals)) return false;
  }
  return true;
}

Sequence CausalContext::complete_to(const ReplicaId& replica) const {
  const Part* part = part_of(parts_, replica);
  return part != nullptr && part->intervals.front().first == 1 ? part->intervals.front().last : 0;
}

Sequence CausalContext::greatest(const ReplicaId& replica) const {
  const Part* part = part_of(parts_, replica);
  return part != nullptr ? part->intervals.back().last : 0;
}

void CausalContext::add(const Dot& dot) {
  add(dot.replica, {dot.sequence, dot.sequence});
}

void CausalContext::add(const ReplicaId& replica, Interval interval) {
  core::ensure(interval.first >= 1);
  core::ensure(interval.first <= interval.last);
  if (parts_.empty() || parts_.back().replica < replica) {  // one part after the other, as a decoder adds them
    parts_.push_back(Part{replica, {interval}});
    return;
  }
  auto part = parts_.begin();
  if (parts_.size() <= few) {
    while (part->replica != replica && part->replica < replica) ++part;
  } else {
    part = skip_to(part, parts_.end(), replica);
  }
  if (part->replica != replica) {
    parts_.insert(part, Part{replica, {interval}});
    return;
  }
  Interval& latest = part->intervals.back();
  if (interval.first - 1 == latest.last) {  // the next event of a replica: nearly always
    latest.last = interval.last;
  } else {
    add_interval(part->intervals, interval);
  }
}

// What is new goes to the end and is merged once: inserting one after the other would be quadratic.
void CausalContext::add(const CausalContext& other) {
  const std::size_t mine = parts_.size();
  std::size_t i = 0;
  for (const Part& part : other.parts_) {
    const auto begin = parts_.begin();
    i = static_cast<std::size_t>(skip_to(begin + i, begin + mine, part.replica) - begin);
    if (i == mine || parts_[i].replica != part.replica) {
      parts_.push_back(part);
    } else if (part.intervals.size() == 1) {
      add_interval(parts_[i].intervals, part.intervals.front());
    } else {
      parts_[i].intervals = united(parts_[i].intervals, part.intervals);
    }
  }
  if (parts_.size() == mine) return;
  const auto middle = parts_.begin() + static_cast<std::ptrdiff_t>(mine);
  std::inplace_merge(parts_.begin(), middle, parts_.end(),
                     [](const Part& left, const Part& right) { return left.replica < right.replica; });
}

void CausalContext::remove(const Dot& dot) {
  CausalContext removed;
  removed.add(dot);
  remove(removed);
}

void CausalContext::remove(const CausalContext& other) {
  *this = without(other);
}

// Mostly two contexts that have nearly all in common: what is the same is not copied.
CausalContext CausalContext::without(const CausalContext& other) const {
  CausalContext result;
  auto removed = other.parts_.begin();
  for (const Part& part : parts_) {
    removed = skip_to(removed, other.parts_.end(), part.replica);
    if (removed == other.parts_.end() || removed->replica != part.replica) {
      result.parts_.push_back(part);
    } else if (part.intervals != removed->intervals) {
      Intervals rest = difference(part.intervals, removed->intervals);
      if (!rest.empty()) result.parts_.push_back({part.replica, std::move(rest)});
    }
  }
  return result;
}

CausalContext CausalContext::intersection(const CausalContext& other) const {
  CausalContext result;
  for (const Part& part : parts_) {
    const Part* there = part_of(other.parts_, part.replica);
    if (there == nullptr) continue;
    Intervals both = common(part.intervals, there->intervals);
    if (!both.empty()) result.parts_.push_back({part.replica, std::move(both)});
  }
  return result;
}

std::size_t CausalContext::interval_count() const {
  std::size_t count = 0;
  for (const Part& part : parts_) count += part.intervals.size();
  return count;
}

}  // namespace skerry::crdt
