#include "core/digest.h"

#include <sodium.h>
#include <xxhash.h>

namespace skerry::core {

namespace {

const unsigned char* unsigned_data(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

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

ChecksumKey checksum_key(BytesView material) {
  ChecksumKey key;
  constexpr std::size_t block = crypto_generichash_BYTES_MAX;
  static_assert(std::tuple_size_v<decltype(key.secret)> % block == 0);
  for (std::size_t at = 0; at < key.secret.size(); at += block) {
    const Bytes numbered = static_cast<char>('0' + at / block) + Bytes(material);
    crypto_generichash(&key.secret[at], block, unsigned_data(numbered), numbered.size(), nullptr, 0);
  }
  return key;
}

std::uint64_t checksum(const ChecksumKey& key, BytesView bytes) {
  return XXH3_64bits_withSecret(bytes.data(), bytes.size(), key.secret.data(), key.secret.size());
}

}  // namespace skerry::core
