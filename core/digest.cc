#include "core/digest.h"

#include <sodium.h>

namespace skerry::core {

namespace {

const unsigned char* unsigned_data(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

Digest128 digest(BytesView bytes) {
  Digest128 value{};
  crypto_generichash(value.data(), value.size(), unsigned_data(bytes), bytes.size(), nullptr, 0);
  return value;
}

std::string to_hex(const Digest128& value) {
  std::string text(2 * value.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), value.data(), value.size());
  text.pop_back();
  return text;
}

std::uint64_t checksum(const ChecksumKey& key, BytesView bytes) {
  static_assert(crypto_shorthash_KEYBYTES == std::tuple_size_v<ChecksumKey> && crypto_shorthash_BYTES == 8);
  std::uint64_t value = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&value), unsigned_data(bytes), bytes.size(), key.data());
  return value;
}

}  // namespace skerry::core
