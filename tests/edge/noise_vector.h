// The test vectors of tests/edge/vectors and the handshakes they describe (format: README.md there).
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "edge/noise.h"

namespace skerry::edge {

inline core::Bytes from_hex(const std::string& text) {
  core::Bytes bytes(text.size() / 2, '\0');
  std::size_t size = 0;
  const int refused =
      sodium_hex2bin(unsigned_data(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr);
  EXPECT_TRUE(refused == 0 && size == bytes.size()) << text;
  return bytes;
}

inline std::string to_hex(core::BytesView bytes) {
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), unsigned_data(bytes), bytes.size());
  text.pop_back();
  return text;
}

struct VectorMessage {
  core::Bytes payload, ciphertext;
};

// What one side brings.  Empty bytes: the vector does not say.
struct VectorSide {
  core::Bytes prologue, static_key, ephemeral, remote_static;
  std::vector<core::Bytes> psks;
};

struct VectorRekeyed {
  bool from_initiator;
  std::uint64_t nonce;
  core::Bytes payload, ciphertext;
};

struct NoiseVector {
  std::string origin, name;
  VectorSide initiator, responder;
  core::Bytes handshake_hash;  // empty: the vector does not say
  std::vector<VectorMessage> messages;
  std::vector<VectorRekeyed> after_rekey;

  NoiseProtocol protocol() const {
    const core::Result<NoiseProtocol> parsed = parse_protocol_name(name);
    EXPECT_TRUE(parsed.has_value()) << name;
    return *parsed;
  }
  const VectorSide& side(NoiseRole role) const { return role == NoiseRole::initiator ? initiator : responder; }
};

inline nlohmann::json vector_file(const std::string& file) {
  std::ifstream stream(std::string(SKERRY_SOURCE_DIR) + "/tests/edge/vectors/" + file);
  return nlohmann::json::parse(stream);
}

inline VectorSide vector_side(const nlohmann::json& json, const std::string& who) {
  const auto bytes = [&](const std::string& key) { return from_hex(json.value(who + key, "")); };
  VectorSide side{bytes("_prologue"), bytes("_static"), bytes("_ephemeral"), bytes("_remote_static"), {}};
  const nlohmann::json psks = json.value(who + "_psks", nlohmann::json::array());
  for (const auto& psk : psks) side.psks.push_back(from_hex(psk));
  return side;
}

inline std::vector<NoiseVector> vectors_in(const std::string& file) {
  std::vector<NoiseVector> vectors;
  const nlohmann::json all = vector_file(file);
  for (const nlohmann::json& json : all.at("vectors")) {
    NoiseVector vector{file,
                       json.at("protocol_name"),
                       vector_side(json, "init"),
                       vector_side(json, "resp"),
                       from_hex(json.value("handshake_hash", "")),
                       {},
                       {}};
    for (const auto& message : json.at("messages")) {
      vector.messages.push_back({from_hex(message.at("payload")), from_hex(message.at("ciphertext"))});
    }
    const nlohmann::json after_rekey = json.value("after_rekey", nlohmann::json::array());
    for (const auto& message : after_rekey) {
      vector.after_rekey.push_back({message.at("direction") == "i2r", message.at("n"), from_hex(message.at("payload")),
                                    from_hex(message.at("ciphertext"))});
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

inline const std::vector<NoiseVector>& all_vectors() {
  static const std::vector<NoiseVector> vectors = [] {
    std::vector<NoiseVector> all;
    for (const char* file :
         {"cacophony-25519-chachapoly.json", "snow-25519-chachapoly.json", "supplement-psk0-rekey.json"}) {
      for (NoiseVector& vector : vectors_in(file)) all.push_back(std::move(vector));
    }
    return all;
  }();
  return vectors;
}

inline KeyPair key_pair_from(const core::Bytes& private_key) {
  return private_key.empty() ? KeyPair{} : key_pair_of(SecretKey::of(private_key));
}

inline HandshakeState::Setup setup_of(const NoiseVector& vector, NoiseRole role) {
  const VectorSide& side = vector.side(role);
  HandshakeState::Setup setup{vector.protocol(), role, side.prologue, key_pair_from(side.static_key), {}, {}, {}};
  if (!side.ephemeral.empty()) setup.e = SecretKey::of(side.ephemeral);
  const HandshakePattern& pattern = setup.protocol.pattern;
  const bool remote_known =
      role == NoiseRole::initiator ? pattern.responder_static_known : pattern.initiator_static_known;
  if (remote_known) setup.rs = PublicKey::of(side.remote_static);
  for (const core::Bytes& psk : side.psks) setup.psks.push_back(SecretKey::of(psk));
  return setup;
}

inline HandshakeState handshake_of(const NoiseVector& vector, NoiseRole role) {
  core::Result<HandshakeState> state = HandshakeState::initialize(setup_of(vector, role));
  EXPECT_TRUE(state.has_value()) << vector.name << ": " << state.error().detail;
  return std::move(*state);
}

inline NoiseRole sender_of(std::size_t message) {
  return message % 2 == 0 ? NoiseRole::initiator : NoiseRole::responder;
}
inline NoiseRole other(NoiseRole role) {
  return role == NoiseRole::initiator ? NoiseRole::responder : NoiseRole::initiator;
}

}  // namespace skerry::edge
