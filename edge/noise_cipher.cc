#include "edge/noise_cipher.h"

namespace skerry::edge {

namespace {

static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == CipherState::tag_size);
static_assert(crypto_aead_chacha20poly1305_ietf_KEYBYTES == SecretKey::size);

// Section 12.3: 32 bits of zeros, then the counter, little-endian.
using NonceBytes = std::array<std::uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;

NonceBytes nonce_bytes(std::uint64_t nonce) {
  NonceBytes bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[4 + i] = static_cast<std::uint8_t>(nonce >> (8 * i));
  return bytes;
}

core::Result<void> nonce_used_up() {
  return core::fail(core::ErrorCode::refused, "the key has been used for all the messages it may protect");
}

}  // namespace

void CipherState::initialize_key(core::BytesView key) {
  key_.assign(key);
  nonce_ = 0;
}

core::Result<void> CipherState::encrypt_with_ad(core::BytesView associated, core::BytesView plaintext,
                                                core::Bytes& to) {
  if (!has_key()) {
    to.append(plaintext);
    return {};
  }
  if (nonce_ == nonce_max) return nonce_used_up();
  const std::size_t before = to.size();
  to.resize(before + plaintext.size() + tag_size);
  crypto_aead_chacha20poly1305_ietf_encrypt(unsigned_data(to) + before, nullptr, unsigned_data(plaintext),
                                            plaintext.size(), unsigned_data(associated), associated.size(), nullptr,
                                            nonce_bytes(nonce_).data(), key_.data());
  ++nonce_;
  return {};
}

core::Result<void> CipherState::decrypt_with_ad(core::BytesView associated, core::BytesView ciphertext,
                                                core::Bytes& to) {
  if (!has_key()) {
    to.append(ciphertext);
    return {};
  }
  if (nonce_ == nonce_max) return nonce_used_up();
  if (ciphertext.size() < tag_size) {
    return core::fail(core::ErrorCode::malformed, "a ciphertext is shorter than its tag");
  }
  const std::size_t before = to.size();
  to.resize(before + ciphertext.size() - tag_size);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(unsigned_data(to) + before, nullptr, nullptr, unsigned_data(ciphertext),
                                                ciphertext.size(), unsigned_data(associated), associated.size(),
                                                nonce_bytes(nonce_).data(), key_.data()) != 0) {
    to.resize(before);
    return core::fail(core::ErrorCode::refused, "a tag does not match");
  }
  ++nonce_;
  return {};
}

void CipherState::rekey() {
  Wiped<SecretKey::size> zeros;
  Wiped<SecretKey::size + tag_size> next;
  crypto_aead_chacha20poly1305_ietf_encrypt(next.bytes.data(), nullptr, zeros.bytes.data(), zeros.bytes.size(), nullptr,
                                            0, nullptr, nonce_bytes(nonce_max).data(), key_.data());
  key_.assign(next.first(SecretKey::size));
}

}  // namespace skerry::edge
