#include "sync/unseen.h"

#include <algorithm>
#include <set>

namespace skerry::sync {

namespace {

std::uint64_t dots_in(const crdt::CausalContext& context) {
  std::uint64_t dots = 0;
  for (const crdt::CausalContext::Part& part : context.parts()) {
    for (const crdt::Interval& interval : part.intervals) dots += interval.last - interval.first + 1;
  }
  return dots;
}

// How many of the dots an entry is.
std::uint64_t dots_of(const EventLog& log, Position position, const crdt::CausalContext& dots) {
  if (log.type_at(position) != EventType::void_) return dots.contains(log.dot_at(position)) ? 1 : 0;
  crdt::CausalContext unused;
  unused.add(log.dot_at(position).replica, log.interval_at(position));
  return dots_in(unused.intersection(dots));
}

}  // namespace

std::optional<std::vector<core::Bytes>> unseen_addresses(const Staging& staging, const EventLog& log,
                                                         const crdt::CausalContext& unseen, core::BytesView prefix,
                                                         const UnseenAims& aims) {
  std::uint64_t left = dots_in(unseen);
  std::set<core::BytesView> found;  // in the log's own bytes, and the batch's
  staging.for_each_open([&](const Dot& dot, core::BytesView address) {
    if (!unseen.contains(dot)) return;
    --left;
    if (address.starts_with(prefix)) found.insert(address);
  });
  const Position last = log.end() - std::min<Position>(log.end() - log.first(), aims.entries_max);
  for (Position position = log.end(); left > 0; --position) {
    if (position == last) return std::nullopt;
    const std::uint64_t met = dots_of(log, position - 1, unseen);
    left -= met;
    if (met == 0 || log.type_at(position - 1) != EventType::cell) continue;
    const core::BytesView address = log.address_at(position - 1);
    if (!address.starts_with(prefix)) continue;
    found.insert(address);
    if (found.size() > aims.addresses_max) return std::nullopt;
  }
  return std::vector<core::Bytes>(found.begin(), found.end());
}

}  // namespace skerry::sync
