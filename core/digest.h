// Digests (libsodium) and checksums (xxHash).
#pragma once

#include <array>
#include <cstdint>

#include "core/bytes.h"

namespace skerry::core {

using Digest128 = std::array<std::uint8_t, 16>;

// BLAKE2b-128.
Digest128 digest(BytesView bytes);
std::string to_hex(const Digest128& value);

// What a checksum is keyed with: the secret of XXH3, made from any bytes.
struct ChecksumKey {
  std::array<std::uint8_t, 192> secret{};
};
ChecksumKey checksum_key(BytesView material);

// XXH3 with a secret (xxHash 0.8: a stable format): a keyed 64-bit checksum, for rows and segments.  Finds damage and
// what belongs elsewhere, not forgers.
std::uint64_t checksum(const ChecksumKey& key, BytesView bytes);

}  // namespace skerry::core
