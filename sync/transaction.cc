#include "sync/transaction.h"

#include <utility>

#include "sync/cells.h"
#include "sync/chunk_slice.h"
#include "sync/fault.h"
#include "sync/keyspace.h"
#include "sync/limits.h"
#include "sync/staging.h"

namespace skerry::sync {

namespace {

// A key is looked up for each, and stays in memory until the transaction ends.
constexpr std::size_t scan_keys_max = 10'000;

// The range removal, and the write that it makes way for: a register and what it does to the deadline.
constexpr std::size_t events_after_resets = 3;

}  // namespace

void SparedDots::add(const crdt::Cell& cell) {
  for (const crdt::Cell::Entry& entry : cell.entries()) {
    if (crdt::type_of(entry.payload) == crdt::PayloadType::resets) dots_.push_back(entry.dot);
  }
}

// In order, because each then goes to the end.
crdt::CausalContext SparedDots::take() {
  std::sort(dots_.begin(), dots_.end());
  crdt::CausalContext context;
  for (const crdt::Dot& dot : std::exchange(dots_, {})) context.add(dot);
  return context;
}

Transaction::Transaction(Keyspace& keyspace, SpaceState& space, const Now& now)
    : keyspace_(keyspace), space_(space), now_(now) {
  keyspace_.wall_ = now.wall;
}

Transaction::~Transaction() {
  end_batch();
  release_keys();
}

void Transaction::release_keys() {
  keyspace_.trim();
}

void Transaction::end_batch() {
  if (events_ == 0) return;
  keyspace_.staging_->close_batch(space_.log);
  events_ = 0;
  bytes_ = 0;
}

Result<KeyAccess> Transaction::key(BytesView name) {
  if (name.size() > address_bytes_max) {
    return core::fail(core::ErrorCode::too_large, "the key is longer than 32 KiB");
  }
  const auto key = keyspace_.cells_->key(space_.space, name);
  if (!key) return core::failure(key);
  depend_on((*key)->version);
  return KeyAccess(*this, **key);
}

Result<crdt::Event> Transaction::next_event(std::size_t bytes_max) {
  if (events_ >= batch_events_max || bytes_ >= bytes_max) {
    return core::fail(core::ErrorCode::too_large, "a batch holds at most 16384 events and 16 MiB");
  }
  if (space_.next > space_.reserved_to) keyspace_.reserve(space_);
  return crdt::Event{{keyspace_.self(), space_.next}, keyspace_.clock_.next(now_.wall)};
}

void Transaction::use(const crdt::Event& event) {
  ++events_;
  ++space_.next;
  space_.context.add(event.dot);
}

void Transaction::stage_range(const crdt::Event& event, BytesView address, crdt::CausalContext range) {
  if (planted(Fault::removal_mints_no_dot)) return;
  use(event);
  bytes_ += address.size() + range.interval_count() * interval_bytes;
  depend_on(keyspace_.staging_->add_range(event.dot, address, std::move(range)));
}

std::uint64_t Transaction::size() {
  depend_on(space_.keys_version);
  return space_.keys;
}

std::uint64_t Transaction::resets_max() const {
  return space_.tallied + (space_.leftover > range_holes_max ? space_.leftover : 0);
}

// Where the resets that go before a range removal fit.  A batch that has begun must not be torn by them (I9).
Result<Transaction::Batches> Transaction::batches_for(std::size_t resets, std::size_t bytes) const {
  const std::size_t range_bytes = (space_.context.interval_count() + range_holes_max) * interval_bytes;
  const bool fits = events_ + resets + events_after_resets <= batch_events_max &&
                    bytes_ + bytes + range_bytes + address_bytes_max < batch_bytes_max;
  if (fits) return Batches::this_one;
  if (events_ > 0) {
    return core::fail(core::ErrorCode::too_large, "more counters than fit the batch would have to be reset");
  }
  return Batches::several;
}

void Transaction::make_room(Batches batches) {
  const bool nearly_full = events_ + events_after_resets >= batch_events_max || bytes_ >= batch_bytes_max / 2;
  if (batches == Batches::several && nearly_full) end_batch();
}

// A range may hold what we have seen, and no more holes than others will read.
Result<crdt::CausalContext> Transaction::range_sparing(const crdt::CausalContext& spared) const {
  crdt::CausalContext range = space_.context;
  range.remove(spared);
  if (range.interval_count() > context_intervals_max) {
    return core::fail(core::ErrorCode::too_large, "what has been seen is in more pieces than a removal may name");
  }
  return range;
}

Result<crdt::CausalContext> Transaction::spared() {
  SparedDots dots;
  if (space_.leftover == 0) return dots.take();
  const auto walked = keyspace_.cells_->walk_space(space_.space, {}, [&](BytesView, const crdt::Cell& cell) {
    dots.add(cell);
    return true;
  });
  if (!walked) return core::failure(walked);
  return dots.take();
}

Result<bool> Transaction::scatters_resets() {
  if (space_.leftover <= range_holes_max) return false;
  const auto dots = spared();
  if (!dots) return core::failure(dots);
  return dots->interval_count() > range_holes_max;
}

// What the removal must not take along: how much has been seen of each tally; and what is left of removed counters,
// where that lies too scattered to be spared.
Result<void> Transaction::reset_cells(bool scattered) {
  if (space_.tallied == 0 && !scattered) return {};
  Bytes from;
  for (bool more = true; more;) {
    std::vector<Bytes> addresses;
    std::size_t bytes = 0;
    more = false;
    const auto walked =
        keyspace_.cells_->walk_space(space_.space, from, [&](BytesView address, const crdt::Cell& cell) {
          if (!crdt::leaves_resets(cell) && !(scattered && crdt::holds_resets(cell))) return true;
          more = addresses.size() + events_after_resets == batch_events_max;
          if (more) return false;
          addresses.emplace_back(address);
          bytes += address.size() + crdt::reset_bytes_max(cell);
          return true;
        });
    if (!walked) return walked;
    if (addresses.empty()) break;
    const auto batches = batches_for(more ? batch_events_max : addresses.size(), bytes);
    if (!batches) return core::failure(batches);
    for (const Bytes& encoded : addresses) {
      make_room(*batches);
      const auto address = core::decode_address(encoded);
      auto access = key(address->key);
      if (!access) return core::failure(access);
      const auto changed = access->reset(address->kind, address->member);
      if (!changed) return changed;
    }
    if (*batches == Batches::several) end_batch();
    from = addresses.back();
    from.push_back('\0');  // the next possible address
  }
  return {};
}

Result<void> Transaction::remove_all() {
  if (space_.keys == 0 && space_.tallied == 0) return {};  // nothing that readers or counters know of: no event
  const auto scattered = scatters_resets();
  if (!scattered) return core::failure(scattered);
  const auto reset = reset_cells(*scattered);
  if (!reset) return reset;
  const auto event = next_event(batch_bytes_max);
  if (!event) return core::failure(event);
  const auto dots = spared();
  if (!dots) return core::failure(dots);
  auto range = range_sparing(*dots);
  if (!range) return core::failure(range);
  Bytes prefix;
  core::put_space_prefix(prefix, space_.space);
  const auto applied = keyspace_.apply_range(space_, prefix, *range);
  if (!applied) return applied;
  stage_range(*event, prefix, std::move(*range));
  return {};
}

Result<std::uint64_t> Transaction::scan(std::uint64_t cursor, std::size_t count, const KeyVisitor& visit) {
  depend_on(space_.keys_version);
  count = std::clamp<std::size_t>(count, 1, scan_keys_max);
  // All that had lower numbers went with a removal of the space.
  if (const SpaceRemovals* removals = keyspace_.table_->removals(space_.space)) {
    cursor = std::max(cursor, removals->numbered);
  }
  auto found = keyspace_.cells_->numbered(space_.space, cursor, count);
  if (!found) return core::failure(found);
  std::vector<Bytes>& names = found->names;
  std::uint64_t last = found->last;
  for (const auto* keys : {&space_.new_keys_frozen, &space_.new_keys}) {
    auto next = std::upper_bound(keys->begin(), keys->end(), last,
                                 [](std::uint64_t number, const auto& key) { return number < key.number; });
    for (; next != keys->end() && names.size() < count; ++next) {
      names.emplace_back(next->key->name());
      last = next->number;
    }
  }
  const bool done = names.size() < count;
  for (const Bytes& name : names) {
    const auto access = key(name);
    if (!access) return core::failure(access);
    if (const auto kind = access->kind()) visit(name, *kind);
  }
  return done ? 0 : last;
}

}  // namespace skerry::sync
