#include "sync/frames.h"

#include <gtest/gtest.h>

#include "sync/limits.h"

namespace skerry::sync {
namespace {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;

Bytes message_of(std::size_t size) {
  Bytes message(size, '\0');
  for (std::size_t i = 0; i < size; i += 509) message[i] = static_cast<char>(i / 509);
  return message;
}

std::vector<Bytes> frames_of(const Bytes& message) {
  return cut_into_frames(Bytes(frame_header_size, 'x') + message);
}

Bytes frame(std::uint8_t format, std::uint8_t begins, std::uint32_t rest, BytesView part) {
  Bytes bytes;
  core::put_u8(bytes, format);
  core::put_u8(bytes, begins);
  core::put_u16(bytes, 0);
  core::put_u32(bytes, rest);
  return bytes.append(part);
}

ErrorCode error_of(BytesView bytes) {
  FrameGatherer gatherer;
  const auto taken = gatherer.take(bytes);
  EXPECT_FALSE(taken);
  EXPECT_FALSE(gatherer.take(frames_of(message_of(8))[0])) << "what failed stays failed";
  return taken ? ErrorCode::io : taken.error().code;
}

TEST(Frames, AMessageThatFitsIsOneFrameOfTheSpecifiedForm) {
  EXPECT_EQ(frames_of("12345678"), std::vector<Bytes>{Bytes("\1\1\0\0\0\0\0\x08"
                                                            "12345678",
                                                            16)});
}

TEST(Frames, MessagesOfAnySizeComeBackWhole) {
  FrameGatherer gatherer;
  const std::size_t part = frame_bytes_max - frame_header_size;
  for (const std::size_t size : {std::size_t{8}, part - 8, part, part + 8, 2 * part, 3 * part + 16}) {
    const Bytes message = message_of(size);
    const std::vector<Bytes> frames = frames_of(message);
    EXPECT_EQ(frames.size(), (size + part - 1) / part);
    for (std::size_t i = 0; i < frames.size(); ++i) {
      EXPECT_LE(frames[i].size(), frame_bytes_max);
      const auto taken = gatherer.take(frames[i]);
      ASSERT_TRUE(taken);
      ASSERT_EQ(taken->has_value(), i + 1 == frames.size());
      if (*taken) {
        EXPECT_TRUE(**taken == message);
      }
    }
  }
}

TEST(Frames, AMessageInOneFrameIsNotCopied) {
  FrameGatherer gatherer;
  const Bytes only = frames_of("12345678")[0];
  EXPECT_EQ((*gatherer.take(only))->data(), only.data() + frame_header_size);
}

TEST(Frames, WhatIsNotSpecifiedIsRefused) {
  EXPECT_EQ(error_of(""), ErrorCode::malformed);
  EXPECT_EQ(error_of(BytesView("\1\1\0\0\0\0\0", 7)), ErrorCode::malformed);
  EXPECT_EQ(error_of(frame(2, 1, 8, "12345678")), ErrorCode::unsupported);
  EXPECT_EQ(error_of(frame(1, 0, 8, "12345678")), ErrorCode::malformed) << "continues nothing";
  EXPECT_EQ(error_of(frame(1, 2, 8, "12345678")), ErrorCode::malformed);
  EXPECT_EQ(error_of(frame(1, 1, 0, "")), ErrorCode::malformed) << "an empty message";
  EXPECT_EQ(error_of(frame(1, 1, 7, "1234567")), ErrorCode::malformed) << "no whole words";
  EXPECT_EQ(error_of(frame(1, 1, 8, "1234567")), ErrorCode::malformed) << "too little";
  EXPECT_EQ(error_of(frame(1, 1, 8, "123456789")), ErrorCode::malformed) << "too much";
  EXPECT_EQ(error_of(frame(1, 1, message_bytes_max + 8, "12345678")), ErrorCode::too_large);
  EXPECT_EQ(error_of(frame(1, 1, frame_bytes_max, "12345678")), ErrorCode::malformed) << "all but the last are full";
}

TEST(Frames, AFrameMustContinueTheMessageThatWasBegun) {
  const std::vector<Bytes> frames = frames_of(message_of(3 * frame_bytes_max));
  for (const Bytes& wrong : {frames[0], frames[2], frames_of("12345678")[0]}) {
    FrameGatherer gatherer;
    ASSERT_TRUE(gatherer.take(frames[0]));
    EXPECT_FALSE(gatherer.take(wrong));
    EXPECT_FALSE(gatherer.take(frames[1]));
  }
}

}  // namespace
}  // namespace skerry::sync
