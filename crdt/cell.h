// The smallest thing that merges: a map from dots to payloads.  It is also the row on disk, the entry of a delta and
// the item of a fingerprint.  A value.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "crdt/causal_context.h"
#include "crdt/dot.h"

namespace skerry::crdt {

using core::Bytes;
using core::BytesView;

class Cell {
 public:
  // One write that no later one has superseded.  The payload never changes under its dot; only `crdt` looks inside
  // (crdt/payload.h).
  struct Entry {
    Dot dot;
    Bytes payload;
    auto operator<=>(const Entry&) const = default;
  };

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  // In the order of dots: one canonical form.
  std::span<const Entry> entries() const { return entries_; }
  const Entry* find(const Dot& dot) const;
  bool contains(const Dot& dot) const { return find(dot) != nullptr; }

  // The local halves of the join, for a writer that has seen all that is in the cell (tests/crdt/cell_test.cc shows
  // that each equals a join with the delta it stands for).
  void supersede_all(const Dot& dot, BytesView payload);  // reuses the memory that is there
  // The same; write(Bytes&) appends the payload to an empty string in the memory that is there.  REQUIRES that it does
  // not look into this cell.
  template <class Write>
  void supersede_all_by(const Dot& dot, Write&& write) {
    write(begin_superseding(dot));
    finish_superseding();
  }
  void supersede(const Dot& old, const Dot& dot, BytesView payload);  // only `old`, if it is there
  void insert(const Dot& dot, BytesView payload);
  void clear() { entries_.clear(); }
  // Drops the dots that `context` holds: a range removal, as one cell sees it.  Whether anything was dropped.
  bool remove_seen(const CausalContext& context);

  std::size_t heap_bytes() const;  // for caches with a bound

  bool operator==(const Cell&) const = default;

 private:
  Bytes& begin_superseding(const Dot& dot);
  void finish_superseding();

  friend Cell join(const Cell&, const CausalContext&, const Cell&, const CausalContext&);
  std::vector<Entry> entries_;  // sorted by dot; nearly always one
};

// The one join of the program:
//   (s, c) ⊔ (s', c') = (s ∩ s') ∪ (s \ c') ∪ (s' \ c)
// A dot that is missing but seen was removed.  Commutative, associative, idempotent, total (I4).
// (Almeida, Shoker, Baquero: Delta State Replicated Data Types, causal CRDTs)
Cell join(const Cell& mine, const CausalContext& mine_seen, const Cell& theirs, const CausalContext& theirs_seen);

// The form of a cell in a row and in a log entry: varint count, then per entry (in order) varint index of the
// replica in the file's table, varint sequence, sized payload.  `Index` maps ReplicaId → u32.
template <class Index>
void put_cell(Bytes& to, const Cell& cell, Index&& index_of);
// `Table` maps u32 → const ReplicaId* (null when unknown).  Nothing if the bytes are no cell.
template <class Table>
std::optional<Cell> get_cell(core::ByteReader& from, Table&& replica_at);

template <class Index>
void put_cell(Bytes& to, const Cell& cell, Index&& index_of) {
  core::put_varint(to, cell.size());
  for (const Cell::Entry& entry : cell.entries()) {
    core::put_varint(to, index_of(entry.dot.replica));
    core::put_varint(to, entry.dot.sequence);
    core::put_sized(to, entry.payload);
  }
}

template <class Table>
std::optional<Cell> get_cell(core::ByteReader& from, Table&& replica_at) {
  Cell cell;
  const std::uint64_t count = from.varint();
  for (std::uint64_t i = 0; i < count && from.ok(); ++i) {
    const std::uint64_t index = from.varint();
    const Sequence sequence = from.varint();
    const BytesView payload = from.sized();
    const ReplicaId* replica =
        from.ok() && index <= UINT32_MAX ? replica_at(static_cast<std::uint32_t>(index)) : nullptr;
    if (replica == nullptr || sequence == 0 || payload.empty()) return std::nullopt;
    const Dot dot{*replica, sequence};
    if (!cell.empty() && !(cell.entries().back().dot < dot)) return std::nullopt;
    cell.insert(dot, payload);
  }
  if (!from.ok()) return std::nullopt;
  return cell;
}

}  // namespace skerry::crdt
