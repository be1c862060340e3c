// What the store's rows mean, and the small facts beside them.  On disk; a change of a form is a new format byte.
//
//   encoded address of a cell        u8 format · crdt::put_cell
//   encoded address of kind row      u8 format · varint version · number · due · epoch · per kind (hash, set,
//                                    sorted_set) cells · present · tallied · leftover · the context of removals that
//                                    the rows of members may not show (sync/context_codec.h)
//   FF FF · space u16 · number u64   u8 format · the key's name: SCAN's order
//   FF FE · due u64 · key prefix     u8 format: which keys to look at for expiry, and when
//   FF FD · key prefix               u8 format: which keys have such removals
//
// No space has the numbers FFFD to FFFF.  All but the first are derived, and change in the same flush as the cells.
#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/result.h"
#include "crdt/cell.h"
#include "sync/cell_table.h"
#include "sync/replica_table.h"
#include "sync/store.h"

namespace skerry::sync {

inline constexpr std::uint16_t number_rows = 0xffff;
inline constexpr std::uint16_t due_rows = 0xfffe;
inline constexpr std::uint16_t pending_rows = 0xfffd;

core::Bytes cell_row(const crdt::Cell& cell, ReplicaTable& replicas);
core::Result<crdt::Cell> read_cell_row(core::BytesView row, const ReplicaTable& replicas);

// The derived part of a key.
struct KeyRow {
  Lsn version = 0;
  std::uint64_t number = 0;
  std::uint64_t due = 0;
  Epoch epoch = 0;
  KeyCounts counts;
  crdt::CausalContext pending;
  bool operator==(const KeyRow&) const = default;
};
core::Bytes key_row(const KeyRow& row, ReplicaTable& replicas);
core::Result<KeyRow> read_key_row(core::BytesView row, const ReplicaTable& replicas);

core::Bytes number_row_key(core::Space space, std::uint64_t number);
core::Bytes number_row(core::BytesView name);
struct NumberRow {
  std::uint64_t number = 0;
  core::BytesView name;
};
core::Result<NumberRow> read_number_row(core::BytesView key, core::BytesView row);

core::Bytes due_row_key(std::uint64_t due, core::BytesView key_prefix);
core::Bytes due_row();
struct DueRow {
  std::uint64_t due = 0;
  core::Space space;
  core::Bytes name;
};
core::Result<DueRow> read_due_row(core::BytesView key, core::BytesView row);

core::Bytes pending_row_key(core::BytesView key_prefix);
core::Bytes pending_row();
core::Result<core::OwnedAddress> read_pending_row(core::BytesView key, core::BytesView row);

// The first address beyond all that begin with `prefix`; empty if there is none.
core::Bytes beyond_prefix(core::BytesView prefix);

// --- facts
inline constexpr core::BytesView replica_facts = "replica";  // + u32 number → the id
inline constexpr core::BytesView block_facts = "block";  // + u16 space → varint: sequences are reserved up to here
inline constexpr core::BytesView space_facts = "space";  // + u16 space → SpaceFact
core::Bytes replica_fact_key(ReplicaTable::Index index);
core::Bytes replica_fact(const core::ReplicaId& id);
core::Result<void> add_replica_fact(ReplicaTable& replicas, core::BytesView key, core::BytesView value);

core::Bytes space_fact_key(core::BytesView facts, core::Space space);
core::Result<core::Space> read_space_fact_key(core::BytesView facts, core::BytesView key);

core::Bytes block_fact(core::Sequence reserved_to);
core::Result<core::Sequence> read_block_fact(core::BytesView value);

// What is counted over all keys of a space.
struct SpaceFact {
  std::uint64_t keys = 0;      // present for readers
  std::uint64_t tallied = 0;   // cells a removal of which must leave resets behind
  std::uint64_t leftover = 0;  // cells with a payload that is only resets
  std::uint64_t numbered = 0;  // the last number given to a key
  SpaceRemovals removals;
  bool operator==(const SpaceFact&) const = default;
};
core::Bytes space_fact(const SpaceFact& fact, ReplicaTable& replicas);
core::Result<SpaceFact> read_space_fact(core::BytesView value, const ReplicaTable& replicas);

}  // namespace skerry::sync
