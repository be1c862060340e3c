#include <capnp/any.h>
#include <capnp/message.h>

#include <algorithm>
#include <unordered_set>

#include "crdt/payload.h"
#include "schema/sync.capnp.h"
#include "sync/frames.h"
#include "sync/limits.h"
#include "sync/replica_table.h"
#include "sync/wire.h"

namespace skerry::sync {

namespace {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using crdt::Interval;

constexpr int nesting_max = 16;
constexpr char not_an_address[] = "an address is none, or of another space, or of the wrong kind";
constexpr std::size_t id_size = sizeof(ReplicaId::bytes);

BytesView view_of(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

std::size_t memory_of(const CausalContext& context) {
  return context.parts().size() * sizeof(CausalContext::Part) + context.interval_count() * sizeof(Interval);
}

// The kind in an address that may stand for `type`: a cell's names a cell, a range's a key or the whole space.  Nothing
// for any other, or one of another space.
std::optional<core::Kind> kind_in(BytesView address, EventType type, core::Space space) {
  Bytes space_prefix;
  core::put_space_prefix(space_prefix, space);
  if (type == EventType::range && address == space_prefix) return core::Kind::row;
  const std::optional<core::OwnedAddress> decoded = core::decode_address(address);
  if (!decoded || decoded->space != space) return std::nullopt;
  if (decoded->key.size() + decoded->member.size() > address_bytes_max) return std::nullopt;
  if ((decoded->kind == core::Kind::row) != (type == EventType::range)) return std::nullopt;
  return decoded->kind;
}

}  // namespace

struct Decoder::Table {
  explicit Table(core::Space decoders_space) : space(decoders_space) {}

  const core::Space space;
  FrameGatherer gatherer;
  ReplicaTable ids;
  CausalContext own, base, range;
  bool dead = false;
};

namespace {

// One message.  The first error sticks: what is read after it is not looked at, and loops end early.
class Reading {
 public:
  Reading(core::Space space, ReplicaTable& ids, CausalContext& own, CausalContext& base, CausalContext& range)
      : space_(space), ids_(ids), own_(own), base_(base), range_(range) {}

  core::Result<Message> read(schema::Message::Reader from);

 private:
  bool ok() const { return !error_; }
  void fail(ErrorCode code, const char* detail) {
    if (ok()) error_ = core::Error{code, detail};
  }
  void require(bool condition, const char* detail) {
    if (!condition) fail(ErrorCode::malformed, detail);
  }
  // What the message takes in memory: references may stand for much more than their own bytes.
  void spend(std::size_t bytes) {
    if (bytes > left_) fail(ErrorCode::too_large, "a message is larger than it may be once decoded");
    left_ -= std::min(bytes, left_);
  }
  template <class T>
  void reserve(std::vector<T>& to, std::size_t count) {
    spend(count * sizeof(T));
    if (ok()) to.reserve(count);
  }

  void read_new_replicas(BytesView ids);
  ReplicaId replica(std::uint32_t index);
  crdt::Dot dot(std::uint32_t index, core::Sequence sequence);
  CausalContext parts(capnp::List<schema::Part>::Reader from);
  // The slot's next context.
  CausalContext context(CausalContext& last, schema::ContextChange::Reader from);
  Bytes address(EventType type, BytesView bytes);
  Cell cell(core::Kind kind, capnp::List<schema::Entry>::Reader from);
  CarriedCell carried(schema::CarriedCell::Reader from);
  EventBatch batch(schema::CoveredEvent::Reader from);
  CoveredEvent covered(schema::CoveredEvent::Reader from, const std::vector<CarriedCell>& cells);
  Hello hello(schema::Hello::Reader from);
  Chunk chunk(schema::Chunk::Reader from);
  State state(schema::State::Reader from);
  Refusal refusal(schema::Refusal::Reader from);

  const core::Space space_;
  ReplicaTable& ids_;
  CausalContext &own_, &base_, &range_;
  std::size_t left_ = message_decoded_bytes_max;
  std::optional<core::Error> error_;
};

void Reading::read_new_replicas(BytesView ids) {
  require(ids.size() % id_size == 0, "the list of new replicas is cut off");
  if (ids_.size() + ids.size() / id_size > replicas_max) fail(ErrorCode::too_large, "too many replicas in a session");
  for (; ok() && !ids.empty(); ids.remove_prefix(id_size)) {
    ReplicaId id;
    std::copy_n(ids.begin(), id_size, id.bytes.begin());
    const ReplicaTable::Index next = ids_.size();
    require(ids_.index_of(id) == next, "a replica is announced twice");
  }
}

ReplicaId Reading::replica(std::uint32_t index) {
  const ReplicaId* const id = ids_.at(index);
  require(id != nullptr, "a replica was not announced");
  return id == nullptr ? ReplicaId{} : *id;
}

crdt::Dot Reading::dot(std::uint32_t index, core::Sequence sequence) {
  require(1 <= sequence && sequence < UINT64_MAX, "a dot has a sequence that none can have");
  return {replica(index), sequence};
}

CausalContext Reading::parts(capnp::List<schema::Part>::Reader from) {
  CausalContext context;
  std::optional<ReplicaId> previous_replica;
  std::size_t interval_count = 0;
  for (unsigned i = 0; i < from.size() && ok(); ++i) {
    const schema::Part::Reader part = from[i];
    const ReplicaId id = replica(part.getReplica());
    require(!previous_replica || *previous_replica < id, "the replicas of a context are not sorted");
    previous_replica = id;
    const capnp::List<std::uint64_t>::Reader ends = part.getIntervals();
    require(ends.size() >= 2 && ends.size() % 2 == 0, "a replica's intervals are empty or cut off");
    interval_count += ends.size() / 2;
    if (interval_count > context_intervals_max) fail(ErrorCode::too_large, "a context has too many intervals");
    core::Sequence beyond = 0;  // the least sequence that would touch the interval before
    for (unsigned at = 0; at + 1 < ends.size() && ok(); at += 2) {
      const Interval interval{ends[at], ends[at + 1]};
      require(interval.first >= 1 && interval.first > beyond, "a context's intervals are not sorted with gaps");
      require(interval.first <= interval.last, "an interval ends before it begins");
      require(interval.last < UINT64_MAX, "a sequence is beyond any that is ever used");
      if (ok()) context.add(id, interval);
      beyond = interval.last + 1;
    }
  }
  return context;
}

CausalContext Reading::context(CausalContext& last, schema::ContextChange::Reader from) {
  if (!ok()) return {};
  if (from.getFull()) last = {};
  spend(memory_of(last));
  const CausalContext removed = parts(from.getRemoved());
  require(!from.getFull() || removed.empty(), "a full context removes something");
  const CausalContext added = parts(from.getAdded());
  if (!ok()) return {};
  last.remove(removed);
  last.add(added);
  if (last.interval_count() > context_intervals_max) fail(ErrorCode::too_large, "a context has too many intervals");
  spend(memory_of(added));
  return ok() ? last : CausalContext{};
}

Bytes Reading::address(EventType type, BytesView bytes) {
  require(kind_in(bytes, type, space_).has_value(), not_an_address);
  spend(bytes.size());
  return ok() ? Bytes(bytes) : Bytes();
}

Cell Reading::cell(core::Kind kind, capnp::List<schema::Entry>::Reader from) {
  Cell cell;
  if (from.size() > cell_entries_max) fail(ErrorCode::too_large, "a cell has too many entries");
  std::optional<crdt::Dot> previous;
  for (unsigned i = 0; i < from.size() && ok(); ++i) {
    const schema::Entry::Reader entry = from[i];
    const crdt::Dot dot = this->dot(entry.getReplica(), entry.getSequence());
    require(!previous || *previous < dot, "the entries of a cell are not sorted");
    previous = dot;
    const BytesView payload = view_of(entry.getPayload());
    if (payload.size() > payload_bytes_max) fail(ErrorCode::too_large, "a payload is too large");
    if (!ok()) break;
    if (const core::Result<void> checked = crdt::check_payload(kind, payload); !checked) error_ = checked.error();
    spend(sizeof(Cell::Entry) + payload.size());
    if (ok()) cell.insert(dot, payload);
  }
  return cell;
}

CarriedCell Reading::carried(schema::CarriedCell::Reader from) {
  const BytesView bytes = view_of(from.getAddress());
  const std::optional<core::Kind> kind = kind_in(bytes, EventType::cell, space_);
  require(kind.has_value(), not_an_address);
  spend(bytes.size());
  if (!ok()) return {};
  return {Bytes(bytes), cell(*kind, from.getEntries())};
}

EventBatch Reading::batch(schema::CoveredEvent::Reader from) {
  const std::uint32_t count = from.getBatchCount();
  const std::uint32_t offset = from.getBatchOffset();
  if (count == 0) {
    require(offset == 0, "an event has a place in no batch");
    return {};
  }
  require(offset < count && offset < from.getSequence(), "an event's place is not in its batch");
  return {from.getSequence() - offset, count};
}

CoveredEvent Reading::covered(schema::CoveredEvent::Reader from, const std::vector<CarriedCell>& cells) {
  CoveredEvent event;
  event.dot = dot(from.getReplica(), from.getSequence());
  event.batch = batch(from);
  switch (from.which()) {
    case schema::CoveredEvent::CELL:
      require(from.getCell() < cells.size(), "an event names a cell that the chunk does not carry");
      if (!ok()) break;
      spend(cells[from.getCell()].address.size());
      if (ok()) event.address = cells[from.getCell()].address;
      break;
    case schema::CoveredEvent::CELL_AT:
      event.address = address(EventType::cell, view_of(from.getCellAt()));
      break;
    case schema::CoveredEvent::RANGE:
      event.type = EventType::range;
      event.address = address(EventType::range, view_of(from.getRange().getAddress()));
      event.range = context(range_, from.getRange().getContext());
      break;
    case schema::CoveredEvent::UNUSED:
      event.type = EventType::void_;
      event.first = from.getUnused();
      require(event.first >= 1 && event.first <= event.dot.sequence, "an interval of unused sequences is none");
      break;
    default:  // not ours: a schema enum holds whatever the wire said
      fail(ErrorCode::unsupported, "an event is of a type that this version does not know");
  }
  return event;
}

Hello Reading::hello(schema::Hello::Reader from) {
  Hello hello;
  hello.replica = replica(from.getReplica());
  hello.protocol_min = from.getProtocolMin();
  hello.protocol_max = from.getProtocolMax();
  require(1 <= hello.protocol_min && hello.protocol_min <= hello.protocol_max, "a range of protocol versions is none");
  hello.features = from.getFeatures();
  hello.payload_type_max = from.getPayloadTypeMax();
  hello.context = context(own_, from.getContext());
  hello.floor = context(base_, from.getFloor());
  return hello;
}

Chunk Reading::chunk(schema::Chunk::Reader from) {
  Chunk chunk;
  chunk.number = from.getNumber();
  require(chunk.number >= 1, "a chunk has no number");
  chunk.base = context(base_, from.getBase());
  chunk.seen = context(own_, from.getSeen());
  // The cells first, since events refer to them; they change no slot.
  const capnp::List<schema::CarriedCell>::Reader cells = from.getCells();
  reserve(chunk.cells, cells.size());
  std::unordered_set<BytesView> carried_before;
  for (unsigned i = 0; i < cells.size() && ok(); ++i) {
    chunk.cells.push_back(carried(cells[i]));
    require(!ok() || carried_before.insert(chunk.cells.back().address).second, "a chunk carries a cell twice");
  }
  const capnp::List<schema::CoveredEvent>::Reader covers = from.getCovers();
  reserve(chunk.covers, covers.size());
  for (unsigned i = 0; i < covers.size() && ok(); ++i) chunk.covers.push_back(covered(covers[i], chunk.cells));
  return chunk;
}

State Reading::state(schema::State::Reader from) {
  State state;
  state.context = context(own_, from.getContext());
  state.applied_chunk = from.getAppliedChunk();
  const capnp::List<std::uint32_t>::Reader sessions = from.getLiveSessions();
  if (sessions.size() > links_max) fail(ErrorCode::too_large, "a peer lists more sessions than a node may have");
  for (unsigned i = 0; i < sessions.size() && ok(); ++i) state.live_sessions.push_back(replica(sessions[i]));
  return state;
}

Refusal Reading::refusal(schema::Refusal::Reader from) {
  Refusal refusal;
  refusal.chunk = from.getChunk();
  require(refusal.chunk >= 1, "a refusal names no chunk");
  refusal.context = context(own_, from.getContext());
  return refusal;
}

core::Result<Message> Reading::read(schema::Message::Reader from) {
  Message message;
  read_new_replicas(view_of(from.getNewReplicas()));
  switch (from.which()) {
    case schema::Message::HELLO:
      message = hello(from.getHello());
      break;
    case schema::Message::CHUNK:
      message = chunk(from.getChunk());
      break;
    case schema::Message::STATE:
      message = state(from.getState());
      break;
    case schema::Message::REFUSAL:
      message = refusal(from.getRefusal());
      break;
    default:  // not ours: a schema enum holds whatever the wire said
      fail(ErrorCode::unsupported, "a message is of a type that this version does not know");
  }
  if (error_) return tl::make_unexpected(*error_);
  return message;
}

// The one place where exceptions of Cap'n Proto end.
core::Result<Message> read_segment(kj::ArrayPtr<const capnp::word> words, Reading& reading) {
  core::Result<Message> message = core::fail(ErrorCode::malformed, "a message is not what the schema says");
  const auto exception = kj::runCatchingExceptions([&] {
    capnp::ReaderOptions options;
    // Each word may be reached twice: once when the size is taken, once when it is read.
    options.traversalLimitInWords = 2 * words.size() + 64;
    options.nestingLimit = nesting_max;
    const kj::ArrayPtr<const capnp::word> segments[] = {words};
    capnp::SegmentArrayMessageReader segment(kj::arrayPtr(segments, 1), options);
    const capnp::MessageSize reachable = segment.getRoot<capnp::AnyPointer>().targetSize();
    if (reachable.wordCount + 1 != words.size() || reachable.capCount != 0) return;  // hidden, shared or foreign words
    message = reading.read(segment.getRoot<schema::Message>());
  });
  if (exception != nullptr) return core::fail(ErrorCode::malformed, "a message is not what the schema says");
  return message;
}

}  // namespace

Decoder::Decoder(core::Space space) : table_(std::make_unique<Table>(space)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

core::Result<std::optional<Message>> Decoder::decode(BytesView frame) {
  Table& table = *table_;
  if (table.dead) return core::fail(ErrorCode::malformed, "an earlier frame has ended this conversation");
  table.dead = true;  // unless all goes well
  const core::Result<std::optional<BytesView>> bytes = table.gatherer.take(frame);
  if (!bytes) return tl::make_unexpected(bytes.error());
  if (!*bytes) {
    table.dead = false;
    return std::nullopt;
  }
  BytesView message_bytes = **bytes;
  Bytes aligned;
  if (reinterpret_cast<std::uintptr_t>(message_bytes.data()) % alignof(capnp::word) != 0) {
    aligned = message_bytes;
    message_bytes = aligned;
  }
  const auto* const words = reinterpret_cast<const capnp::word*>(message_bytes.data());
  Reading reading(table.space, table.ids, table.own, table.base, table.range);
  core::Result<Message> message =
      read_segment(kj::arrayPtr(words, message_bytes.size() / sizeof(capnp::word)), reading);
  if (!message) return tl::make_unexpected(message.error());
  table.dead = false;
  return std::move(*message);
}

}  // namespace skerry::sync
