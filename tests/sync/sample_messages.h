// Messages for the tests of the wire: one of each kind by hand, and any number by chance.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "crdt/payload.h"
#include "sync/message.h"

namespace skerry::sync {

inline const core::Space sample_space{3};

inline ReplicaId sample_replica(std::uint8_t number) {
  ReplicaId id;
  id.bytes.fill(number);
  return id;
}

inline CausalContext context_of(std::vector<std::pair<std::uint8_t, crdt::Interval>> parts) {
  CausalContext context;
  for (const auto& [replica, interval] : parts) context.add(sample_replica(replica), interval);
  return context;
}

inline core::Bytes sample_address(core::BytesView key, core::Kind kind, core::BytesView member = {}) {
  return core::encode({sample_space, key, kind, member});
}

inline core::Bytes whole_space() {
  core::Bytes address;
  core::put_space_prefix(address, sample_space);
  return address;
}

inline Cell cell_with(std::vector<std::pair<Dot, core::Bytes>> entries) {
  Cell cell;
  for (const auto& [dot, payload] : entries) cell.insert(dot, payload);
  return cell;
}

// What A and B say to each other about milk (schema/sync.capnp, "One exchange"), and a last chunk with everything in
// it that a chunk may hold.  In the order in which one encoder sends them.
inline Hello sample_hello() {
  Hello hello;
  hello.replica = sample_replica(0xa);
  hello.features = 0x5;
  hello.payload_type_max = crdt::payload_type_max;
  hello.context = context_of({{0xa, {1, 7}}, {0xb, {2, 3}}, {0xb, {9, 9}}});
  hello.floor = context_of({{0xa, {1, 2}}});
  return hello;
}

inline Chunk sample_chunk() {
  const Dot write{sample_replica(0xa), 8};
  Chunk chunk;
  chunk.number = 1;
  chunk.base = context_of({{0xa, {1, 7}}, {0xb, {2, 3}}, {0xb, {9, 9}}});
  chunk.seen = context_of({{0xa, {1, 8}}, {0xb, {2, 3}}, {0xb, {9, 9}}});
  const core::Bytes milk = sample_address("milk", core::Kind::string);
  chunk.covers.push_back({EventType::cell, write, 0, {8, 1}, milk, {}});
  chunk.cells.push_back({milk, cell_with({{write, crdt::register_payload({1}, std::nullopt, {}, "1")}})});
  return chunk;
}

inline Chunk sample_chunk_of_everything() {
  const ReplicaId a = sample_replica(0xa), b = sample_replica(0xb), c = sample_replica(0xc);
  const core::Bytes gone = sample_address("basket", core::Kind::set, "pear");
  const core::Bytes kept = sample_address("basket", core::Kind::set, core::BytesView("a\0b", 3));
  const core::Bytes count = sample_address("visits", core::Kind::string);
  Chunk chunk;
  chunk.number = 2;
  chunk.base = context_of({{0xa, {1, 8}}, {0xb, {2, 3}}});
  chunk.seen = context_of({{0xa, {1, 40}}, {0xb, {1, 9}}, {0xc, {5, 5}}});
  chunk.covers.push_back({EventType::cell, {b, 4}, 0, {4, 2}, gone, {}});
  chunk.covers.push_back({EventType::cell, {b, 5}, 0, {4, 2}, kept, {}});
  chunk.covers.push_back({EventType::range,
                          {a, 9},
                          0,
                          {9, 1},
                          sample_address("basket", core::Kind::row),
                          context_of({{0xa, {1, 8}}, {0xb, {2, 4}}})});
  chunk.covers.push_back({EventType::range, {a, 10}, 0, {10, 1}, whole_space(), context_of({{0xb, {2, 4}}})});
  chunk.covers.push_back({EventType::void_, {a, 40}, 11, {}, {}, {}});
  chunk.covers.push_back({EventType::cell, {c, 5}, 0, {5, 1}, count, {}});
  chunk.cells.push_back({kept, cell_with({{{b, 5}, crdt::presence_payload({2})}})});
  const crdt::Resets resets = {{a, {1, 3, -4, 0.5}}};
  chunk.cells.push_back(
      {count, cell_with({{{b, 9}, crdt::register_payload({3}, core::from_unix_milliseconds(1000), resets, "7")},
                         {{c, 5}, crdt::tally_payload({4}, {5, 2, -9, 0}, {})}})});
  chunk.cells.push_back({sample_address("visits", core::Kind::expiry), Cell()});
  return chunk;
}

inline State sample_state() {
  return {context_of({{0xa, {1, 40}}, {0xb, {1, 9}}, {0xc, {5, 5}}}), 17, {sample_replica(0xb), sample_replica(0xd)}};
}

inline Refusal sample_refusal() {
  return {6, context_of({{0xd, {1, 1}}})};
}

inline std::vector<std::pair<std::string, Message>> sample_conversation() {
  return {{"hello", sample_hello()},
          {"chunk", sample_chunk()},
          {"chunk_of_everything", sample_chunk_of_everything()},
          {"state", sample_state()},
          {"refusal", sample_refusal()}};
}

// --- by chance

inline rc::Gen<Dot> any_dot() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(1, 7), rc::gen::inRange<core::Sequence>(1, 200)),
                      [](std::pair<int, core::Sequence> from) {
                        return Dot{sample_replica(static_cast<std::uint8_t>(from.first)), from.second};
                      });
}

inline rc::Gen<CausalContext> any_context() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::pair<Dot, int>>>(rc::gen::pair(any_dot(), rc::gen::inRange(0, 60))),
      [](const std::vector<std::pair<Dot, int>>& from) {
        CausalContext context;
        for (const auto& [dot, length] : from) {
          context.add(dot.replica, {dot.sequence, dot.sequence + static_cast<core::Sequence>(length)});
        }
        return context;
      });
}

inline core::Bytes payload_for(core::Kind kind, std::uint64_t chance) {
  const core::Stamp stamp{chance};
  switch (kind) {
    case core::Kind::set:
      return crdt::presence_payload(stamp);
    case core::Kind::expiry:
      return crdt::expiry_payload(stamp, core::from_unix_milliseconds(static_cast<std::int64_t>(chance)), {});
    case core::Kind::sorted_set:
      return crdt::tally_payload(stamp, {1, 1, 0, 1.5}, {});
    case core::Kind::hash:
      return crdt::tally_payload(stamp, {1 + chance % 3, 1, -1, 0}, {});
    case core::Kind::string:
    case core::Kind::row:
      break;
  }
  return crdt::register_payload(stamp, std::nullopt, {}, core::Bytes(chance % 90, 'v'));
}

inline Chunk chance_chunk() {
  Chunk chunk;
  chunk.number = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
  chunk.base = *any_context();
  chunk.seen = *any_context();
  std::set<core::Bytes> addresses;
  const int cells = *rc::gen::inRange(0, 6);
  for (int i = 0; i < cells; ++i) {
    const auto kind = static_cast<core::Kind>(*rc::gen::inRange(1, 6));
    const bool has_member = kind != core::Kind::string && kind != core::Kind::expiry;
    const core::Bytes key = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 3));
    const core::Bytes address = sample_address(key, kind, has_member ? key : core::Bytes());
    if (!addresses.insert(address).second) continue;
    CarriedCell carried{address, {}};
    for (const Dot& dot : *rc::gen::container<std::set<Dot>>(any_dot())) {
      carried.cell.insert(dot, payload_for(kind, dot.sequence));
    }
    chunk.cells.push_back(std::move(carried));
  }
  const int covers = *rc::gen::inRange(0, 8);
  for (int i = 0; i < covers; ++i) {
    CoveredEvent event;
    event.dot = *any_dot();
    event.type = static_cast<EventType>(*rc::gen::inRange(1, 4));
    event.batch = {*rc::gen::inRange<core::Sequence>(1, event.dot.sequence + 1), 300};
    if (event.type == EventType::cell) {
      const bool carried = !addresses.empty() && *rc::gen::arbitrary<bool>();
      event.address = carried ? *addresses.begin() : sample_address("elsewhere", core::Kind::string);
    }
    if (event.type == EventType::range) {
      event.address = *rc::gen::arbitrary<bool>() ? whole_space() : sample_address("k", core::Kind::row);
      event.range = *any_context();
    }
    if (event.type == EventType::void_) {
      event.first = event.batch.first;
      event.batch = {};
    }
    chunk.covers.push_back(std::move(event));
  }
  return chunk;
}

inline Message chance_message() {
  switch (*rc::gen::inRange(0, 4)) {
    case 0: {
      Hello hello = sample_hello();
      hello.replica = (*any_dot()).replica;
      hello.context = *any_context();
      hello.floor = *any_context();
      return hello;
    }
    case 1:
      return State{*any_context(), *rc::gen::arbitrary<std::uint64_t>(), {(*any_dot()).replica}};
    case 2:
      return Refusal{*rc::gen::inRange<std::uint64_t>(1, 99), *any_context()};
  }
  return chance_chunk();
}

}  // namespace skerry::sync
