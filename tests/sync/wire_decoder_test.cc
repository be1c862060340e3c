// A stranger's bytes: whatever comes, the answer is a message within the limits or a definite error.
#include <capnp/message.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "schema/sync.capnp.h"
#include "sync/frames.h"
#include "sync/limits.h"
#include "sync/wire.h"
#include "tests/sync/sample_messages.h"

namespace skerry::sync {
namespace {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;

// A message as a stranger might write it, in one segment.
template <class Build>
Bytes frame_of(Build&& build) {
  capnp::MallocMessageBuilder builder(1 << 16);
  build(builder.initRoot<schema::Message>());
  const auto segments = builder.getSegmentsForOutput();
  EXPECT_EQ(segments.size(), 1u);
  const auto bytes = segments[0].asBytes();
  Bytes framed(frame_header_size, '\0');
  framed.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  return cut_into_frames(std::move(framed)).at(0);
}

capnp::Data::Reader data_of(BytesView bytes) {
  return {reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size()};
}

template <class Build>
std::string error_of(Build&& build) {
  Decoder decoder(sample_space);
  const auto decoded = decoder.decode(frame_of(build));
  return decoded ? "" : decoded.error().detail;
}

const Bytes one_id(16, 'a');
const Bytes two_ids = Bytes(16, 'a') + Bytes(16, 'b');

schema::Chunk::Builder chunk_in(schema::Message::Builder message) {
  message.setNewReplicas(data_of(two_ids));
  schema::Chunk::Builder chunk = message.initChunk();
  chunk.setNumber(1);
  return chunk;
}

void set_entry(schema::Entry::Builder entry, std::uint32_t replica, std::uint64_t sequence, const Bytes& payload) {
  entry.setReplica(replica);
  entry.setSequence(sequence);
  entry.setPayload(data_of(payload));
}

TEST(WireDecoder, ATruncatedMessageIsRefusedWhereverItIsCut) {
  const Bytes whole = Encoder().encode(sample_chunk_of_everything()).value()[0];
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Decoder decoder(sample_space);
    EXPECT_FALSE(decoder.decode(BytesView(whole).substr(0, size))) << size;
  }
  // The same with a header that agrees.
  for (std::size_t size = 8; size < whole.size() - frame_header_size; size += 8) {
    Decoder decoder(sample_space);
    EXPECT_FALSE(decoder.decode(cut_into_frames(whole.substr(0, frame_header_size + size))[0])) << size;
  }
}

TEST(WireDecoder, BytesThatNothingPointsToAreRefused) {
  for (const auto& [name, message] : sample_conversation()) {
    const Bytes whole = Encoder().encode(message).value()[0];
    Decoder decoder(sample_space);
    EXPECT_FALSE(decoder.decode(cut_into_frames(whole + Bytes(8, '\0'))[0])) << name;
    EXPECT_FALSE(Decoder(sample_space).decode(whole + "x")) << name;
  }
}

TEST(WireDecoder, AfterAnErrorTheDecoderIsDead) {
  Encoder encoder;
  Decoder decoder(sample_space);
  ASSERT_TRUE(decoder.decode(encoder.encode(sample_hello()).value()[0]));
  EXPECT_FALSE(decoder.decode("rubbish"));
  EXPECT_FALSE(decoder.decode(encoder.encode(sample_chunk()).value()[0]));
}

TEST(WireDecoder, AFrameThatIsNotAlignedIsReadAllTheSame) {
  const Bytes frame = Encoder().encode(sample_chunk()).value()[0];
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const Bytes shifted = Bytes(shift, 'x') + frame;
    EXPECT_TRUE(Decoder(sample_space).decode(BytesView(shifted).substr(shift))) << shift;
  }
}

TEST(WireDecoder, AddressesOfAnotherSpaceAreRefused) {
  const Bytes frame = Encoder().encode(sample_chunk()).value()[0];
  EXPECT_TRUE(Decoder(sample_space).decode(frame));
  EXPECT_FALSE(Decoder(core::Space{4}).decode(frame));
}

RC_GTEST_PROP(WireDecoder, ChangedBytesNeitherCrashNorBreakLimits, ()) {
  Bytes frame = Encoder().encode(chance_message()).value()[0];
  const int flips = *rc::gen::inRange(1, 4);
  for (int i = 0; i < flips; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, frame.size());
    frame[at] = static_cast<char>(frame[at] ^ (1 << *rc::gen::inRange(0, 8)));
  }
  Decoder decoder(sample_space);
  const auto decoded = decoder.decode(frame);
  // What was accepted is a message like any other: it can be said again.
  if (decoded && *decoded) {
    RC_ASSERT(!Encoder().encode(**decoded).value().empty());
  }
}

TEST(WireDecoder, ReplicaTablesAreChecked) {
  EXPECT_EQ(error_of([](auto message) {
              message.setNewReplicas(data_of(one_id));
              message.initState();
            }),
            "");
  EXPECT_NE(error_of([](auto message) {
              message.setNewReplicas(data_of(one_id + "x"));
              message.initState();
            }),
            "");
  EXPECT_NE(error_of([](auto message) {
              message.setNewReplicas(data_of(one_id + one_id));
              message.initState();
            }),
            "");
  EXPECT_EQ(error_of([](auto message) { message.initState().initLiveSessions(1); }), "a replica was not announced");
}

std::string context_error(std::vector<std::pair<std::uint32_t, std::vector<std::uint64_t>>> parts, bool full = false) {
  return error_of([&](schema::Message::Builder message) {
    message.setNewReplicas(data_of(two_ids));
    auto change = message.initState().initContext();
    change.setFull(full);
    if (full) change.initRemoved(1)[0].initIntervals(2).set(0, 1);
    auto built = change.initAdded(static_cast<unsigned>(parts.size()));
    for (unsigned i = 0; i < parts.size(); ++i) {
      built[i].setReplica(parts[i].first);
      auto ends = built[i].initIntervals(static_cast<unsigned>(parts[i].second.size()));
      for (unsigned at = 0; at < ends.size(); ++at) ends.set(at, parts[i].second[at]);
    }
  });
}

TEST(WireDecoder, ContextsAreCanonical) {
  EXPECT_EQ(context_error({{0, {1, 2, 4, 4}}, {1, {7, 9}}}), "");
  EXPECT_NE(context_error({{1, {1, 2}}, {0, {7, 9}}}), "") << "replicas out of order";
  EXPECT_NE(context_error({{0, {1, 2}}, {0, {7, 9}}}), "") << "a replica twice";
  EXPECT_NE(context_error({{2, {1, 2}}}), "") << "not announced";
  EXPECT_NE(context_error({{0, {}}}), "") << "no interval";
  EXPECT_NE(context_error({{0, {1, 2, 4}}}), "") << "half an interval";
  EXPECT_NE(context_error({{0, {0, 2}}}), "") << "sequence 0";
  EXPECT_NE(context_error({{0, {3, 2}}}), "") << "backwards";
  EXPECT_NE(context_error({{0, {1, 2, 3, 4}}}), "") << "no gap";
  EXPECT_NE(context_error({{0, {5, 6, 1, 2}}}), "") << "out of order";
  EXPECT_NE(context_error({{0, {5, UINT64_MAX}}}), "") << "nothing comes after it";
  EXPECT_NE(context_error({{0, {1, 2}}}, true), "") << "full, and yet it removes";
}

TEST(WireDecoder, AContextOfTooManyIntervalsIsRefusedAlsoWhenItGrowsSlowly) {
  Decoder decoder(sample_space);
  std::optional<ErrorCode> error;
  std::uint64_t sequence = 1;
  for (int messages = 0; messages < 40 && !error; ++messages) {
    const Bytes frame = frame_of([&](schema::Message::Builder message) {
      if (messages == 0) message.setNewReplicas(data_of(one_id));
      auto ends = message.initState().initContext().initAdded(1)[0].initIntervals(4'000);
      for (unsigned at = 0; at < ends.size(); ++at, sequence += (at % 2 == 0 ? 2 : 0)) ends.set(at, sequence);
    });
    if (const auto decoded = decoder.decode(frame); !decoded) error = decoded.error().code;
  }
  EXPECT_EQ(error, ErrorCode::too_large);
}

std::string cell_error(const Bytes& address, std::vector<std::pair<std::uint64_t, Bytes>> entries) {
  return error_of([&](schema::Message::Builder message) {
    schema::CarriedCell::Builder cell = chunk_in(message).initCells(1)[0];
    cell.setAddress(data_of(address));
    auto built = cell.initEntries(static_cast<unsigned>(entries.size()));
    for (unsigned i = 0; i < entries.size(); ++i) set_entry(built[i], 0, entries[i].first, entries[i].second);
  });
}

TEST(WireDecoder, CellsAreChecked) {
  const Bytes address = sample_address("k", core::Kind::set, "m");
  const Bytes present = crdt::presence_payload({1});
  EXPECT_EQ(cell_error(address, {{1, present}, {2, present}}), "");
  EXPECT_NE(cell_error(address, {{2, present}, {1, present}}), "") << "out of order";
  EXPECT_NE(cell_error(address, {{1, present}, {1, present}}), "") << "a dot twice";
  EXPECT_NE(cell_error(address, {{0, present}}), "") << "no dot";
  EXPECT_NE(cell_error(address, {{1, ""}}), "") << "no payload";
  EXPECT_NE(cell_error(address, {{1, present + "x"}}), "") << "trailing bytes in a payload";
  EXPECT_NE(cell_error(address, {{1, crdt::register_payload({1}, std::nullopt, {}, "v")}}), "") << "not in a set";
  EXPECT_NE(cell_error(sample_address("k", core::Kind::row), {}), "") << "a range is no cell";
  EXPECT_NE(cell_error(whole_space(), {}), "");
  EXPECT_NE(cell_error("", {}), "");
  EXPECT_EQ(cell_error(sample_address(Bytes(address_bytes_max, '\0'), core::Kind::string), {}), "");
  EXPECT_NE(cell_error(sample_address(Bytes(address_bytes_max + 1, 'k'), core::Kind::string), {}), "");
}

TEST(WireDecoder, AnUnknownPayloadIsUnsupported) {
  const Bytes frame = frame_of([](schema::Message::Builder message) {
    schema::CarriedCell::Builder cell = chunk_in(message).initCells(1)[0];
    const Bytes address = sample_address("k", core::Kind::string);
    cell.setAddress(data_of(address));
    const Bytes payload = Bytes("\x63", 1) + Bytes(8, '\0');
    set_entry(cell.initEntries(1)[0], 0, 1, payload);
  });
  const auto decoded = Decoder(sample_space).decode(frame);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::unsupported);
}

template <class Build>
std::string cover_error(Build&& build) {
  return error_of([&](schema::Message::Builder message) {
    schema::CoveredEvent::Builder event = chunk_in(message).initCovers(1)[0];
    event.setSequence(5);
    event.setUnused(5);
    build(event);
  });
}

TEST(WireDecoder, CoveredEventsAreChecked) {
  const Bytes cell = sample_address("k", core::Kind::string), key = sample_address("k", core::Kind::row);
  EXPECT_EQ(cover_error([](auto) {}), "");
  EXPECT_EQ(cover_error([&](auto event) { event.setCellAt(data_of(cell)); }), "");
  EXPECT_NE(cover_error([&](auto event) { event.setCellAt(data_of(key)); }), "");
  EXPECT_NE(cover_error([](auto event) { event.setCell(0); }), "") << "no such cell";
  EXPECT_EQ(cover_error([&](auto event) { event.initRange().setAddress(data_of(key)); }), "");
  EXPECT_EQ(cover_error([](auto event) { event.initRange().setAddress(data_of(whole_space())); }), "");
  EXPECT_NE(cover_error([&](auto event) { event.initRange().setAddress(data_of(cell)); }), "");
  EXPECT_NE(cover_error([](auto event) { event.setUnused(6); }), "");
  EXPECT_NE(cover_error([](auto event) { event.setUnused(0); }), "");
  EXPECT_NE(cover_error([](auto event) { event.setSequence(0); }), "");
  EXPECT_NE(cover_error([](auto event) { event.setSequence(UINT64_MAX); }), "");
  EXPECT_NE(cover_error([](auto event) { event.setReplica(2); }), "");
  EXPECT_NE(cover_error([](auto event) { event.setBatchOffset(1); }), "") << "in no batch";
  const auto batch = [](std::uint32_t offset, std::uint32_t count) {
    return [=](schema::CoveredEvent::Builder event) {
      event.setBatchOffset(offset);
      event.setBatchCount(count);
    };
  };
  EXPECT_EQ(cover_error(batch(4, 5)), "");
  EXPECT_NE(cover_error(batch(5, 5)), "") << "beyond its batch";
  EXPECT_NE(cover_error(batch(5, 9)), "") << "the batch would begin before sequence 1";
}

TEST(WireDecoder, ACellTwiceInAChunkIsRefused) {
  const Bytes address = sample_address("k", core::Kind::string);
  EXPECT_EQ(error_of([&](auto message) {
              auto cells = chunk_in(message).initCells(2);
              cells[0].setAddress(data_of(address));
              cells[1].setAddress(data_of(address));
            }),
            "a chunk carries a cell twice");
}

TEST(WireDecoder, AReferenceCannotBecomeMoreMemoryThanAMessageMayTake) {
  // 32 KiB of address, named ten thousand times in 48 bytes each.
  const Bytes frames_address = sample_address(Bytes(address_bytes_max, 'k'), core::Kind::string);
  capnp::MallocMessageBuilder builder(1 << 17);
  schema::Chunk::Builder chunk = chunk_in(builder.initRoot<schema::Message>());
  chunk.initCells(1)[0].setAddress(data_of(frames_address));
  auto covers = chunk.initCovers(10'000);
  for (schema::CoveredEvent::Builder event : covers) {
    event.setSequence(1);
    event.setCell(0);
  }
  const auto segments = builder.getSegmentsForOutput();
  ASSERT_EQ(segments.size(), 1u);
  Bytes framed(frame_header_size, '\0');
  framed.append(reinterpret_cast<const char*>(segments[0].begin()), segments[0].size() * sizeof(capnp::word));
  const auto decoded = Decoder(sample_space).decode(cut_into_frames(std::move(framed)).at(0));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::too_large);
}

TEST(WireDecoder, AWordThatTwoPointersShareIsRefused) {
  const Bytes frame = frame_of([](schema::Message::Builder message) {
    message.setNewReplicas(data_of(two_ids));
    auto added = message.initState().initContext().initAdded(2);
    for (unsigned i = 0; i < 2; ++i) {
      added[i].setReplica(i);
      auto ends = added[i].initIntervals(2);
      ends.set(0, 7);
      ends.set(1, 7);
    }
  });
  ASSERT_TRUE(Decoder(sample_space).decode(frame));
  // The last four words are the two lists of intervals, and the one before them is the second part's pointer.  It is
  // made to point two words back, where the first part's points, and its own list is cut off.
  Bytes shared = frame.substr(0, frame.size() - 16);
  const std::size_t pointer = frame.size() - 5 * 8;
  ASSERT_EQ(shared[pointer], 2 << 2 | 1);
  shared[pointer] = 0 << 2 | 1;
  EXPECT_FALSE(Decoder(sample_space).decode(cut_into_frames(shared)[0]));
}

TEST(WireDecoder, AListOfNothingIsNotTakenForMany) {
  // A list of zero-sized structs claims any number of elements in one word.
  const Bytes frame = frame_of([](schema::Message::Builder message) { chunk_in(message).initCovers(1); });
  for (std::size_t at = frame_header_size; at + 16 <= frame.size(); at += 8) {
    Bytes changed = frame;
    for (std::size_t byte = 0; byte < 8; ++byte) changed[at + byte] = static_cast<char>(byte < 4 ? 0xfc : 0);
    EXPECT_FALSE(Decoder(sample_space).decode(changed)) << at;
  }
}

TEST(WireDecoder, UnknownMessagesAndEventsAreUnsupported) {
  for (const Bytes& whole :
       {Encoder().encode(sample_refusal()).value()[0], Encoder().encode(sample_chunk_of_everything()).value()[0]}) {
    int unsupported = 0;
    for (std::size_t at = frame_header_size; at < whole.size(); ++at) {
      Bytes changed = whole;
      changed[at] = '\x77';
      const auto decoded = Decoder(sample_space).decode(changed);
      if (!decoded && decoded.error().code == ErrorCode::unsupported) ++unsupported;
    }
    EXPECT_GT(unsupported, 0);
  }
}

}  // namespace
}  // namespace skerry::sync
