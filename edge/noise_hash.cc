#include "edge/noise_hash.h"

#include <variant>

namespace skerry::edge {

namespace {

// A hash under way.  Its state may have eaten a key, so it is wiped.
class Hasher {
 public:
  explicit Hasher(HashName name) {
    switch (name) {
      case HashName::sha256:
        crypto_hash_sha256_init(&state_.emplace<crypto_hash_sha256_state>());
        break;
      case HashName::sha512:
        crypto_hash_sha512_init(&state_.emplace<crypto_hash_sha512_state>());
        break;
      case HashName::blake2b:
        crypto_generichash_init(&state_.emplace<crypto_generichash_state>(), nullptr, 0, hash_size_max);
        break;
    }
  }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  ~Hasher() { sodium_memzero(&state_, sizeof(state_)); }

  void add(core::BytesView bytes) {
    if (auto* sha256 = std::get_if<crypto_hash_sha256_state>(&state_)) {
      crypto_hash_sha256_update(sha256, unsigned_data(bytes), bytes.size());
    } else if (auto* sha512 = std::get_if<crypto_hash_sha512_state>(&state_)) {
      crypto_hash_sha512_update(sha512, unsigned_data(bytes), bytes.size());
    } else {
      crypto_generichash_update(&std::get<crypto_generichash_state>(state_), unsigned_data(bytes), bytes.size());
    }
  }

  void finish(std::array<std::uint8_t, hash_size_max>& value) {
    if (auto* sha256 = std::get_if<crypto_hash_sha256_state>(&state_)) {
      crypto_hash_sha256_final(sha256, value.data());
    } else if (auto* sha512 = std::get_if<crypto_hash_sha512_state>(&state_)) {
      crypto_hash_sha512_final(sha512, value.data());
    } else {
      crypto_generichash_final(&std::get<crypto_generichash_state>(state_), value.data(), hash_size_max);
    }
  }

 private:
  std::variant<crypto_hash_sha256_state, crypto_hash_sha512_state, crypto_generichash_state> state_;
};

}  // namespace

std::size_t hash_size(HashName name) {
  return name == HashName::sha256 ? 32 : 64;
}
std::size_t block_size(HashName name) {
  return name == HashName::sha256 ? 64 : 128;
}

HashValue hash(HashName name, HashParts parts) {
  Hasher hasher(name);
  for (const core::BytesView part : parts) hasher.add(part);
  HashValue value;
  value.size = hash_size(name);
  hasher.finish(value.bytes);
  return value;
}

Wiped<hash_size_max> hmac_hash(HashName name, core::BytesView key, HashParts parts) {
  constexpr std::size_t block_max = 128;
  core::ensure(key.size() <= block_size(name));  // a longer key would be hashed first; Noise has none
  Wiped<block_max> inner_pad;
  Wiped<block_max> outer_pad;
  for (std::size_t i = 0; i < block_size(name); ++i) {
    const std::uint8_t byte = i < key.size() ? static_cast<std::uint8_t>(key[i]) : std::uint8_t{0};
    inner_pad.bytes[i] = byte ^ 0x36;
    outer_pad.bytes[i] = byte ^ 0x5c;
  }
  Wiped<hash_size_max> inner_value;
  Hasher inner(name);
  inner.add(inner_pad.first(block_size(name)));
  for (const core::BytesView part : parts) inner.add(part);
  inner.finish(inner_value.bytes);

  Wiped<hash_size_max> value;
  Hasher outer(name);
  outer.add(outer_pad.first(block_size(name)));
  outer.add(inner_value.first(hash_size(name)));
  outer.finish(value.bytes);
  return value;
}

HkdfOutputs hkdf(HashName name, core::BytesView chaining_key, core::BytesView input_key_material) {
  const std::size_t size = hash_size(name);
  const Wiped<hash_size_max> temporary = hmac_hash(name, chaining_key, {input_key_material});
  HkdfOutputs outputs;
  outputs.first = hmac_hash(name, temporary.first(size), {"\x01"});
  outputs.second = hmac_hash(name, temporary.first(size), {outputs.first.first(size), "\x02"});
  outputs.third = hmac_hash(name, temporary.first(size), {outputs.second.first(size), "\x03"});
  return outputs;
}

}  // namespace skerry::edge
