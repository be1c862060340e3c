// A fast hash of short bytes for tables in memory, never stored or sent.  Seeded with something that clients cannot
// know, so that nobody can choose keys that collide.  Multiply-and-fold as in Wang Yi's wyhash (public domain).
#pragma once

#include <cstdint>
#include <cstring>

#include "core/bytes.h"

namespace skerry::sync {

namespace byte_hash_detail {

__extension__ using Product = unsigned __int128;

inline std::uint64_t fold(std::uint64_t left, std::uint64_t right) {
  const Product product = static_cast<Product>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <class T>
std::uint64_t load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

}  // namespace byte_hash_detail

inline std::uint64_t byte_hash(std::uint64_t seed, core::BytesView bytes) {
  using byte_hash_detail::fold;
  using byte_hash_detail::load;
  constexpr std::uint64_t first_prime = 0xa0761d6478bd642f;
  constexpr std::uint64_t second_prime = 0xe7037ed1a0b428db;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = seed ^ first_prime;
  for (; left > 16; at += 16, left -= 16) {
    state = fold(load<std::uint64_t>(at) ^ second_prime, load<std::uint64_t>(at + 8) ^ state);
  }
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (left >= 8) {
    low = load<std::uint64_t>(at);
    high = load<std::uint64_t>(at + left - 8);
  } else if (left >= 4) {
    low = load<std::uint32_t>(at);
    high = load<std::uint32_t>(at + left - 4);
  } else if (left > 0) {
    low = load<std::uint8_t>(at) << 16 | load<std::uint8_t>(at + left / 2) << 8 | load<std::uint8_t>(at + left - 1);
  }
  return fold(second_prime ^ bytes.size(), fold(low ^ second_prime, high ^ state));
}

}  // namespace skerry::sync
