#include "sync/cell_rows.h"

#include "sync/context_codec.h"

namespace skerry::sync {

namespace {

constexpr std::uint8_t format = 2;  // 1 knew no pending removals
constexpr auto damaged = [] { return core::fail(core::ErrorCode::corrupt, "A row of the store is damaged."); };

// A reader behind the format byte.
core::Result<core::ByteReader> open(core::BytesView row) {
  core::ByteReader reader(row);
  const std::uint8_t found = reader.u8();
  if (!reader.ok() || found == 0) return damaged();
  if (found != format) {
    return core::fail(core::ErrorCode::unsupported, "A row of the store was written by another version of skerry.");
  }
  return reader;
}

core::Bytes begin() {
  return core::Bytes(1, static_cast<char>(format));
}

void put_removed(core::Bytes& to, const crdt::CausalContext& removed, ReplicaTable& replicas) {
  put_context(to, removed, [&](const core::ReplicaId& id) { return replicas.index_of(id); });
}

std::optional<crdt::CausalContext> get_removed(core::ByteReader& from, const ReplicaTable& replicas) {
  return get_context(from, [&](std::uint32_t index) { return replicas.at(index); });
}

// What stands behind a number that says which rows these are.
core::Result<core::OwnedAddress> read_prefix(core::BytesView prefix) {
  core::Bytes address(prefix);
  core::put_u8(address, static_cast<std::uint8_t>(core::Kind::row));
  auto decoded = core::decode_address(address);
  if (!decoded) return damaged();
  return std::move(*decoded);
}

}  // namespace

core::Bytes cell_row(const crdt::Cell& cell, ReplicaTable& replicas) {
  core::Bytes row = begin();
  crdt::put_cell(row, cell, [&](const core::ReplicaId& id) { return replicas.index_of(id); });
  return row;
}

core::Result<crdt::Cell> read_cell_row(core::BytesView row, const ReplicaTable& replicas) {
  auto reader = open(row);
  if (!reader) return tl::make_unexpected(reader.error());
  auto cell = crdt::get_cell(*reader, [&](std::uint32_t index) { return replicas.at(index); });
  if (!cell || !reader->done()) return damaged();
  return std::move(*cell);
}

core::Bytes key_row(const KeyRow& row, ReplicaTable& replicas) {
  core::Bytes bytes = begin();
  core::put_varint(bytes, row.version);
  core::put_varint(bytes, row.number);
  core::put_varint(bytes, row.due);
  core::put_varint(bytes, row.epoch);
  for (const KindCounts& counts : row.counts) {
    core::put_varint(bytes, counts.cells);
    core::put_varint(bytes, counts.present);
    core::put_varint(bytes, counts.tallied);
    core::put_varint(bytes, counts.leftover);
  }
  put_removed(bytes, row.pending, replicas);
  return bytes;
}

core::Result<KeyRow> read_key_row(core::BytesView row, const ReplicaTable& replicas) {
  auto reader = open(row);
  if (!reader) return tl::make_unexpected(reader.error());
  KeyRow read;
  read.version = reader->varint();
  read.number = reader->varint();
  read.due = reader->varint();
  const std::uint64_t epoch = reader->varint();
  read.epoch = static_cast<Epoch>(epoch);
  for (KindCounts& counts : read.counts) {
    counts.cells = reader->varint();
    counts.present = reader->varint();
    counts.tallied = reader->varint();
    counts.leftover = reader->varint();
  }
  auto pending = get_removed(*reader, replicas);
  if (!pending || !reader->done() || epoch != read.epoch) return damaged();
  read.pending = std::move(*pending);
  return read;
}

core::Bytes number_row_key(core::Space space, std::uint64_t number) {
  core::Bytes key;
  core::put_u16(key, number_rows);
  core::put_u16(key, space.number);
  core::put_u64(key, number);
  return key;
}

core::Bytes number_row(core::BytesView name) {
  return begin().append(name);
}

core::Result<NumberRow> read_number_row(core::BytesView key, core::BytesView row) {
  core::ByteReader reader(key);
  reader.take(4);
  NumberRow read;
  read.number = reader.u64();
  auto name = open(row);
  if (!name) return tl::make_unexpected(name.error());
  if (!reader.done()) return damaged();
  read.name = name->rest();
  return read;
}

core::Bytes due_row_key(std::uint64_t due, core::BytesView key_prefix) {
  core::Bytes key;
  core::put_u16(key, due_rows);
  core::put_u64(key, due);
  return key.append(key_prefix);
}

core::Bytes due_row() {
  return begin();
}

core::Result<DueRow> read_due_row(core::BytesView key, core::BytesView row) {
  auto format_read = open(row);
  if (!format_read) return tl::make_unexpected(format_read.error());
  core::ByteReader reader(key);
  reader.u16();
  DueRow read;
  read.due = reader.u64();
  auto decoded = read_prefix(reader.rest());
  if (!reader.ok() || !decoded) return damaged();
  read.space = decoded->space;
  read.name = std::move(decoded->key);
  return read;
}

core::Bytes pending_row_key(core::BytesView key_prefix) {
  core::Bytes key;
  core::put_u16(key, pending_rows);
  return key.append(key_prefix);
}

core::Bytes pending_row() {
  return begin();
}

core::Result<core::OwnedAddress> read_pending_row(core::BytesView key, core::BytesView row) {
  auto format_read = open(row);
  if (!format_read) return tl::make_unexpected(format_read.error());
  core::ByteReader reader(key);
  reader.u16();
  if (!reader.ok()) return damaged();
  return read_prefix(reader.rest());
}

core::Bytes beyond_prefix(core::BytesView prefix) {
  core::Bytes beyond(prefix);
  while (!beyond.empty() && beyond.back() == '\xff') beyond.pop_back();
  if (!beyond.empty()) beyond.back() = static_cast<char>(static_cast<std::uint8_t>(beyond.back()) + 1);
  return beyond;
}

core::Bytes replica_fact_key(ReplicaTable::Index index) {
  core::Bytes key(replica_facts);
  core::put_u32(key, index);
  return key;
}

core::Bytes replica_fact(const core::ReplicaId& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

core::Result<void> add_replica_fact(ReplicaTable& replicas, core::BytesView key, core::BytesView value) {
  core::ByteReader reader(key);
  reader.take(replica_facts.size());
  const ReplicaTable::Index index = reader.u32();
  core::ReplicaId id;
  if (!reader.done() || value.size() != id.bytes.size()) return damaged();
  value.copy(reinterpret_cast<char*>(id.bytes.data()), value.size());
  if (replicas.index_of(id) != index) return damaged();
  return {};
}

core::Bytes space_fact_key(core::BytesView facts, core::Space space) {
  core::Bytes key(facts);
  core::put_u16(key, space.number);
  return key;
}

core::Result<core::Space> read_space_fact_key(core::BytesView facts, core::BytesView key) {
  core::ByteReader reader(key);
  reader.take(facts.size());
  const core::Space space{reader.u16()};
  if (!reader.done()) return damaged();
  return space;
}

core::Bytes block_fact(core::Sequence reserved_to) {
  core::Bytes value = begin();
  core::put_varint(value, reserved_to);
  return value;
}

core::Result<core::Sequence> read_block_fact(core::BytesView value) {
  auto reader = open(value);
  if (!reader) return tl::make_unexpected(reader.error());
  const core::Sequence reserved_to = reader->varint();
  if (!reader->done()) return damaged();
  return reserved_to;
}

core::Bytes space_fact(const SpaceFact& fact, ReplicaTable& replicas) {
  core::Bytes value = begin();
  const SpaceRemovals& removals = fact.removals;
  for (const std::uint64_t number :
       {fact.keys, fact.tallied, fact.leftover, fact.numbered, removals.version, removals.numbered,
        std::uint64_t{removals.epoch}, std::uint64_t{removals.unresolved}}) {
    core::put_varint(value, number);
  }
  put_removed(value, removals.context, replicas);
  return value;
}

core::Result<SpaceFact> read_space_fact(core::BytesView value, const ReplicaTable& replicas) {
  auto reader = open(value);
  if (!reader) return tl::make_unexpected(reader.error());
  SpaceFact fact;
  SpaceRemovals& removals = fact.removals;
  std::uint64_t epoch = 0;
  std::uint64_t unresolved = 0;
  for (std::uint64_t* number : {&fact.keys, &fact.tallied, &fact.leftover, &fact.numbered, &removals.version,
                                &removals.numbered, &epoch, &unresolved}) {
    *number = reader->varint();
  }
  auto context = get_removed(*reader, replicas);
  if (!context || !reader->done() || epoch > UINT32_MAX || unresolved > epoch) return damaged();
  removals.epoch = static_cast<Epoch>(epoch);
  removals.unresolved = static_cast<Epoch>(unresolved);
  removals.context = std::move(*context);
  return fact;
}

}  // namespace skerry::sync
