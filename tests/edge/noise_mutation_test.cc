// The negative use of the vectors: a handshake message that was altered, cut, lengthened, swapped or repeated ends the
// handshake, and whoever received it keeps no key and sends nothing.
//
// The one exception is in the specification: a message before the first key has no tag.  An alteration of it shows in
// the answer, which the honest sender then refuses.
//
// By default every 16th mutation is run; SKERRY_SOAK=1 runs them all.
#include <cstdlib>

#include "tests/edge/noise_vector.h"

namespace skerry::edge {
namespace {

bool in_full() {
  return std::getenv("SKERRY_SOAK") != nullptr;
}

// Whether message i ends in a tag.  In a psk handshake e alone makes a key (9.2).
bool ends_in_a_tag(const HandshakePattern& pattern, std::size_t i) {
  for (std::size_t message = 0; message <= i; ++message) {
    for (const Token token : pattern.messages[message]) {
      const bool makes_key = token != Token::s && (token != Token::e || pattern.psks() > 0);
      if (makes_key) return true;
    }
  }
  return false;
}

// One side after the first `count` messages of the vector have gone as they should.
HandshakeState after(const NoiseVector& vector, NoiseRole role, std::size_t count) {
  HandshakeState state = handshake_of(vector, role);
  for (std::size_t i = 0; i < count; ++i) {
    core::Bytes sent;
    if (sender_of(i) == role) {
      EXPECT_TRUE(state.write_message(vector.messages[i].payload, sent).has_value());
    } else {
      EXPECT_TRUE(state.read_message(vector.messages[i].ciphertext).has_value());
    }
  }
  return state;
}

void expect_dead(HandshakeState& state) {
  EXPECT_TRUE(state.failed());
  EXPECT_FALSE(state.holds_key());
  EXPECT_FALSE(state.my_turn());
  EXPECT_FALSE(state.finished());
  core::Bytes sent;
  EXPECT_FALSE(state.write_message("late", sent).has_value());
  EXPECT_TRUE(sent.empty());
  EXPECT_FALSE(state.read_message("late").has_value());
}

// Delivers `bytes` in the place of message i.
void expect_refused(const NoiseVector& vector, const HandshakePattern& pattern, std::size_t i,
                    const core::Bytes& bytes) {
  const NoiseRole receiver = other(sender_of(i));
  HandshakeState state = after(vector, receiver, i);
  const core::Result<core::Bytes> payload = state.read_message(bytes);
  if (!payload) return expect_dead(state);
  ASSERT_FALSE(ends_in_a_tag(pattern, i)) << "accepted";

  HandshakeState sender = after(vector, sender_of(i), i + 1);
  core::Bytes answer;
  ASSERT_TRUE(state.write_message(vector.messages[i + 1].payload, answer).has_value());
  EXPECT_FALSE(sender.read_message(answer).has_value()) << "the answer to an altered message was accepted";
  expect_dead(sender);
}

class Mutations : public testing::Test {
 protected:
  void mutate(const NoiseVector& vector, const HandshakePattern& pattern, std::size_t i, core::Bytes bytes,
              const std::string& how) {
    if (bytes == vector.messages[i].ciphertext) return;
    ++seen_;
    if (!in_full() && seen_ % 16 != 0) return;
    SCOPED_TRACE(vector.origin + " " + vector.name + " message " + std::to_string(i) + " " + how);
    expect_refused(vector, pattern, i, bytes);
    ++run_;
  }

  void mutate_message(const NoiseVector& vector, std::size_t i) {
    const HandshakePattern pattern = vector.protocol().pattern;
    const core::Bytes& original = vector.messages[i].ciphertext;
    for (std::size_t byte = 0; byte < original.size(); ++byte) {
      for (unsigned flip = 0; flip < 2; ++flip) {
        core::Bytes bytes = original;
        bytes[byte] = static_cast<char>(bytes[byte] ^ (1u << ((byte * 3 + i + flip * 5) % 8)));
        mutate(vector, pattern, i, std::move(bytes), "flip at " + std::to_string(byte));
      }
    }
    mutate(vector, pattern, i, original.substr(0, original.size() - 1), "truncated");
    mutate(vector, pattern, i, original + '\0', "lengthened");
    mutate(vector, pattern, i, "", "empty");
    // Another message of this handshake: later, earlier (a replay), or our own (a reflection).
    for (std::size_t j = 0; j < vector.messages.size(); ++j) {
      if (j != i) mutate(vector, pattern, i, vector.messages[j].ciphertext, "replaced by " + std::to_string(j));
    }
  }

  void mutate_all_of(const std::string& file) {
    for (const NoiseVector& vector : all_vectors()) {
      if (vector.origin != file) continue;
      for (std::size_t i = 0; i < vector.protocol().pattern.messages.size(); ++i) mutate_message(vector, i);
    }
    RecordProperty("mutations", static_cast<int>(run_));
    EXPECT_EQ(run_, in_full() ? seen_ : seen_ / 16);
    EXPECT_GT(run_, 100u);
  }

  std::size_t seen_ = 0, run_ = 0;
};

TEST_F(Mutations, OfCacophonyAreRefused) {
  mutate_all_of("cacophony-25519-chachapoly.json");
}
TEST_F(Mutations, OfSnowAreRefused) {
  mutate_all_of("snow-25519-chachapoly.json");
}
TEST_F(Mutations, OfTheSupplementAreRefused) {
  mutate_all_of("supplement-psk0-rekey.json");
}

// Message i once more, where the next one of that direction is awaited: in patterns of four messages and in the
// transport, a receiver must not take it a second time.
TEST_F(Mutations, RepeatedTransportMessagesAreRefused) {
  for (const NoiseVector& vector : all_vectors()) {
    SCOPED_TRACE(vector.name);
    const HandshakePattern pattern = vector.protocol().pattern;
    const std::size_t first = pattern.messages.size();
    const NoiseRole receiver = pattern.one_way ? NoiseRole::responder : other(sender_of(first));
    TransportKeys keys = std::move(after(vector, receiver, first)).split();
    core::Bytes plain;
    ASSERT_TRUE(keys.receive.decrypt_with_ad({}, vector.messages[first].ciphertext, plain).has_value());
    EXPECT_FALSE(keys.receive.decrypt_with_ad({}, vector.messages[first].ciphertext, plain).has_value());
    EXPECT_EQ(plain, vector.messages[first].payload);
  }
}

}  // namespace
}  // namespace skerry::edge
