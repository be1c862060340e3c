// What the handshake of two nodes says beside Noise: the preamble in clear and the payloads of messages 2 and 3.
//
// Preamble: "SKRY" · versions min u16, max u16 · key id, 16 bytes · role u8 = 1 (a node).
// Payload: format u8 = 1 · version u16 (message 2: the one chosen, message 3: the same) · size of the certificates u16
// · certificates, each size u16 and bytes.  This version sends none and skips what it receives.  All is big-endian.
#pragma once

#include "core/result.h"
#include "edge/secret.h"

namespace skerry::edge {

inline constexpr std::uint16_t session_version_min = 1;
inline constexpr std::uint16_t session_version_max = 1;
inline constexpr std::size_t preamble_size = 4 + 2 + 2 + 16 + 1;

struct VersionRange {
  std::uint16_t min = session_version_min;
  std::uint16_t max = session_version_max;
};

using ClusterId = std::array<std::uint8_t, 16>;
using KeyId = std::array<std::uint8_t, 16>;

// The id of the cluster that the configuration names ("production/eu").
ClusterId cluster_id_of(core::BytesView name);
// Names a cluster secret in clear and says nothing about it.
KeyId key_id_of(const SecretKey& cluster_secret);

struct Preamble {
  VersionRange versions;
  KeyId key_id;
};
core::Bytes encode(const Preamble& preamble);
core::Result<Preamble> decode_preamble(core::BytesView bytes);  // REQUIRES preamble_size bytes

std::string to_string(VersionRange range);
// The greatest version both know; fails when there is none.
core::Result<std::uint16_t> choose_version(VersionRange ours, VersionRange theirs);

core::Bytes encode_payload(std::uint16_t version);
// The version it names.
core::Result<std::uint16_t> decode_payload(core::BytesView bytes);

}  // namespace skerry::edge
