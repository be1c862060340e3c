#include "sync/event_log.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/ensure.h"
#include "sync/byte_hash.h"

namespace skerry::sync {

using core::BytesView;
using core::ensure;

namespace {

constexpr std::size_t page_entries = 4096;
constexpr std::size_t space_prefix_size = 2;

// How far back `to` lies; 0 is "none".
std::uint32_t distance(Position from, Position to) {
  if (to == 0) return 0;
  ensure(to < from && from - to <= std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(from - to);
}

}  // namespace

BytesView key_prefix_of(BytesView address) {
  std::size_t zero = space_prefix_size;
  while ((zero = address.find('\0', zero)) != BytesView::npos) {
    ensure(zero + 1 < address.size());
    if (address[zero + 1] == '\0') return address.substr(0, zero + 2);
    zero += 2;  // 00 FF: a zero byte of the key itself
  }
  ensure(false);
  return {};
}

BytesView range_prefix_of(BytesView address) {
  return address.size() == space_prefix_size ? address : key_prefix_of(address);
}

struct EventLog::Entry {
  core::Sequence sequence;
  Lsn lsn;
  std::uint64_t address : 56;  // where Addresses keeps it
  std::uint64_t type : 8;
  ReplicaTable::Index replica;
  std::uint32_t previous_at_address;  // as distances: four bytes instead of eight
  std::uint32_t previous_of_key;
  std::uint16_t batch_offset;  // sequence - batch.first; rare_at if the batch stands in rare_
  std::uint16_t batch_count;
};

// What few entries have.
struct EventLog::Rare {
  core::Sequence first = 0;
  EventBatch batch;
  crdt::CausalContext range;
};

namespace {
constexpr std::uint16_t rare_batch = std::numeric_limits<std::uint16_t>::max();
}

// The bytes of the addresses, one after the other in pages that never move.
class EventLog::Addresses {
 public:
  std::uint64_t add(BytesView address) {
    core::Bytes size;
    core::put_varint(size, address.size());
    const std::size_t needed = size.size() + address.size();
    if (pages_.empty() || used_ + needed > page_size) {
      const std::size_t allocated = std::max(page_size, needed);
      pages_.push_back(std::make_unique_for_overwrite<char[]>(allocated));
      heap_bytes_ += allocated;
      used_ = 0;
    }
    char* to = pages_.back().get() + used_;
    std::memcpy(to, size.data(), size.size());
    if (!address.empty()) std::memcpy(to + size.size(), address.data(), address.size());
    const std::uint64_t place = (pages_.size() - 1) << page_bits | used_;
    used_ += needed;
    return place;
  }

  void prefetch(std::uint64_t place) const {
    __builtin_prefetch(pages_[place >> page_bits].get() + (place & (page_size - 1)));
  }

  BytesView at(std::uint64_t place) const {
    const char* from = pages_[place >> page_bits].get() + (place & (page_size - 1));
    std::size_t size = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*from++);
      size |= static_cast<std::size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return {from, size};
  }

  std::size_t heap_bytes() const { return heap_bytes_; }

 private:
  static constexpr unsigned page_bits = 18;
  static constexpr std::size_t page_size = 1 << page_bits;
  std::vector<std::unique_ptr<char[]>> pages_;
  std::size_t used_ = 0;
  std::size_t heap_bytes_ = 0;
};

// A hash table from bytes to positions that keeps no bytes of its own: Addresses has them.  Open addressing with
// linear probing.  A slot repeats where the entry's address is, which saves a look at the entry (and a cache miss: they
// are what an append costs).  Nothing is ever removed.
class EventLog::Index {
 public:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t position = 0;  // 0: the slot is free
    std::uint64_t address = 0;   // of that entry
  };

  // The slot where the bytes with this hash are, or would be.  `same(address)` tells whether it is theirs.
  template <class Same>
  Slot& find(std::uint32_t hash, Same&& same) {
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      Slot& slot = slots_[at];
      if (slot.position == 0 || (slot.hash == hash && same(slot.address))) return slot;
    }
  }

  // Asks for the memory in which find(hash) will look first.
  void prefetch(std::uint32_t hash) const { __builtin_prefetch(&slots_[hash & mask()]); }
  // What find(hash) will look at first; `position` 0 if that is free.
  const Slot& home(std::uint32_t hash) const { return slots_[hash & mask()]; }

  // REQUIRES `slot` to come from find(hash) with nothing put since.
  void put(Slot& slot, std::uint32_t hash, Position position, std::uint64_t address) {
    ensure(position <= std::numeric_limits<std::uint32_t>::max());
    const bool fresh = slot.position == 0;
    slot = {hash, static_cast<std::uint32_t>(position), address};
    if (fresh && ++used_ * 4 > slots_.size() * 3) grow();
  }

  std::size_t heap_bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  std::size_t mask() const { return slots_.size() - 1; }

  // TODO(perf): at many millions of keys this one copy holds the loop for tens of milliseconds.
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.position == 0) continue;
      std::size_t at = slot.hash & mask();
      while (slots_[at].position != 0) at = (at + 1) & mask();
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::size_t used_ = 0;
};

// Entries with the addresses that the index does not know yet.
class EventLog::Gathered {
 public:
  struct Item {
    Position position;
    std::uint32_t begin;  // of the address in bytes_
    std::uint32_t size;
    std::uint32_t key_hash;
  };

  bool empty() const { return items_.empty(); }
  bool full() const { return items_.size() >= items_max || bytes_.size() >= bytes_max; }
  void add(Position position, BytesView address, std::uint32_t key_hash) {
    items_.push_back(
        {position, static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(address.size()), key_hash});
    bytes_.append(address);
  }
  const std::vector<Item>& items() const { return items_; }
  BytesView address(const Item& item) const { return BytesView(bytes_).substr(item.begin, item.size); }
  void clear() {
    items_.clear();
    bytes_.clear();
  }

 private:
  static constexpr std::size_t items_max = 256;
  static constexpr std::size_t bytes_max = 1 << 20;
  std::vector<Item> items_;
  core::Bytes bytes_;
};

EventLog::EventLog(std::uint64_t seed)
    : seed_(seed),
      addresses_(std::make_unique<Addresses>()),
      keys_(std::make_unique<Index>()),
      cells_(std::make_unique<Index>()),
      gathered_(std::make_unique<Gathered>()) {}
EventLog::~EventLog() = default;
EventLog::EventLog(EventLog&&) noexcept = default;
EventLog& EventLog::operator=(EventLog&&) noexcept = default;

std::uint32_t EventLog::hash_of(BytesView bytes) const {
  const std::uint64_t hash = byte_hash(seed_, bytes);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

const EventLog::Entry& EventLog::entry(Position position) const {
  ensure(position >= first_ && position < end_);
  if (!gathered_->empty()) index_gathered();
  return place_of(position);
}

EventLog::Entry& EventLog::place_of(Position position) const {
  const Position index = position - 1;
  return pages_[index / page_entries][index % page_entries];
}

EventLog::Entry& EventLog::add_entry() {
  const Position index = end_ - 1;
  if (index % page_entries == 0) pages_.push_back(std::make_unique_for_overwrite<Entry[]>(page_entries));
  return pages_.back()[index % page_entries];
}

// A group at a time: first the slots of all are asked for, then the addresses that these lead to; by the time the first
// is needed it has come.
void EventLog::index_gathered() const {
  constexpr std::size_t group = 16;  // about as many lines as a core has under way at once
  const std::vector<Gathered::Item>& items = gathered_->items();
  for (std::size_t begin = 0; begin < items.size(); begin += group) {
    const std::size_t end = std::min(items.size(), begin + group);
    for (std::size_t i = begin; i < end; ++i) keys_->prefetch(items[i].key_hash);
    for (std::size_t i = begin; i < end; ++i) {
      const Index::Slot& slot = keys_->home(items[i].key_hash);
      if (slot.position != 0) addresses_->prefetch(slot.address);
    }
    for (std::size_t i = begin; i < end; ++i) {
      link_to_key(place_of(items[i].position), items[i].position, gathered_->address(items[i]), items[i].key_hash);
    }
  }
  gathered_->clear();
}

// Finds the entry's predecessors and makes it the newest of its key.  The one it displaces there goes to the other
// index, so that each address is found through one of the two.
void EventLog::link_to_key(Entry& added, Position position, BytesView address, std::uint32_t key_hash) const {
  const BytesView prefix = key_prefix_of(address);
  Index::Slot& of_key = keys_->find(key_hash, [&](std::uint64_t at) { return addresses_->at(at).starts_with(prefix); });
  const auto slot_of = [&](BytesView wanted) -> Index::Slot& {
    return cells_->find(hash_of(wanted), [&](std::uint64_t at) { return addresses_->at(at) == wanted; });
  };

  const Index::Slot newest = of_key;
  Index::Slot previous = newest;
  if (newest.position != 0 && addresses_->at(newest.address) != address) {
    previous = slot_of(address);
    const BytesView displaced = addresses_->at(newest.address);
    cells_->put(slot_of(displaced), hash_of(displaced), newest.position, newest.address);
  }
  added.previous_of_key = distance(position, newest.position);
  added.previous_at_address = distance(position, previous.position);
  added.address = previous.position != 0 ? previous.address : addresses_->add(address);
  keys_->put(of_key, key_hash, position, added.address);
}

Position EventLog::append(const LogEntry& appended) {
  const Position position = end_;
  ensure(appended.dot.sequence > 0);
  ensure(position == first_ || appended.lsn >= place_of(position - 1).lsn);
  Entry& added = add_entry();
  added.sequence = appended.dot.sequence;
  added.lsn = appended.lsn;
  added.address = 0;
  added.type = static_cast<std::uint8_t>(appended.type);
  added.replica = replicas_.index_of(appended.dot.replica);
  added.previous_at_address = 0;
  added.previous_of_key = 0;

  const core::Sequence offset = appended.dot.sequence - appended.batch.first;
  const bool usual = offset < rare_batch && appended.batch.count <= std::numeric_limits<std::uint16_t>::max();
  added.batch_offset = usual ? static_cast<std::uint16_t>(offset) : rare_batch;
  added.batch_count = usual ? static_cast<std::uint16_t>(appended.batch.count) : 0;
  if (!usual || appended.type != EventType::cell)
    rare_.emplace_hint(rare_.end(), position, Rare{appended.first, appended.batch, appended.range});

  if (appended.type == EventType::void_) {
    ensure(appended.first > 0 && appended.first <= appended.dot.sequence && appended.address.empty());
    added.address = addresses_->add({});
  } else if (appended.address.size() == space_prefix_size) {
    ensure(appended.type == EventType::range);
    added.address =
        newest_space_range_ != 0 ? place_of(newest_space_range_).address : addresses_->add(appended.address);
    added.previous_at_address = distance(position, newest_space_range_);
    newest_space_range_ = position;
  } else {
    const BytesView prefix = key_prefix_of(appended.address);
    gathered_->add(position, appended.address, hash_of(prefix));
  }
  ++end_;
  if (gathered_->full()) index_gathered();
  return position;
}

EventType EventLog::type_at(Position position) const {
  return static_cast<EventType>(entry(position).type);
}

Dot EventLog::dot_at(Position position) const {
  const Entry& found = entry(position);
  return {*replicas_.at(found.replica), found.sequence};
}

crdt::Interval EventLog::interval_at(Position position) const {
  const Entry& found = entry(position);
  if (static_cast<EventType>(found.type) != EventType::void_) return {found.sequence, found.sequence};
  return {rare_.at(position).first, found.sequence};
}

EventBatch EventLog::batch_at(Position position) const {
  const Entry& found = entry(position);
  if (found.batch_offset == rare_batch) return rare_.at(position).batch;
  return {found.sequence - found.batch_offset, found.batch_count};
}

BytesView EventLog::address_at(Position position) const {
  return addresses_->at(entry(position).address);
}

const crdt::CausalContext& EventLog::range_at(Position position) const {
  ensure(type_at(position) == EventType::range);
  return rare_.at(position).range;
}

Position EventLog::previous_at_address(Position position) const {
  const std::uint32_t back = entry(position).previous_at_address;
  return back == 0 ? 0 : position - back;
}

Position EventLog::previous_of_key(Position position) const {
  const std::uint32_t back = entry(position).previous_of_key;
  return back == 0 ? 0 : position - back;
}

Lsn EventLog::lsn_at(Position position) const {
  return entry(position).lsn;
}

LogEntry EventLog::at(Position position) const {
  LogEntry found;
  found.type = type_at(position);
  found.dot = dot_at(position);
  if (found.type == EventType::void_) found.first = interval_at(position).first;
  found.batch = batch_at(position);
  found.address = address_at(position);
  if (found.type == EventType::range) found.range = range_at(position);
  found.previous_at_address = previous_at_address(position);
  found.previous_of_key = previous_of_key(position);
  found.lsn = lsn_at(position);
  return found;
}

Position EventLog::newest_of_key(BytesView key_prefix) const {
  if (!gathered_->empty()) index_gathered();
  const auto same = [&](std::uint64_t at) { return addresses_->at(at).starts_with(key_prefix); };
  return keys_->find(hash_of(key_prefix), same).position;
}

// Asks newest_of_key() first, so what has been gathered is in both indexes.
Position EventLog::newest_at(BytesView address) const {
  if (address.size() == space_prefix_size) return newest_space_range_;
  const Position newest = newest_of_key(key_prefix_of(address));
  if (newest == 0 || address_at(newest) == address) return newest;
  return cells_->find(hash_of(address), [&](std::uint64_t at) { return addresses_->at(at) == address; }).position;
}

std::size_t EventLog::heap_bytes() const {
  return pages_.size() * page_entries * sizeof(Entry) + addresses_->heap_bytes() + keys_->heap_bytes() +
         cells_->heap_bytes() + rare_.size() * (sizeof(Rare) + 48);
}

}  // namespace skerry::sync
