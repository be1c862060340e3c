// Memory for keys: wiped when it goes, never copied by accident.
#pragma once

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/bytes.h"
#include "core/ensure.h"

namespace skerry::edge {

inline const unsigned char* unsigned_data(core::BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* unsigned_data(core::Bytes& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// Guarded memory: between pages that nobody may touch, locked where the system allows it, kept out of core dumps.
// Prepares libsodium on first use.
std::uint8_t* allocate_guarded(std::size_t size);
struct FreeGuarded {
  void operator()(std::uint8_t* bytes) const noexcept;  // wipes first
};

// A secret of a fixed size in guarded memory, or nothing.  Moves; a second one is made only by copy(), in words.
template <std::size_t secret_size>
class Secret {
 public:
  static constexpr std::size_t size = secret_size;

  Secret() = default;  // nothing
  // A copy of `bytes`, which the caller wipes if they were ever elsewhere.  REQUIRES bytes.size() == size.
  static Secret of(core::BytesView bytes) {
    Secret secret;
    secret.assign(bytes);
    return secret;
  }
  // The same, in the memory it has: a mapping of guarded pages costs more than a hash.
  void assign(core::BytesView bytes) {
    core::ensure(bytes.size() == size);
    if (empty()) bytes_.reset(allocate_guarded(size));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(bytes_.get()));
  }

  bool empty() const { return bytes_ == nullptr; }
  // Both REQUIRE that it is not empty; the view lives as long as the secret stays where it is.
  const std::uint8_t* data() const {
    core::ensure(!empty());
    return bytes_.get();
  }
  core::BytesView view() const { return {reinterpret_cast<const char*>(data()), size}; }

  Secret copy() const { return of(view()); }
  void clear() { bytes_.reset(); }

 private:
  std::unique_ptr<std::uint8_t[], FreeGuarded> bytes_;
};

using SecretKey = Secret<32>;

// Short-lived secret bytes on the stack, wiped at the end of their life.
template <std::size_t wiped_size>
struct Wiped {
  std::array<std::uint8_t, wiped_size> bytes{};

  Wiped() = default;
  Wiped(Wiped&& other) noexcept : bytes(other.bytes) { other.wipe(); }
  Wiped& operator=(Wiped&& other) noexcept {
    if (this != &other) {
      bytes = other.bytes;
      other.wipe();
    }
    return *this;
  }
  ~Wiped() { wipe(); }

  core::BytesView first(std::size_t count) const {
    core::ensure(count <= wiped_size);
    return {reinterpret_cast<const char*>(bytes.data()), count};
  }
  core::BytesView view() const { return first(wiped_size); }
  void wipe() { sodium_memzero(bytes.data(), bytes.size()); }
};

// Whether both are the same bytes, in a time that depends only on their sizes.
bool equal_in_constant_time(core::BytesView left, core::BytesView right);

}  // namespace skerry::edge
