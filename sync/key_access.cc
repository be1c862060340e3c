#include "core/ensure.h"
#include "sync/cells.h"
#include "sync/keyspace.h"
#include "sync/limits.h"
#include "sync/staging.h"
#include "sync/transaction.h"
#include "sync/upkeep.h"

template class skerry::crdt::KeyWriter<skerry::sync::KeyAccess>;

namespace skerry::sync {

const Now& KeyAccess::now() const {
  return transaction_->now_;
}

std::optional<Kind> KeyAccess::kind() const {
  return crdt::visible_kind(*this, now().wall);
}

std::optional<WallTime> KeyAccess::deadline() const {
  return crdt::effective_deadline(key_->string.cell, key_->expiry(), now().wall);
}

Lsn KeyAccess::version() const {
  return key_->version;
}

const crdt::Cell& KeyAccess::string() const {
  return key_->string.cell;
}
const crdt::Cell& KeyAccess::expiry() const {
  return key_->expiry();
}

std::uint64_t KeyAccess::count(Kind kind) const {
  return key_->members ? key_->members->of(kind).present : 0;
}
bool KeyAccess::holds(Kind kind) const {
  return key_->members && key_->members->of(kind).cells > 0;
}
std::uint64_t KeyAccess::tallied(Kind kind) const {
  return key_->members ? key_->members->of(kind).tallied : 0;
}

BytesView KeyAccess::string(Bytes& scratch) const {
  const auto value = crdt::read_string(key_->string.cell, now().wall, scratch);
  core::ensure(value.has_value());
  return *value;
}

std::uint64_t KeyAccess::count() const {
  const auto visible = kind();
  return visible && has_members(*visible) ? count(*visible) : 0;
}

Result<std::optional<BytesView>> KeyAccess::field(BytesView name, Bytes& scratch) {
  const auto member = transaction_->keyspace_.cells_->member(*key_, Kind::hash, name);
  if (!member) return core::failure(member);
  if (*member == nullptr) return std::nullopt;
  return crdt::read_string((*member)->slot.cell, now().wall, scratch);
}

Result<bool> KeyAccess::contains(BytesView name) {
  const auto member = transaction_->keyspace_.cells_->member(*key_, Kind::set, name);
  if (!member) return core::failure(member);
  return *member != nullptr && crdt::is_member((*member)->slot.cell);
}

Result<std::optional<double>> KeyAccess::score(BytesView name) {
  const auto member = transaction_->keyspace_.cells_->member(*key_, Kind::sorted_set, name);
  if (!member) return core::failure(member);
  if (*member == nullptr) return std::nullopt;
  return crdt::read_score((*member)->slot.cell, now().wall);
}

Result<void> KeyAccess::walk(Kind kind, const std::function<bool(BytesView, const crdt::Cell&)>& visit) {
  return transaction_->keyspace_.cells_->walk_members(*key_, kind, visit);
}

Result<void> KeyAccess::for_each_field(const std::function<bool(BytesView field, BytesView value)>& visit) {
  Bytes scratch;
  return walk(Kind::hash, [&](BytesView name, const crdt::Cell& cell) {
    const auto value = crdt::read_string(cell, now().wall, scratch);
    return value ? visit(name, *value) : true;
  });
}

Result<void> KeyAccess::for_each_member(const std::function<bool(BytesView member)>& visit) {
  return walk(Kind::set, [&](BytesView name, const crdt::Cell&) { return visit(name); });
}

// --- the order of scores

Result<const Ranking*> KeyAccess::ranking() {
  KeyMembers& members = *key_->members;
  if (members.ranking && !members.ranking->stale(now().wall)) return members.ranking.get();
  auto ranking = std::make_unique<Ranking>();
  const auto walked = walk(Kind::sorted_set, [&](BytesView name, const crdt::Cell& cell) {
    if (const auto score = crdt::read_score(cell, now().wall)) ranking->insert(*score, name);
    if (const auto time = crdt::winner_changes_at(cell, now().wall)) ranking->stale_from(*time);
    return true;
  });
  if (!walked) return core::failure(walked);
  members.ranking = std::move(ranking);
  transaction_->keyspace_.cells_->table().resized(*key_);
  return members.ranking.get();
}

Result<void> KeyAccess::for_each_ranked(std::uint64_t first, std::uint64_t last, Order order,
                                        const ScoreVisitor& visit) {
  const auto found = ranking();
  if (!found) return core::failure(found);
  const Ranking& places = **found;
  last = std::min(last, places.size());
  if (first >= last) return {};
  switch (order) {
    case Order::ascending:
      for (auto place = places.at_rank(first); first < last; ++first, ++place) {
        if (!visit(place->member, place->score)) break;
      }
      break;
    case Order::descending:
      for (auto place = places.at_rank(places.size() - 1 - first);; --place) {
        if (!visit(place->member, place->score) || ++first == last) break;
      }
      break;
  }
  return {};
}

Result<void> KeyAccess::for_each_scored(double from, Order order, const ScoreVisitor& visit) {
  const auto found = ranking();
  if (!found) return core::failure(found);
  const Ranking& places = **found;
  switch (order) {
    case Order::ascending:
      for (auto place = places.first_from(from); place != places.end(); ++place) {
        if (!visit(place->member, place->score)) break;
      }
      break;
    case Order::descending:
      for (auto place = places.first_beyond(from); place != places.begin();) {
        --place;
        if (!visit(place->member, place->score)) break;
      }
      break;
  }
  return {};
}

// --- writes

Result<void> KeyAccess::accepts(BytesView value) const {
  if (value.size() <= value_bytes_max) return {};
  return core::fail(core::ErrorCode::too_large, "the value is longer than 4 MiB");
}

Result<Change> KeyAccess::prepare(Kind kind, BytesView name) {
  if (key_->name_size + name.size() > address_bytes_max) {
    return core::fail(core::ErrorCode::too_large, "key and member together are longer than 32 KiB");
  }
  Keyspace& keyspace = transaction_->keyspace_;
  const auto event = transaction_->next_event(kind == Kind::expiry ? batch_bytes_with_expiry_max : batch_bytes_max);
  if (!event) return core::failure(event);
  Change change{.cell = nullptr, .event = *event, .kind = kind, .member = nullptr, .ranked_score = std::nullopt};
  if (has_members(kind)) {
    const auto member = keyspace.cells_->member_to_change(*key_, kind, name);
    if (!member) return core::failure(member);
    change.member = *member;
    change.cell = &change.member->slot.cell;
  } else {
    change.cell = kind == Kind::string ? &key_->string.cell : &key_->make_expires().slot.cell;
  }
  change.ranked_score = keyspace.upkeep_->changing(*key_, change.member, now().wall);
  return change;
}

void KeyAccess::commit(const Change& change) {
  Transaction& transaction = *transaction_;
  Keyspace& keyspace = transaction.keyspace_;
  Slot* slot = change.member != nullptr      ? &change.member->slot
               : change.kind == Kind::string ? &key_->string
                                             : &key_->expires->slot;
  const auto put_address = [&](Bytes& to) {
    to.append(key_->prefix());
    core::put_u8(to, static_cast<std::uint8_t>(change.kind));
    if (change.member != nullptr) to.append(change.member->name());
  };
  transaction.use(change.event);
  const Lsn lsn = keyspace.staging_->add(EventType::cell, change.event.dot, slot, put_address);
  keyspace.upkeep_->changed(transaction.space_, *key_, change.kind, change.member, change.ranked_score, lsn,
                            now().wall);
  transaction.depend_on(lsn);
  // What is sent is the cell, with what others wrote beside this.
  transaction.bytes_ += key_->prefix().size() + 1 + (change.member != nullptr ? change.member->name_size : 0);
  for (const crdt::Cell::Entry& entry : change.cell->entries()) transaction.bytes_ += entry.payload.size();
}

Result<crdt::CausalContext> KeyAccess::spared() {
  SparedDots dots;
  dots.add(key_->string.cell);
  for (const Kind kind : {Kind::hash, Kind::sorted_set}) {
    if (!key_->members || key_->members->of(kind).leftover == 0) continue;
    const auto walked = walk(kind, [&](BytesView, const crdt::Cell& cell) {
      dots.add(cell);
      return true;
    });
    if (!walked) return core::failure(walked);
  }
  return dots.take();
}

std::uint64_t KeyAccess::leftover() const {
  if (!key_->members) return 0;
  return key_->members->of(Kind::hash).leftover + key_->members->of(Kind::sorted_set).leftover;
}

std::uint64_t KeyAccess::resets_max() const {
  const std::uint64_t rewritten = leftover() >= range_holes_max ? leftover() : 0;
  return tallied(Kind::hash) + tallied(Kind::sorted_set) + rewritten;
}

Result<bool> KeyAccess::scatters_resets() {
  if (leftover() < range_holes_max) return false;
  const auto dots = spared();
  if (!dots) return core::failure(dots);
  return dots->interval_count() > range_holes_max;
}

Result<void> KeyAccess::reset(Kind kind, BytesView member) {
  return change(kind, member, [](crdt::Cell& cell, const crdt::Event& event) {
    crdt::remove_string(cell, event);
    return true;
  });
}

Result<void> KeyAccess::reset_each(const std::vector<crdt::ToReset>& cells) {
  std::size_t bytes = 0;
  for (const crdt::ToReset& cell : cells) bytes += key_->prefix().size() + 1 + cell.member.size() + cell.bytes_max;
  const auto batches = transaction_->batches_for(cells.size(), bytes);
  if (!batches) return core::failure(batches);
  for (const crdt::ToReset& cell : cells) {
    transaction_->make_room(*batches);
    const auto changed = reset(cell.kind, cell.member);
    if (!changed) return changed;
  }
  if (*batches == Transaction::Batches::several) transaction_->end_batch();
  return {};
}

Result<void> KeyAccess::remove_range() {
  const auto event = transaction_->next_event(batch_bytes_max);
  if (!event) return core::failure(event);
  const auto dots = spared();
  if (!dots) return core::failure(dots);
  auto range = transaction_->range_sparing(*dots);
  if (!range) return core::failure(range);
  const auto applied = transaction_->keyspace_.apply_range(transaction_->space_, key_->prefix(), *range);
  if (!applied) return applied;
  Bytes address(key_->prefix());
  core::put_u8(address, static_cast<std::uint8_t>(Kind::row));
  transaction_->stage_range(*event, address, std::move(*range));
  return {};
}

}  // namespace skerry::sync
