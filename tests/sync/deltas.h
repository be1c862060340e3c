// What the reference (crdt/keyspace.h) tells a keyspace of sync's.
#pragma once

#include "crdt/keyspace.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {

// A peer's delta, as a replica applies a chunk.
inline void apply(Host& host, const crdt::Delta& delta) {
  SpaceState& state = host.state();
  for (const crdt::Record& record : delta.covers) {
    if (!record.range || state.context.contains(record.dot)) continue;
    ASSERT_TRUE(host->apply_range(state, record.place, *record.range).has_value());
  }
  for (const auto& [address, cell] : delta.cells) {
    ASSERT_TRUE(host->join_cell(state, address, cell, delta.seen, host.now()).has_value());
  }
  for (const crdt::Record& record : delta.covers) {
    if (state.context.contains(record.dot)) continue;
    LogEntry entry;
    entry.dot = record.dot;
    entry.batch = {record.dot.sequence, 1};
    entry.address = record.place;
    if (record.range) {
      entry.type = EventType::range;
      entry.range = *record.range;
      if (record.place.size() > 2) core::put_u8(entry.address, static_cast<std::uint8_t>(Kind::row));
    }
    ASSERT_TRUE(host->record(state, entry).has_value());
  }
}

// All that the peer knows and the host does not.
inline void hear(Host& host, const crdt::Keyspace& peer) {
  apply(host, peer.delta_beyond(host.state().context));
}

}  // namespace skerry::sync
