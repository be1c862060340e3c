#include <capnp/message.h>

#include <algorithm>
#include <unordered_map>

#include "core/ensure.h"
#include "schema/sync.capnp.h"
#include "sync/frames.h"
#include "sync/limits.h"
#include "sync/replica_table.h"
#include "sync/wire.h"

namespace skerry::sync {

namespace {

using core::Bytes;
using core::BytesView;
using core::ensure;

// A context as the schema's ContextChange says it.
struct Change {
  bool full = false;
  CausalContext removed;
  CausalContext added;
  bool nothing() const { return !full && removed.empty() && added.empty(); }
};

// The last context sent in one slot.
class Slot {
 public:
  Change change_to(const CausalContext& context) {
    Change change;
    if (context == last_) return change;
    change.removed = last_.without(context);
    change.added = context.without(last_);
    if (change.removed.interval_count() + change.added.interval_count() > context.interval_count()) {
      change = {true, {}, context};
    }
    last_ = context;
    return change;
  }

 private:
  CausalContext last_;
};

constexpr std::uint32_t not_carried = UINT32_MAX;

template <class T>
std::size_t words_of_list(std::size_t count) {
  return 1 + count * capnp::sizeInWords<T>();
}

std::size_t words_of_bytes(std::size_t size) {
  return (size + sizeof(capnp::word) - 1) / sizeof(capnp::word);
}

std::size_t words_of_parts(const CausalContext& context) {
  if (context.empty()) return 0;
  return words_of_list<schema::Part>(context.parts().size()) + 2 * context.interval_count();
}

std::size_t words_of_change(const Change& change) {
  if (change.nothing()) return 0;
  return capnp::sizeInWords<schema::ContextChange>() + words_of_parts(change.removed) + words_of_parts(change.added);
}

capnp::Data::Reader data_of(BytesView bytes) {
  return {reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size()};
}

}  // namespace

// What a session and space have said so far, and the plan of the message being written: a first pass over it fixes the
// changes, the new ids and the size, so that the second writes into one segment of just that size.
struct Encoder::Table {
  ReplicaTable ids;
  Slot own, base, range;

  std::vector<Change> changes;               // in the schema's order
  std::size_t next_change = 0;               // the second pass' place in them
  std::vector<std::uint32_t> cell_of_cover;  // an index into the chunk's cells, or not_carried
  std::size_t words = 0;

  void plan_replica(const ReplicaId& id) { ids.index_of(id); }
  void plan_bytes(BytesView bytes) { words += words_of_bytes(bytes.size()); }
  void plan_change(Change change);
  void plan_cells(const std::vector<CarriedCell>& cells);
  void plan_covers(const Chunk& chunk);
  void plan(const Hello& hello);
  void plan(const Chunk& chunk);
  void plan(const State& state);
  void plan(const Refusal& refusal);

  std::uint32_t index(const ReplicaId& id) { return ids.index_of(id); }
  void write_parts(capnp::List<schema::Part>::Builder to, const CausalContext& context);
  // `init` makes the ContextChange; it is not called for no change.
  template <class Init>
  void write_next_change(Init&& init);
  void write_cover(schema::CoveredEvent::Builder to, const CoveredEvent& event, std::uint32_t cell);
  void write_cell(schema::CarriedCell::Builder to, const CarriedCell& carried);
  void write(schema::Message::Builder to, const Hello& hello);
  void write(schema::Message::Builder to, const Chunk& chunk);
  void write(schema::Message::Builder to, const State& state);
  void write(schema::Message::Builder to, const Refusal& refusal);
};

void Encoder::Table::plan_change(Change change) {
  for (const CausalContext* context : {&change.removed, &change.added}) {
    for (const CausalContext::Part& part : context->parts()) plan_replica(part.replica);
  }
  words += words_of_change(change);
  changes.push_back(std::move(change));
}

void Encoder::Table::plan_cells(const std::vector<CarriedCell>& cells) {
  words += words_of_list<schema::CarriedCell>(cells.size());
  for (const CarriedCell& carried : cells) {
    plan_bytes(carried.address);
    words += words_of_list<schema::Entry>(carried.cell.size());
    for (const Cell::Entry& entry : carried.cell.entries()) {
      plan_replica(entry.dot.replica);
      plan_bytes(entry.payload);
    }
  }
}

void Encoder::Table::plan_covers(const Chunk& chunk) {
  std::unordered_map<BytesView, std::uint32_t> carried;
  carried.reserve(chunk.cells.size());
  for (const CarriedCell& cell : chunk.cells) {
    carried.emplace(cell.address, static_cast<std::uint32_t>(carried.size()));
  }
  ensure(carried.size() == chunk.cells.size());
  words += words_of_list<schema::CoveredEvent>(chunk.covers.size());
  for (const CoveredEvent& event : chunk.covers) {
    plan_replica(event.dot.replica);
    const auto cell = event.type == EventType::cell ? carried.find(event.address) : carried.end();
    cell_of_cover.push_back(cell == carried.end() ? not_carried : cell->second);
    if (cell == carried.end()) plan_bytes(event.address);
    if (event.type == EventType::range) plan_change(range.change_to(event.range));
  }
}

void Encoder::Table::plan(const Hello& hello) {
  words += capnp::sizeInWords<schema::Hello>();
  plan_replica(hello.replica);
  plan_change(own.change_to(hello.context));
  plan_change(base.change_to(hello.floor));
}

void Encoder::Table::plan(const Chunk& chunk) {
  words += capnp::sizeInWords<schema::Chunk>();
  plan_change(base.change_to(chunk.base));
  plan_change(own.change_to(chunk.seen));
  plan_covers(chunk);
  plan_cells(chunk.cells);
}

void Encoder::Table::plan(const State& state) {
  ensure(state.live_sessions.size() <= links_max);
  words += capnp::sizeInWords<schema::State>() + words_of_bytes(state.live_sessions.size() * sizeof(std::uint32_t));
  plan_change(own.change_to(state.context));
  for (const ReplicaId& id : state.live_sessions) plan_replica(id);
}

void Encoder::Table::plan(const Refusal& refusal) {
  words += capnp::sizeInWords<schema::Refusal>();
  plan_change(own.change_to(refusal.context));
}

void Encoder::Table::write_parts(capnp::List<schema::Part>::Builder to, const CausalContext& context) {
  unsigned at = 0;
  for (const CausalContext::Part& part : context.parts()) {
    schema::Part::Builder built = to[at++];
    built.setReplica(index(part.replica));
    auto intervals = built.initIntervals(static_cast<unsigned>(2 * part.intervals.size()));
    unsigned end = 0;
    for (const crdt::Interval& interval : part.intervals) {
      intervals.set(end++, interval.first);
      intervals.set(end++, interval.last);
    }
  }
}

template <class Init>
void Encoder::Table::write_next_change(Init&& init) {
  const Change& change = changes[next_change++];
  if (change.nothing()) return;
  schema::ContextChange::Builder to = init();
  to.setFull(change.full);
  const auto count = [](const CausalContext& context) { return static_cast<unsigned>(context.parts().size()); };
  if (!change.removed.empty()) write_parts(to.initRemoved(count(change.removed)), change.removed);
  if (!change.added.empty()) write_parts(to.initAdded(count(change.added)), change.added);
}

void Encoder::Table::write_cover(schema::CoveredEvent::Builder to, const CoveredEvent& event, std::uint32_t cell) {
  to.setReplica(index(event.dot.replica));
  to.setSequence(event.dot.sequence);
  if (event.batch.count > 0) {
    ensure(event.batch.first <= event.dot.sequence);
    const core::Sequence offset = event.dot.sequence - event.batch.first;
    ensure(offset < event.batch.count);
    to.setBatchCount(event.batch.count);
    to.setBatchOffset(static_cast<std::uint32_t>(offset));
  }
  switch (event.type) {
    case EventType::cell:
      if (cell == not_carried) {
        to.setCellAt(data_of(event.address));
      } else {
        to.setCell(cell);
      }
      break;
    case EventType::range: {
      auto range_to = to.initRange();
      range_to.setAddress(data_of(event.address));
      write_next_change([&] { return range_to.initContext(); });
      break;
    }
    case EventType::void_:
      to.setUnused(event.first);
      break;
  }
}

void Encoder::Table::write_cell(schema::CarriedCell::Builder to, const CarriedCell& carried) {
  to.setAddress(data_of(carried.address));
  auto entries = to.initEntries(static_cast<unsigned>(carried.cell.size()));
  unsigned at = 0;
  for (const Cell::Entry& entry : carried.cell.entries()) {
    schema::Entry::Builder built = entries[at++];
    built.setReplica(index(entry.dot.replica));
    built.setSequence(entry.dot.sequence);
    built.setPayload(data_of(entry.payload));
  }
}

void Encoder::Table::write(schema::Message::Builder to, const Hello& hello) {
  schema::Hello::Builder built = to.initHello();
  built.setReplica(index(hello.replica));
  built.setProtocolMin(hello.protocol_min);
  built.setProtocolMax(hello.protocol_max);
  built.setFeatures(hello.features);
  built.setPayloadTypeMax(hello.payload_type_max);
  write_next_change([&] { return built.initContext(); });
  write_next_change([&] { return built.initFloor(); });
}

void Encoder::Table::write(schema::Message::Builder to, const Chunk& chunk) {
  schema::Chunk::Builder built = to.initChunk();
  built.setNumber(chunk.number);
  write_next_change([&] { return built.initBase(); });
  write_next_change([&] { return built.initSeen(); });
  auto covers = built.initCovers(static_cast<unsigned>(chunk.covers.size()));
  for (unsigned i = 0; i < chunk.covers.size(); ++i) write_cover(covers[i], chunk.covers[i], cell_of_cover[i]);
  auto cells = built.initCells(static_cast<unsigned>(chunk.cells.size()));
  for (unsigned i = 0; i < chunk.cells.size(); ++i) write_cell(cells[i], chunk.cells[i]);
}

void Encoder::Table::write(schema::Message::Builder to, const State& state) {
  schema::State::Builder built = to.initState();
  write_next_change([&] { return built.initContext(); });
  built.setAppliedChunk(state.applied_chunk);
  auto sessions = built.initLiveSessions(static_cast<unsigned>(state.live_sessions.size()));
  for (unsigned i = 0; i < state.live_sessions.size(); ++i) sessions.set(i, index(state.live_sessions[i]));
}

void Encoder::Table::write(schema::Message::Builder to, const Refusal& refusal) {
  schema::Refusal::Builder built = to.initRefusal();
  built.setChunk(refusal.chunk);
  write_next_change([&] { return built.initContext(); });
}

Encoder::Encoder() : table_(std::make_unique<Table>()) {}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

core::Result<std::vector<Bytes>> Encoder::encode(const Message& message) {
  Table& table = *table_;
  table.changes.clear();
  table.next_change = 0;
  table.cell_of_cover.clear();
  table.words = 1 + capnp::sizeInWords<schema::Message>();
  const ReplicaTable::Index known = table.ids.size();
  std::visit([&](const auto& part) { table.plan(part); }, message);
  if (table.ids.size() > replicas_max)
    return core::fail(core::ErrorCode::too_large, "a session would name more replicas than one may");
  Bytes new_replicas;
  for (ReplicaTable::Index i = known; i < table.ids.size(); ++i) {
    const ReplicaId& id = *table.ids.at(i);
    new_replicas.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  }
  table.words += words_of_bytes(new_replicas.size());
  if (table.words * sizeof(capnp::word) > message_bytes_max)
    return core::fail(core::ErrorCode::too_large, "a message is larger than any may be");

  // Written where it will leave from: behind the room for a frame's header, which keeps the words aligned.
  Bytes framed(frame_header_size + table.words * sizeof(capnp::word), '\0');
  auto* const words = reinterpret_cast<capnp::word*>(framed.data() + frame_header_size);
  const auto exception = kj::runCatchingExceptions([&] {
    capnp::FlatMessageBuilder builder(kj::arrayPtr(words, table.words));
    schema::Message::Builder root = builder.initRoot<schema::Message>();
    if (!new_replicas.empty()) root.setNewReplicas(data_of(new_replicas));
    std::visit([&](const auto& part) { table.write(root, part); }, message);
    builder.requireFilled();
  });
  ensure(exception == nullptr);  // the plan and the message agree to the word
  return cut_into_frames(std::move(framed));
}

}  // namespace skerry::sync
