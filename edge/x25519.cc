#include "edge/x25519.h"

#include <algorithm>

namespace skerry::edge {

namespace {

static_assert(crypto_scalarmult_SCALARBYTES == SecretKey::size && crypto_scalarmult_BYTES == 32);

PublicKey public_key_of(const SecretKey& private_key) {
  PublicKey key;
  core::ensure(crypto_scalarmult_base(key.bytes.data(), private_key.data()) == 0);
  return key;
}

// The u coordinates, little-endian, of all points whose order divides 8, on the curve and on its twist, each in every
// encoding of 255 bits: 0, 1, the two of order 8, then p - 1, p and p + 1 (p = 2^255 - 19).  Bit 255 is ignored by
// X25519.  The list is in Bernstein's "Curve25519" page and in RFC 7748's security considerations by reference.
using Encoded = std::array<std::uint8_t, 32>;

constexpr Encoded near_prime(std::uint8_t lowest) {
  Encoded value{};
  for (std::uint8_t& byte : value) byte = 0xff;
  value[0] = lowest;
  value[31] = 0x7f;
  return value;
}

constexpr Encoded small(std::uint8_t lowest) {
  Encoded value{};
  value[0] = lowest;
  return value;
}

constexpr std::array<Encoded, 7> small_order_points = {
    small(0),
    small(1),
    Encoded{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
            0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    Encoded{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
            0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    near_prime(0xec),
    near_prime(0xed),
    near_prime(0xee),
};

}  // namespace

PublicKey PublicKey::of(core::BytesView bytes) {
  PublicKey key;
  core::ensure(bytes.size() == key.bytes.size());
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(key.bytes.data()));
  return key;
}

SecretKey generate_private_key() {
  Wiped<SecretKey::size> random;
  randombytes_buf(random.bytes.data(), random.bytes.size());
  return SecretKey::of(random.view());
}

KeyPair generate_key_pair() {
  return key_pair_of(generate_private_key());
}

KeyPair key_pair_of(SecretKey private_key) {
  const PublicKey public_key = public_key_of(private_key);
  return {std::move(private_key), public_key};
}

bool is_small_order(const PublicKey& key) {
  Encoded canonical = key.bytes;
  canonical[31] &= 0x7f;
  return std::find(small_order_points.begin(), small_order_points.end(), canonical) != small_order_points.end();
}

core::Result<Wiped<32>> dh(const SecretKey& private_key, const PublicKey& public_key) {
  Wiped<32> shared;
  if (crypto_scalarmult(shared.bytes.data(), private_key.data(), public_key.bytes.data()) != 0) {
    return core::fail(core::ErrorCode::refused, "the peer's public key has a small order");
  }
  return shared;
}

}  // namespace skerry::edge
