// The handshake is exactly Noise: every vector of two other implementations and of the supplement, in both roles.
#include <algorithm>

#include "tests/edge/noise_vector.h"

namespace skerry::edge {
namespace {

// Writes or reads message i as the vector says, in the place of `role`.
void run_message(const NoiseVector& vector, HandshakeState& state, NoiseRole role, std::size_t i) {
  const VectorMessage& message = vector.messages[i];
  if (sender_of(i) == role) {
    core::Bytes sent;
    const core::Result<void> written = state.write_message(message.payload, sent);
    ASSERT_TRUE(written.has_value()) << written.error().detail;
    EXPECT_EQ(to_hex(sent), to_hex(message.ciphertext));
  } else {
    const core::Result<core::Bytes> payload = state.read_message(message.ciphertext);
    ASSERT_TRUE(payload.has_value()) << payload.error().detail;
    EXPECT_EQ(to_hex(*payload), to_hex(message.payload));
  }
}

// One side's transport message: the ciphertext if it sends, the payload if it receives.
void run_transport(TransportKeys& keys, bool sends, const core::Bytes& payload, const core::Bytes& ciphertext) {
  core::Bytes result;
  const core::Result<void> done =
      sends ? keys.send.encrypt_with_ad({}, payload, result) : keys.receive.decrypt_with_ad({}, ciphertext, result);
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(to_hex(result), to_hex(sends ? ciphertext : payload));
}

void run_rekeyed(const NoiseVector& vector, TransportKeys& keys, NoiseRole role) {
  if (vector.after_rekey.empty()) return;
  keys.send.rekey();
  keys.receive.rekey();
  for (const VectorRekeyed& message : vector.after_rekey) {
    const bool sends = message.from_initiator == (role == NoiseRole::initiator);
    EXPECT_EQ((sends ? keys.send : keys.receive).nonce(), message.nonce);
    run_transport(keys, sends, message.payload, message.ciphertext);
  }
}

void run(const NoiseVector& vector, NoiseRole role) {
  SCOPED_TRACE(vector.origin + " " + vector.name + (role == NoiseRole::initiator ? " initiator" : " responder"));
  HandshakeState state = handshake_of(vector, role);
  const HandshakePattern pattern = vector.protocol().pattern;
  for (std::size_t i = 0; i < pattern.messages.size(); ++i) {
    ASSERT_EQ(state.my_turn(), sender_of(i) == role);
    run_message(vector, state, role, i);
    if (testing::Test::HasFatalFailure()) return;
  }
  ASSERT_TRUE(state.finished());
  TransportKeys keys = std::move(state).split();
  EXPECT_FALSE(state.holds_key());
  if (!vector.handshake_hash.empty()) {
    EXPECT_EQ(to_hex(keys.handshake_hash.view()), to_hex(vector.handshake_hash));
  }
  for (std::size_t i = pattern.messages.size(); i < vector.messages.size(); ++i) {
    const NoiseRole sender = pattern.one_way ? NoiseRole::initiator : sender_of(i);
    run_transport(keys, sender == role, vector.messages[i].payload, vector.messages[i].ciphertext);
  }
  run_rekeyed(vector, keys, role);
}

TEST(NoiseVectors, AllAreRunInBothRoles) {
  std::size_t runs = 0;
  for (const NoiseVector& vector : all_vectors()) {
    for (const NoiseRole role : {NoiseRole::initiator, NoiseRole::responder}) {
      run(vector, role);
      ++runs;
    }
  }
  EXPECT_EQ(runs, 2 * (177u + 153u + 9u));
}

TEST(NoiseVectors, EveryPatternOfTheEngineIsAmongThem) {
  for (const std::string& pattern : base_pattern_names()) {
    for (const char* hash : {"SHA256", "SHA512", "BLAKE2b"}) {
      const std::string name = "Noise_" + pattern + "_25519_ChaChaPoly_" + hash;
      const auto& vectors = all_vectors();
      EXPECT_TRUE(std::any_of(vectors.begin(), vectors.end(), [&](const NoiseVector& vector) {
        return vector.name == name && !vector.handshake_hash.empty();
      })) << name;
    }
  }
}

// A cipher state does not show its key, so two of them are compared by what they make of the same bytes.
TEST(NoiseVectors, ChainsOfRekeyMatch) {
  std::size_t steps = 0;
  const nlohmann::json supplement = vector_file("supplement-psk0-rekey.json");
  for (const nlohmann::json& chain : supplement.at("rekey")) {
    CipherState cipher;
    cipher.initialize_key(from_hex(chain.at("chain").at(0)));
    for (std::size_t i = 1; i < chain.at("chain").size(); ++i) {
      cipher.rekey();
      CipherState expected;
      expected.initialize_key(from_hex(chain.at("chain").at(i)));
      expected.set_nonce(cipher.nonce());
      core::Bytes ours, theirs;
      ASSERT_TRUE(cipher.encrypt_with_ad("ad", "payload", ours) && expected.encrypt_with_ad("ad", "payload", theirs));
      EXPECT_EQ(to_hex(ours), to_hex(theirs));
      ++steps;
    }
  }
  EXPECT_EQ(steps, 24u);
}

}  // namespace
}  // namespace skerry::edge
