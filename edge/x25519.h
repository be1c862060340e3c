// X25519 (RFC 7748) on libsodium, with the points refused that would make a shared secret public.
#pragma once

#include <compare>

#include "core/result.h"
#include "edge/secret.h"

namespace skerry::edge {

struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const PublicKey&) const = default;

  static PublicKey of(core::BytesView bytes);  // REQUIRES 32 bytes
  core::BytesView view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

struct KeyPair {
  SecretKey private_key;
  PublicKey public_key;
};
SecretKey generate_private_key();  // from the system's entropy
KeyPair key_pair_of(SecretKey private_key);
KeyPair generate_key_pair();

// Whether the point has a small order, in any of its encodings: all-zero bytes are one of them.  Whatever the private
// key, the shared secret with such a point is zero, so its sender would choose the key instead of agreeing on one.
bool is_small_order(const PublicKey& key);

// The shared secret; fails if it would be all zero (RFC 7748, 6.1).
core::Result<Wiped<32>> dh(const SecretKey& private_key, const PublicKey& public_key);

}  // namespace skerry::edge
