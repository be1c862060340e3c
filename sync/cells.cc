#include "sync/cells.h"

#include <algorithm>

#include "core/ensure.h"
#include "sync/event_log.h"

namespace skerry::sync {

namespace {

Bytes with_kind(BytesView prefix, Kind kind) {
  Bytes address(prefix);
  core::put_u8(address, static_cast<std::uint8_t>(kind));
  return address;
}

Kind after(Kind kind) {
  return static_cast<Kind>(static_cast<std::uint8_t>(kind) + 1);
}

bool is_key_row(BytesView address) {
  return static_cast<Kind>(address[key_prefix_of(address).size()]) == Kind::row;
}

void take_row(CachedKey& key, KeyRow row) {
  key.stored = true;
  key.listed = row.number != 0;
  key.version = row.version;
  key.number = row.number;
  key.epoch = row.epoch;
  if (row.due != 0) key.make_expires().due = key.make_expires().due_stored = row.due;
  for (std::size_t i = 0; i < 3; ++i) {
    if (row.counts[i].cells == 0) continue;
    KeyMembers& members = key.make_members();
    members.counts[i] = row.counts[i];
    members.complete = false;
  }
  if (row.pending.empty()) return;
  key.make_members().pending = std::make_unique<crdt::CausalContext>(std::move(row.pending));
  key.members->pending_listed = true;
}

}  // namespace

Result<CachedKey*> Cells::load_key(Space space, BytesView name) {
  CachedKey& key = table_.add(space, name);
  if (table_.complete()) return &key;
  auto read = read_key(key);
  if (!read) {
    table_.discard(key);
    return core::failure(read);
  }
  return &key;
}

Result<void> Cells::read_key(CachedKey& key) {
  std::optional<core::Error> error;
  const Bytes first = with_kind(key.prefix(), Kind::row);
  const auto scanned = store_.scan(first, with_kind(key.prefix(), Kind::hash), [&](BytesView at, BytesView value) {
    const Kind kind = static_cast<Kind>(at[key.prefix_size]);
    if (kind == Kind::row) {
      auto row = read_key_row(value, replicas_);
      if (row)
        take_row(key, std::move(*row));
      else
        error = row.error();
    } else {
      auto cell = read_cell(value);
      if (cell)
        (kind == Kind::string ? key.string : key.make_expires().slot).cell = std::move(*cell);
      else
        error = cell.error();
    }
    return !error;
  });
  if (!scanned) return scanned;
  if (error) return tl::make_unexpected(std::move(*error));
  const SpaceRemovals* removals = table_.removals(key.space);
  if (removals != nullptr) pass(key, key.string.cell);
  if (removals != nullptr && key.expires) pass(key, key.expires->slot.cell);
  key.string_traits = traits_of(key.string.cell);
  if (removals != nullptr && key.epoch < removals->epoch) {
    key.version = std::max(key.version, removals->version);
    if (key.epoch >= removals->unresolved) {
      table_.settle(key);
    } else if (auto looked = look_into(key, *removals); !looked) {
      return looked;
    }
  }
  key.counted = key.present();
  table_.resized(key);
  return {};
}

// When it is to be looked at for expiry may be another time as well: that is put right when its rows are swept.
Result<void> Cells::look_into(CachedKey& key, const SpaceRemovals& removals) {
  key.epoch = removals.epoch;
  if (key.number <= removals.numbered) {  // it was gone before that
    key.number = 0;
    key.listed = false;
  }
  return key.members ? count_members(key) : Result<void>();
}

void Cells::pass(const CachedKey& key, crdt::Cell& cell) const {
  if (key.pending()) cell.remove_seen(*key.members->pending);
  const SpaceRemovals* removals = table_.removals(key.space);
  if (removals != nullptr && !removals->context.empty()) cell.remove_seen(removals->context);
}

bool Cells::rows_are_stale(const CachedKey& key) const {
  const SpaceRemovals* removals = table_.removals(key.space);
  return key.pending() || (removals != nullptr && !removals->context.empty());
}

Result<void> Cells::count_members(CachedKey& key) {
  KeyCounts counts;
  for (const Kind kind : {Kind::hash, Kind::set, Kind::sorted_set}) {
    KindCounts& of_kind = counts[KeyMembers::index_of(kind)];
    const auto walked = walk_members(key, kind, [&](BytesView, const crdt::Cell& cell) {
      of_kind.add(traits_of(cell));
      return true;
    });
    if (!walked) return walked;
  }
  key.members->counts = counts;
  return {};
}

Result<CachedMember*> Cells::member(CachedKey& key, Kind kind, BytesView name) {
  if (CachedMember* found = table_.find(key, kind, name)) {
    settle(*found);
    return found;
  }
  if (!key.members || key.members->complete || key.members->of(kind).cells == 0) return nullptr;
  return load_member(key, kind, name);
}

Result<CachedMember*> Cells::member_to_change(CachedKey& key, Kind kind, BytesView name) {
  auto found = member(key, kind, name);
  if (!found || *found != nullptr) return found;
  return &table_.add(key, kind, name);
}

Result<std::optional<Place>> Cells::place(const core::Address& address, bool only_existing) {
  const auto found = key(address.space, address.key);
  if (!found) return core::failure(found);
  Place place{*found, nullptr, address.kind};
  if (!has_members(address.kind)) return place;
  const auto member_found = only_existing ? member(**found, address.kind, address.member)
                                          : member_to_change(**found, address.kind, address.member);
  if (!member_found) return core::failure(member_found);
  if (*member_found == nullptr) return std::nullopt;
  place.member = *member_found;
  return place;
}

Result<CachedMember*> Cells::load_member(CachedKey& key, Kind kind, BytesView name) {
  Bytes address = with_kind(key.prefix(), kind);
  address.append(name);
  const auto row = store_.read(address);
  if (!row) return tl::make_unexpected(row.error());
  if (!*row) return nullptr;
  auto cell = read_cell(**row);
  if (!cell) return tl::make_unexpected(cell.error());
  pass(key, *cell);
  if (cell->empty()) return nullptr;
  CachedMember& member = table_.add(key, kind, name);
  member.slot.cell = std::move(*cell);
  member.traits = traits_of(member.slot.cell);
  table_.resized(member);
  return &member;
}

Result<void> Cells::load_members(CachedKey& key) {
  if (!key.members || key.members->complete) return {};
  std::optional<core::Error> error;
  const Bytes first = with_kind(key.prefix(), Kind::hash);
  const auto scanned = store_.scan(first, beyond_prefix(key.prefix()), [&](BytesView at, BytesView value) {
    const Kind kind = static_cast<Kind>(at[key.prefix_size]);
    const BytesView name = at.substr(key.prefix_size + 1);
    if (CachedMember* found = table_.find(key, kind, name)) return settle(*found), true;
    auto cell = read_cell(value);
    if (!cell) {
      error = cell.error();
      return false;
    }
    pass(key, *cell);
    if (cell->empty()) return true;
    CachedMember& member = table_.add(key, kind, name);
    member.slot.cell = std::move(*cell);
    member.traits = traits_of(member.slot.cell);
    table_.resized(member);
    return true;
  });
  if (!scanned) return scanned;
  if (error) return tl::make_unexpected(std::move(*error));
  key.members->complete = true;
  return {};
}

Result<void> Cells::walk_members(CachedKey& key, Kind kind, const MemberVisitor& visit) {
  if (!key.members || key.members->of(kind).cells == 0) return {};
  std::vector<const CachedMember*> cached;
  for (const CachedMember* member = key.members->newest; member != nullptr; member = member->next_of_key) {
    if (member->kind == kind) cached.push_back(member);
  }
  std::sort(cached.begin(), cached.end(),
            [](const auto* one, const auto* other) { return one->name() < other->name(); });
  if (key.members->complete) {
    for (const CachedMember* member : cached) {
      if (!member->slot.cell.empty() && !visit(member->name(), member->slot.cell)) break;
    }
    return {};
  }
  std::vector<Cached> of_key;
  of_key.reserve(cached.size());
  for (const CachedMember* member : cached) of_key.push_back({&key, member, kind});
  return walk(
      of_key, with_kind(key.prefix(), kind), with_kind(key.prefix(), after(kind)),
      [](BytesView, BytesView) { return Result<void>(); }, [&](BytesView, crdt::Cell& cell) { pass(key, cell); },
      [&](BytesView address, const crdt::Cell& cell) { return visit(address.substr(key.prefix_size + 1), cell); });
}

Result<void> Cells::walk_space(Space space, BytesView from, const CellVisitor& visit) {
  std::vector<Cached> cached;
  Bytes scratch;
  const auto add = [&](const Cached& cell) {
    scratch.clear();
    if (!from.empty()) cell.put_address(scratch);
    if (scratch >= from) cached.push_back(cell);
  };
  table_.for_each_key([&](CachedKey& key) {
    if (key.space != space) return;
    settle(key);
    add({&key, nullptr, Kind::string});
    if (key.expires) add({&key, nullptr, Kind::expiry});
    for (CachedMember* member = key.members ? key.members->newest : nullptr; member != nullptr;
         member = member->next_of_key) {
      add({&key, member, member->kind});
    }
  });
  std::sort(cached.begin(), cached.end());
  Bytes prefix;
  core::put_space_prefix(prefix, space);
  // A row of a key says how the rows of its members read, so it must not be missed.
  const Bytes first = from > prefix ? with_kind(key_prefix_of(from), Kind::row) : prefix;
  CachedKey as_in_store;  // what pass() wants to know of a key that is not cached
  as_in_store.space = space;
  as_in_store.make_members();
  const CachedKey* current = &as_in_store;
  Bytes current_prefix;
  const auto key_row = [&](BytesView address, BytesView value) -> Result<void> {
    const auto decoded = core::decode_address(address);
    auto row = read_key_row(value, replicas_);
    if (!row || !decoded) return core::failure(row);
    current_prefix = key_prefix_of(address);
    current = table_.find(space, decoded->key);
    if (current != nullptr) return {};
    as_in_store.members->pending = std::make_unique<crdt::CausalContext>(std::move(row->pending));
    current = &as_in_store;
    return {};
  };
  return walk(
      cached, first, beyond_prefix(prefix), key_row,
      [&](BytesView address, crdt::Cell& cell) {
        // Of a key that is gone members may be left without its row.
        const bool its_row_is_gone = !address.starts_with(current_prefix);
        if (its_row_is_gone) as_in_store.members->pending.reset();
        pass(its_row_is_gone ? as_in_store : *current, cell);
      },
      [&](BytesView address, const crdt::Cell& cell) { return address < from || visit(address, cell); });
}

const crdt::Cell& Cells::Cached::cell() const {
  if (member != nullptr) return member->slot.cell;
  return kind == Kind::string ? key->string.cell : key->expiry();
}

void Cells::Cached::put_address(Bytes& to) const {
  to.append(key->prefix());
  core::put_u8(to, static_cast<std::uint8_t>(kind));
  if (member != nullptr) to.append(member->name());
}

// No key's prefix begins another's (core/ids.h), so the parts compare as the whole does.
bool Cells::Cached::operator<(const Cached& other) const {
  if (key != other.key) return key->prefix() < other.key->prefix();
  if (kind != other.kind) return kind < other.kind;
  return member != nullptr && member->name() < other.member->name();
}

Result<void> Cells::walk(const std::vector<Cached>& cached, BytesView first, BytesView limit,
                         const KeyRowVisitor& key_row, const Pass& pass, const CellVisitor& visit) const {
  std::optional<core::Error> error;
  auto next = cached.begin();
  Bytes next_address;
  const auto find_address = [&] {
    next_address.clear();
    if (next != cached.end()) next->put_address(next_address);
  };
  find_address();
  bool going = true;
  const auto visit_next = [&] {
    if (!next->cell().empty()) going = visit(next_address, next->cell());
    ++next;
    find_address();
  };
  const auto visit_cached_until = [&](BytesView address) {
    while (going && next != cached.end() && next_address < address) visit_next();
  };
  const auto scanned = store_.scan(first, limit, [&](BytesView address, BytesView value) {
    visit_cached_until(address);
    if (!going) return false;
    if (next != cached.end() && next_address == address) {
      visit_next();
      return going;
    }
    if (is_key_row(address)) {
      const auto seen = key_row(address, value);
      if (!seen) error = seen.error();
      return !error;
    }
    auto cell = read_cell(value);
    if (!cell) {
      error = cell.error();
      return false;
    }
    pass(address, *cell);
    if (!cell->empty()) going = visit(address, *cell);
    return going;
  });
  if (!scanned) return scanned;
  if (error) return tl::make_unexpected(std::move(*error));
  while (going && next != cached.end()) visit_next();
  return {};
}

Result<Cells::Numbered> Cells::numbered(Space space, std::uint64_t number, std::size_t count) const {
  Numbered found{{}, number};
  if (number == UINT64_MAX) return found;
  std::optional<core::Error> error;
  const Bytes limit = beyond_prefix(number_row_key(space, 0).substr(0, 4));
  const auto scanned = store_.scan(number_row_key(space, number + 1), limit, [&](BytesView at, BytesView value) {
    const auto row = read_number_row(at, value);
    if (row) {
      found.last = row->number;
      found.names.emplace_back(row->name);
    } else {
      error = row.error();
    }
    return !error && found.names.size() < count;
  });
  if (!scanned) return core::failure(scanned);
  if (error) return tl::make_unexpected(std::move(*error));
  return found;
}

}  // namespace skerry::sync
