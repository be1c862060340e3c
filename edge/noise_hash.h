// The hash functions of the Noise Protocol Framework, revision 34, sections 4.3 and 12.5 to 12.8, as libsodium has
// them (no BLAKE2s).
#pragma once

#include <initializer_list>

#include "edge/secret.h"

namespace skerry::edge {

enum class HashName { sha256, sha512, blake2b };

inline constexpr std::size_t hash_size_max = 64;
std::size_t hash_size(HashName name);   // HASHLEN
std::size_t block_size(HashName name);  // BLOCKLEN

// A hash value of up to 64 bytes.
struct HashValue {
  std::array<std::uint8_t, hash_size_max> bytes{};
  std::size_t size = 0;
  core::BytesView view() const { return {reinterpret_cast<const char*>(bytes.data()), size}; }
};

using HashParts = std::initializer_list<core::BytesView>;  // hashed one after the other, as if joined

HashValue hash(HashName name, HashParts parts);

// HMAC-HASH: HMAC (RFC 2104) over any of the hashes.  For BLAKE2b that is not its own keyed mode.
Wiped<hash_size_max> hmac_hash(HashName name, core::BytesView key, HashParts parts);

// HKDF: three outputs of hash_size(name) bytes; whoever needs two takes the first two, which do not depend on the
// third.
struct HkdfOutputs {
  Wiped<hash_size_max> first, second, third;
};
HkdfOutputs hkdf(HashName name, core::BytesView chaining_key, core::BytesView input_key_material);

}  // namespace skerry::edge
