// Both directions together: what one side says is what the other hears.
#include "sync/wire.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sync/limits.h"
#include "tests/sync/sample_messages.h"

namespace skerry::sync {
namespace {

using core::Bytes;

std::optional<Message> heard(Decoder& decoder, const std::vector<Bytes>& frames) {
  std::optional<Message> message;
  for (const Bytes& frame : frames) {
    auto decoded = decoder.decode(frame);
    EXPECT_TRUE(decoded) << decoded.error().detail;
    if (!decoded) return std::nullopt;
    message = std::move(*decoded);
  }
  return message;
}

TEST(Wire, TheSampleConversationIsHeardAsItWasSaid) {
  Encoder encoder;
  Decoder decoder(sample_space);
  for (const auto& [name, message] : sample_conversation()) {
    EXPECT_TRUE(heard(decoder, encoder.encode(message).value()) == message) << name;
  }
}

RC_GTEST_PROP(Wire, AnyConversationIsHeardAsItWasSaid, ()) {
  Encoder encoder;
  Decoder decoder(sample_space);
  const int messages = *rc::gen::inRange(1, 12);
  for (int i = 0; i < messages; ++i) {
    const Message message = chance_message();
    RC_ASSERT(heard(decoder, encoder.encode(message).value()) == message);
  }
}

RC_GTEST_PROP(Wire, WhatWasHeardIsSaidInTheSameBytes, ()) {
  Encoder encoder, again;
  Decoder decoder(sample_space);
  const int messages = *rc::gen::inRange(1, 5);
  for (int i = 0; i < messages; ++i) {
    const std::vector<Bytes> frames = encoder.encode(chance_message()).value();
    const std::optional<Message> message = heard(decoder, frames);
    RC_ASSERT(message.has_value());
    RC_ASSERT(again.encode(*message).value() == frames);
  }
}

TEST(Wire, AMessageLargerThanAFrameSpansSeveral) {
  Chunk chunk = sample_chunk();
  const Dot dot{sample_replica(0xa), 8};
  const Bytes payload = crdt::register_payload({1}, std::nullopt, {}, Bytes(value_bytes_max, 'v'));
  chunk.cells[0].cell = cell_with({{dot, payload}});
  Encoder encoder;
  Decoder decoder(sample_space);
  const std::vector<Bytes> frames = encoder.encode(chunk).value();
  EXPECT_EQ(frames.size(), 5u);
  for (const Bytes& frame : frames) EXPECT_LE(frame.size(), frame_bytes_max);
  EXPECT_TRUE(heard(decoder, frames) == Message(chunk));
  EXPECT_TRUE(heard(decoder, encoder.encode(sample_state()).value()) == Message(sample_state()));
}

std::size_t size_of(const std::vector<Bytes>& frames) {
  return frames.at(0).size();
}

TEST(Wire, AContextThatHardlyChangesCostsHardlyAnything) {
  CausalContext large;
  for (int replica = 1; replica < 200; ++replica) {
    large.add(sample_replica(static_cast<std::uint8_t>(replica)), {1, 1'000'000});
  }
  Encoder encoder;
  const std::size_t first = size_of(encoder.encode(State{large, 1, {}}).value());
  const std::size_t same = size_of(encoder.encode(State{large, 2, {}}).value());
  large.add(Dot{sample_replica(7), 1'000'001});
  const std::size_t one_more = size_of(encoder.encode(State{large, 3, {}}).value());
  EXPECT_GT(first, 199u * (16 + 32));
  EXPECT_LT(same, 72u);
  EXPECT_LE(one_more, same + 64);
}

TEST(Wire, AContextThatChangesAltogetherIsSentInFull) {
  Encoder encoder;
  Decoder decoder(sample_space);
  const State before{context_of({{1, {1, 1}}, {1, {3, 3}}, {1, {5, 5}}, {1, {7, 7}}}), 1, {}};
  const State after{context_of({{1, {1, 8}}, {2, {1, 1}}}), 2, {}};
  EXPECT_TRUE(heard(decoder, encoder.encode(before).value()) == Message(before));
  EXPECT_TRUE(heard(decoder, encoder.encode(after).value()) == Message(after));
  EXPECT_TRUE(heard(decoder, encoder.encode(State{}).value()) == Message(State{}));
  EXPECT_TRUE(heard(decoder, encoder.encode(before).value()) == Message(before));
}

TEST(Wire, AHotAddressIsSpelledOnce) {
  Chunk chunk = sample_chunk();
  const std::size_t alone = size_of(Encoder().encode(chunk).value());
  for (int i = 0; i < 100; ++i) chunk.covers.push_back(chunk.covers[0]);
  EXPECT_LE(size_of(Encoder().encode(chunk).value()), alone + 100 * 48u);
}

}  // namespace
}  // namespace skerry::sync
