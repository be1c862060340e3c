// Digests, on libsodium.
#pragma once

#include <array>
#include <cstdint>

#include "core/bytes.h"

namespace skerry::core {

using Digest128 = std::array<std::uint8_t, 16>;
using ChecksumKey = std::array<std::uint8_t, 16>;

// BLAKE2b-128.
Digest128 digest(BytesView bytes);
std::string to_hex(const Digest128& value);

// SipHash-2-4: a keyed 64-bit checksum, for rows and segments.  Finds damage, not forgers who know the key.
std::uint64_t checksum(const ChecksumKey& key, BytesView bytes);

}  // namespace skerry::core
