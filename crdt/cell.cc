#include "crdt/cell.h"

#include <algorithm>

#include "crdt/fault.h"

namespace skerry::crdt {

namespace {

using Entries = std::vector<Cell::Entry>;

Entries::iterator place_of(Entries& entries, const Dot& dot) {
  // Nearly always there are no more than two.
  auto at = entries.end();
  while (at != entries.begin() && !(std::prev(at)->dot < dot)) --at;
  return at;
}

// A 4 MiB value must not leave its memory to a small one.
void release_excess(Bytes& payload) {
  constexpr std::size_t excess_min = 256;
  if (payload.capacity() > excess_min && payload.capacity() / 4 > payload.size()) payload.shrink_to_fit();
}

}  // namespace

const Cell::Entry* Cell::find(const Dot& dot) const {
  for (const Entry& entry : entries_) {
    if (entry.dot == dot) return &entry;
  }
  return nullptr;
}

void Cell::supersede_all(const Dot& dot, BytesView payload) {
  if (entries_.empty()) {
    entries_.push_back({dot, Bytes(payload)});
    return;
  }
  // The payload may be a view of what is in here: it is copied before anything goes.
  entries_.front().dot = dot;
  entries_.front().payload.assign(payload);
  finish_superseding();
}

Bytes& Cell::begin_superseding(const Dot& dot) {
  if (entries_.empty()) entries_.emplace_back();
  entries_.front().dot = dot;
  entries_.front().payload.clear();
  return entries_.front().payload;
}

void Cell::finish_superseding() {
  if (entries_.size() > 1) entries_.erase(entries_.begin() + 1, entries_.end());
  release_excess(entries_.front().payload);
}

void Cell::supersede(const Dot& old, const Dot& dot, BytesView payload) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.dot == old; });
  if (at == entries_.end()) {
    insert(dot, payload);
    return;
  }
  at->payload.assign(payload);
  at->dot = dot;
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& left, const Entry& right) { return left.dot < right.dot; });
}

void Cell::insert(const Dot& dot, BytesView payload) {
  const auto at = place_of(entries_, dot);
  if (at != entries_.end() && at->dot == dot) return;
  entries_.insert(at, {dot, Bytes(payload)});
}

bool Cell::remove_seen(const CausalContext& context) {
  return std::erase_if(entries_, [&](const Entry& entry) { return context.contains(entry.dot); }) > 0;
}

std::size_t Cell::heap_bytes() const {
  const std::size_t within = Bytes().capacity();  // what a string holds without asking for memory
  std::size_t bytes = entries_.capacity() * sizeof(Entry);
  for (const Entry& entry : entries_) {
    if (entry.payload.capacity() > within) bytes += entry.payload.capacity() + 1;
  }
  return bytes;
}

Cell join(const Cell& mine, const CausalContext& mine_seen, const Cell& theirs, const CausalContext& theirs_seen) {
  Cell joined;
  joined.entries_.reserve(std::max(mine.size(), theirs.size()));
  auto here = mine.entries_.begin();
  auto there = theirs.entries_.begin();
  while (here != mine.entries_.end() || there != theirs.entries_.end()) {
    const bool only_here = there == theirs.entries_.end() || (here != mine.entries_.end() && here->dot < there->dot);
    const bool only_there = here == mine.entries_.end() || (!only_here && there->dot < here->dot);
    if (only_here) {
      const bool removed = theirs_seen.contains(here->dot) && !planted(Fault::join_ignores_removals);
      if (!removed) joined.entries_.push_back(*here);
      ++here;
    } else if (only_there) {
      const bool removed = mine_seen.contains(there->dot) && !planted(Fault::join_imports_what_was_removed);
      if (!removed) joined.entries_.push_back(*there);
      ++there;
    } else {
      // One dot, one payload; should a peer break that rule, both sides still choose alike.
      joined.entries_.push_back(std::max(*here, *there));
      ++here;
      ++there;
    }
  }
  return joined;
}

}  // namespace skerry::crdt
