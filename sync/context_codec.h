// Causal contexts in our own files: replicas by their number in the file's table (sync/replica_table.h).
//
//   varint count of parts · per part, in the order of replica ids: varint number of the replica · varint count of
//   intervals · per interval: varint distance of its first from one beyond the last before · varint its length − 1
#pragma once

#include <optional>

#include "core/bytes.h"
#include "crdt/causal_context.h"

namespace skerry::sync {

// `Index` maps ReplicaId → u32.  There is no limit here: what removals of a key hold together may be more than one may
// hold, and what was written is read again.
template <class Index>
void put_context(core::Bytes& to, const crdt::CausalContext& context, Index&& index_of) {
  core::put_varint(to, context.parts().size());
  for (const crdt::CausalContext::Part& part : context.parts()) {
    core::put_varint(to, index_of(part.replica));
    core::put_varint(to, part.intervals.size());
    core::Sequence beyond = 1;
    for (const crdt::Interval& interval : part.intervals) {
      core::put_varint(to, interval.first - beyond);
      core::put_varint(to, interval.last - interval.first);
      beyond = interval.last + 1;
    }
  }
}

// `Table` maps u32 → const ReplicaId* (null when unknown).  Nothing if the bytes are no context in its one form.
// Memory grows with what is there, not with what is announced.
template <class Table>
std::optional<crdt::CausalContext> get_context(core::ByteReader& from, Table&& replica_at) {
  crdt::CausalContext context;
  const std::uint64_t parts = from.varint();
  const core::ReplicaId* before = nullptr;
  for (std::uint64_t i = 0; i < parts && from.ok(); ++i) {
    const std::uint64_t index = from.varint();
    const std::uint64_t count = from.varint();
    const core::ReplicaId* replica = index <= UINT32_MAX ? replica_at(static_cast<std::uint32_t>(index)) : nullptr;
    if (!from.ok() || replica == nullptr || count == 0) return std::nullopt;
    if (before != nullptr && !(*before < *replica)) return std::nullopt;
    before = replica;
    core::Sequence last = 0;
    for (std::uint64_t each = 0; each < count && from.ok(); ++each) {
      const std::uint64_t gap = from.varint();
      const std::uint64_t length = from.varint();
      const bool touches = each > 0 && gap == 0;
      if (touches || gap > UINT64_MAX - 1 - last || length > UINT64_MAX - 1 - last - gap) return std::nullopt;
      const crdt::Interval interval{last + 1 + gap, last + 1 + gap + length};
      if (from.ok()) context.add(*replica, interval);
      last = interval.last;
    }
  }
  if (!from.ok() || context.parts().size() != parts) return std::nullopt;
  return context;
}

}  // namespace skerry::sync
