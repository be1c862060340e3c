// The bytes that go out.  They are a promise: tests/sync/golden/ holds them, eight to a line.  After a change that is
// meant to change them, write them anew, with the seeds of tests/fuzz/wire_fuzz.cc, and look at the difference:
//
//     SKERRY_WRITE_GOLDEN=1 build/dev/tests/skerry_sync_test --gtest_filter='WireEncoder.*'
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sync/frames.h"
#include "sync/limits.h"
#include "sync/wire.h"
#include "tests/sync/sample_messages.h"

namespace skerry::sync {
namespace {

using core::Bytes;
using core::BytesView;

std::string golden_path(const std::string& name) {
  return std::string(SKERRY_SOURCE_DIR) + "/tests/sync/golden/" + name + ".hex";
}

std::string hex_lines(BytesView bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
    if (i % 8 == 7 || i + 1 == bytes.size()) text.push_back('\n');
  }
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool write_anew() {
  return std::getenv("SKERRY_WRITE_GOLDEN") != nullptr;
}

// The conversation up to each message, in both forms that the fuzz target takes.
void write_seed(const std::string& name, const std::vector<Bytes>& said) {
  Bytes frames("\1", 1), messages("\0", 1);
  for (const Bytes& frame : said) {
    core::put_u16(frames, static_cast<std::uint16_t>(frame.size()));
    frames.append(frame);
    core::put_u16(messages, static_cast<std::uint16_t>(frame.size() - frame_header_size));
    messages.append(frame.substr(frame_header_size));
  }
  const std::string folder = std::string(SKERRY_SOURCE_DIR) + "/tests/fuzz/corpus/wire_fuzz/";
  std::ofstream(folder + name + "_frames", std::ios::binary) << frames;
  std::ofstream(folder + name + "_messages", std::ios::binary) << messages;
}

TEST(WireEncoder, TheSampleConversationHasItsGoldenBytes) {
  Encoder encoder;
  std::vector<Bytes> said;
  for (const auto& [name, message] : sample_conversation()) {
    const std::vector<Bytes> frames = encoder.encode(message).value();
    ASSERT_EQ(frames.size(), 1u);
    const std::string text = hex_lines(frames[0]);
    said.push_back(frames[0]);
    if (write_anew()) {
      std::ofstream(golden_path(name)) << text;
      write_seed(name, said);
    }
    EXPECT_EQ(text, read_file(golden_path(name))) << name;
  }
}

TEST(WireEncoder, AReplicaIsAnnouncedOnceInTheMessageThatFirstNamesIt) {
  Encoder encoder;
  const ReplicaId id = sample_replica(0xee);
  const BytesView spelled(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  const auto names = [&](const Message& message) {
    return encoder.encode(message).value()[0].find(spelled) != Bytes::npos;
  };
  EXPECT_FALSE(names(sample_state()));
  EXPECT_TRUE(names(State{{}, 1, {id}}));
  EXPECT_FALSE(names(State{context_of({{0xee, {1, 1}}}), 2, {id}}));
}

TEST(WireEncoder, TheSameMessagesAreTheSameBytes) {
  Encoder first, second;
  for (const auto& [name, message] : sample_conversation()) {
    EXPECT_EQ(first.encode(message).value(), second.encode(message).value()) << name;
  }
}

// Who is met and what is known come from peers, over a session of any length: no bug of ours, and no reason to stop.
TEST(WireEncoder, CannotNameMoreReplicasInASessionThanOneMay) {
  Encoder encoder;
  State state;
  const auto meet = [&](std::uint32_t number) {
    ReplicaId id;
    id.bytes = {static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                static_cast<std::uint8_t>(number)};
    state.live_sessions.push_back(id);
  };
  for (std::uint32_t met = 0; met < replicas_max; met += links_max) {
    state.live_sessions.clear();
    for (std::uint32_t i = 0; i < links_max; ++i) meet(met + i);
    ASSERT_TRUE(encoder.encode(state));
  }
  meet(0);
  state.live_sessions.erase(state.live_sessions.begin());
  ASSERT_TRUE(encoder.encode(state));
  meet(replicas_max);
  state.live_sessions.erase(state.live_sessions.begin());
  EXPECT_EQ(encoder.encode(state).error().code, core::ErrorCode::too_large);
}

TEST(WireEncoder, CannotSayMoreThanAMessageMayHold) {
  Chunk chunk = sample_chunk();
  for (char name = 'a'; name < 'a' + 17; ++name) {
    Cell large;
    large.insert({sample_replica(0xa), static_cast<core::Sequence>(name)},
                 crdt::register_payload({1}, std::nullopt, {}, core::Bytes(value_bytes_max, 'v')));
    chunk.cells.push_back({sample_address(core::BytesView(&name, 1), core::Kind::string), std::move(large)});
  }
  EXPECT_EQ(Encoder().encode(chunk).error().code, core::ErrorCode::too_large);
}

using WireEncoderDeathTest = testing::Test;

TEST(WireEncoderDeathTest, AMessageBeyondTheLimitsIsOurBug) {
  State state;
  for (std::size_t i = 0; i <= links_max; ++i)
    state.live_sessions.push_back(sample_replica(static_cast<std::uint8_t>(i)));
  EXPECT_DEATH(Encoder().encode(state), "");
  Chunk chunk = sample_chunk();
  chunk.cells.push_back(chunk.cells[0]);
  EXPECT_DEATH(Encoder().encode(chunk), "");
}

}  // namespace
}  // namespace skerry::sync
