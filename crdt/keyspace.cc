#include "crdt/keyspace.h"

#include <set>

#include "crdt/payload.h"
#include "crdt/string.h"

namespace skerry::crdt {

namespace {

static_assert(KeyCells<Keyspace::Key>);

bool counts(Kind kind, const Cell& cell) {
  return kind == Kind::set ? is_member(cell) : present(cell);
}

// Which of a replica's events must go together with some places.
struct Closure {
  std::set<Bytes> addresses;
  std::set<Dot> ranges;

  bool includes(const Record& record) const {
    return record.range ? ranges.contains(record.dot) : addresses.contains(record.place);
  }
  // A range removal that an address lies under.
  bool concerns(const Record& range) const {
    const auto below = addresses.lower_bound(range.place);
    return below != addresses.end() && below->starts_with(range.place);
  }
};

}  // namespace

const Cell& Keyspace::cell(BytesView address) const {
  const auto at = cells_.find(Bytes(address));
  return at != cells_.end() ? at->second : none_;
}

const Cell& Keyspace::cell(BytesView key, Kind kind, BytesView member) const {
  return cell(core::encode({space_, key, kind, member}));
}

Event Keyspace::next_event(WallTime now) {
  return {{self_, context_.complete_to(self_) + 1}, clock_.next(now)};
}

void Keyspace::record(Record event) {
  context_.add(event.dot);
  records_.push_back(std::move(event));
}

void Keyspace::remove_seen(const Bytes& prefix, const CausalContext& range) {
  for (auto at = cells_.lower_bound(prefix); at != cells_.end() && at->first.starts_with(prefix);) {
    at->second.remove_seen(range);
    at = at->second.empty() ? cells_.erase(at) : std::next(at);
  }
}

void Keyspace::remove_range(const Bytes& prefix, WallTime now) {
  CausalContext range = context_;
  for (auto at = cells_.lower_bound(prefix); at != cells_.end() && at->first.starts_with(prefix); ++at) {
    for (const Cell::Entry& entry : at->second.entries()) {
      if (planted(Fault::range_takes_resets_along)) continue;
      if (type_of(entry.payload) == PayloadType::resets) range.remove(entry.dot);
    }
  }
  remove_seen(prefix, range);
  record({next_event(now).dot, prefix, std::move(range)});
}

Result<void> Keyspace::remove_all(WallTime now) {
  for (auto& [address, cell] : cells_) {
    if (!leaves_resets(cell) && !(rewrites_resets_ && holds_resets(cell))) continue;
    const Event event = next_event(now);
    remove_string(cell, event);
    record({event.dot, address, std::nullopt});
  }
  Bytes prefix;
  core::put_space_prefix(prefix, space_);
  if (!cells_.empty()) remove_range(prefix, now);
  return {};
}

Delta Keyspace::delta_of(std::span<const Bytes> places) const {
  Closure closure;
  for (const Bytes& place : places) {
    if (core::decode_address(place)) closure.addresses.insert(place);
  }
  std::set<Bytes> prefixes(places.begin(), places.end());
  // Ranges of the keys touched, and ranges that these had seen; until nothing is added.
  for (bool grows = true; grows;) {
    grows = false;
    for (const Record& record : records_) {
      if (!record.range || closure.ranges.contains(record.dot)) continue;
      bool wanted = prefixes.contains(record.place) || closure.concerns(record);
      for (const Record& carried : records_) {
        wanted = wanted || (closure.ranges.contains(carried.dot) && record.place.starts_with(carried.place) &&
                            carried.range->contains(record.dot));
      }
      if (wanted) closure.ranges.insert(record.dot);
      grows = grows || wanted;
    }
  }
  Delta delta;
  delta.seen = context_;
  for (const Bytes& address : closure.addresses) delta.cells[address] = cell(address);
  for (const Record& record : records_) {
    bool covered = closure.includes(record);
    for (const Record& carried : records_) {
      covered = covered || (closure.ranges.contains(carried.dot) && record.place.starts_with(carried.place) &&
                            carried.range->contains(record.dot));
    }
    if (covered) delta.covers.push_back(record);
  }
  return delta;
}

Delta Keyspace::delta_beyond(const CausalContext& known) const {
  std::vector<Bytes> places;
  for (const Record& record : records_) {
    if (!known.contains(record.dot)) places.push_back(record.place);
  }
  return delta_of(places);
}

void Keyspace::join(const Delta& delta, WallTime now) {
  for (const Record& record : delta.covers) {
    if (record.range) remove_seen(record.place, *record.range);
  }
  for (const auto& [address, theirs] : delta.cells) {
    Cell joined = crdt::join(cell(address), context_, theirs, delta.seen);
    for (const Cell::Entry& entry : joined.entries()) clock_.observe(stamp_of(entry.payload), now, clock_bound);
    if (joined.empty()) {
      cells_.erase(address);
    } else {
      cells_[address] = std::move(joined);
    }
  }
  for (const Record& covered : delta.covers) {
    if (!context_.contains(covered.dot)) record(covered);
  }
}

std::uint64_t Keyspace::Key::count(Kind kind) const {
  std::uint64_t count = 0;
  const auto visited = for_each_cell(kind, [&](BytesView, const Cell& cell) { count += counts(kind, cell) ? 1 : 0; });
  return visited ? count : 0;
}

bool Keyspace::Key::holds(Kind kind) const {
  bool held = false;
  const auto visited = for_each_cell(kind, [&held](BytesView, const Cell&) { held = true; });
  return visited && held;
}

Result<void> Keyspace::Key::reset_each(const std::vector<ToReset>& cells) {
  for (const ToReset& cell : cells) {
    const auto changed = change(cell.kind, cell.member, [](Cell& at, const Event& event) {
      remove_string(at, event);
      return true;
    });
    if (!changed) return changed;
  }
  return {};
}

Result<void> Keyspace::Key::remove_range() {
  Bytes prefix;
  core::put_key_prefix(prefix, keyspace_->space_, name_);
  keyspace_->remove_range(prefix, now_);
  return {};
}

}  // namespace skerry::crdt
