// Handshake patterns of the Noise Protocol Framework, revision 34, as data: sections 7.4 (one-way), 7.5 (fundamental),
// 7.6 (deferred) and 9.4 (the psk modifiers).
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "edge/noise_hash.h"

namespace skerry::edge {

enum class Token { e, s, ee, es, se, ss, psk };
using Tokens = std::vector<Token>;

struct HandshakePattern {
  bool initiator_static_known = false;  // "-> s" before the "..."
  bool responder_static_known = false;  // "<- s" before the "..."
  std::vector<Tokens> messages;         // the first goes from the initiator, then they alternate
  bool one_way = false;

  std::size_t psks() const;  // how many pre-shared keys it takes
};

// "Noise_XXpsk0_25519_ChaChaPoly_SHA256" taken apart.
struct NoiseProtocol {
  std::string name;
  HandshakePattern pattern;
  HashName hash;
};

// Fails for what is no protocol name (section 8) or uses what this engine does not have: only 25519 and ChaChaPoly,
// no BLAKE2s, no fallback.
core::Result<NoiseProtocol> parse_protocol_name(core::BytesView name);

// The pattern names that the engine has, without modifiers.
std::vector<std::string> base_pattern_names();

}  // namespace skerry::edge
