// CipherState of the Noise Protocol Framework, revision 34, section 5.1, with ChaChaPoly (12.3).
#pragma once

#include <cstdint>
#include <limits>

#include "core/result.h"
#include "edge/secret.h"

namespace skerry::edge {

// A key and the nonce that counts its uses.  Without a key it passes bytes through, as the specification says for the
// part of a handshake before the first DH.
class CipherState {
 public:
  static constexpr std::size_t tag_size = 16;
  // Never used for a message: rekey() owns it.
  static constexpr std::uint64_t nonce_max = std::numeric_limits<std::uint64_t>::max();

  void initialize_key(core::BytesView key);  // REQUIRES 32 bytes
  bool has_key() const { return !key_.empty(); }
  void set_nonce(std::uint64_t nonce) { nonce_ = nonce; }
  std::uint64_t nonce() const { return nonce_; }

  // Both append to `to`, and leave it as it was when they fail: the nonce is used up, or (decrypt only) the tag does
  // not match, in which case the nonce stays.  `to` must not hold the input.
  core::Result<void> encrypt_with_ad(core::BytesView associated, core::BytesView plaintext, core::Bytes& to);
  core::Result<void> decrypt_with_ad(core::BytesView associated, core::BytesView ciphertext, core::Bytes& to);

  // REKEY(k) of section 4.2: a one-way step, so that a key stolen later opens nothing sent before.  The nonce goes on
  // (section 11.3).  REQUIRES a key.
  void rekey();

  void clear() { key_.clear(); }

 private:
  SecretKey key_;
  std::uint64_t nonce_ = 0;
};

}  // namespace skerry::edge
