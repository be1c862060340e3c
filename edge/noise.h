// The Noise Protocol Framework, revision 34 (noiseprotocol.org, 2018-07-11), on libsodium: SymmetricState (section 5.2)
// and HandshakeState (5.3).  One interpreter runs every pattern of edge/noise_pattern.h.  Names are the
// specification's.
#pragma once

#include <optional>
#include <vector>

#include "core/result.h"
#include "edge/noise_cipher.h"
#include "edge/noise_hash.h"
#include "edge/noise_pattern.h"
#include "edge/x25519.h"

namespace skerry::edge {

inline constexpr std::size_t noise_message_max = 65'535;  // section 3

enum class NoiseRole { initiator, responder };

struct CipherPair {
  CipherState first, second;  // as Split() gives them: the initiator sends with the first
};

class SymmetricState {
 public:
  explicit SymmetricState(const NoiseProtocol& protocol);  // InitializeSymmetric

  void mix_key(core::BytesView input_key_material);
  void mix_hash(core::BytesView data);
  void mix_key_and_hash(core::BytesView input_key_material);
  core::Result<void> encrypt_and_hash(core::BytesView plaintext, core::Bytes& to);
  core::Result<void> decrypt_and_hash(core::BytesView ciphertext, core::Bytes& to);
  CipherPair split() const;

  const HashValue& handshake_hash() const { return hash_value_; }
  bool has_key() const { return cipher_.has_key(); }
  bool holds_key() const { return has_key() || !chaining_key_.empty(); }
  void clear();

 private:
  void initialize_key(core::BytesView temporary_key);

  HashName hash_;
  Secret<hash_size_max> chaining_key_;
  HashValue hash_value_;
  CipherState cipher_;
};

// The keys of a finished handshake, from this side.
struct TransportKeys {
  CipherState send, receive;  // in a one-way pattern only the initiator's `send` and the responder's `receive` are used
  HashValue handshake_hash;
};

// One side of a handshake.  Any failure ends it: from then on it holds no key and every call fails.
class HandshakeState {
 public:
  struct Setup {
    NoiseProtocol protocol;
    NoiseRole role;
    core::Bytes prologue;
    KeyPair s;                    // empty where the pattern needs none
    SecretKey e;                  // fresh, or empty where the pattern needs none; made public when its token comes
    std::optional<PublicKey> rs;  // where the pattern knows it before
    std::vector<SecretKey> psks;  // in the order of the pattern's psk tokens
  };
  // Initialize().  Fails when the pattern needs a key that is missing, or the known remote key is of small order.
  static core::Result<HandshakeState> initialize(Setup setup);

  // The next message, appended to `to`.  REQUIRES my_turn().
  core::Result<void> write_message(core::BytesView payload, core::Bytes& to);
  // The payload of the peer's next message.  REQUIRES that it is not my turn and that messages are left.
  core::Result<core::Bytes> read_message(core::BytesView message);

  bool my_turn() const;  // false when finished or failed, too
  bool finished() const;
  bool failed() const { return failed_; }
  bool holds_key() const;

  // The remote static key, as soon as a message or the setup has said it.
  const std::optional<PublicKey>& rs() const { return rs_; }
  const std::optional<PublicKey>& re() const { return re_; }

  // REQUIRES finished().  Afterwards no key is left here.
  TransportKeys split() &&;

 private:
  explicit HandshakeState(Setup setup);
  void mix_premessages();
  core::Result<void> write_tokens(core::BytesView payload, core::Bytes& to);
  core::Result<core::Bytes> read_tokens(core::BytesView message);
  core::Result<void> write_token(Token token, core::Bytes& to);
  core::Result<core::BytesView> read_token(Token token, core::BytesView rest);
  core::Result<core::BytesView> read_ephemeral(core::BytesView rest);
  core::Result<core::BytesView> read_static(core::BytesView rest);
  core::Result<void> mix_dh(Token token);
  void mix_ephemeral(const PublicKey& key);
  void mix_psk();
  void clear();

  NoiseProtocol protocol_;
  NoiseRole role_;
  SymmetricState symmetric_;
  KeyPair s_;
  KeyPair e_;  // the public half appears when the token is written
  std::optional<PublicKey> rs_, re_;
  std::vector<SecretKey> psks_;
  std::size_t psks_used_ = 0;
  std::size_t messages_done_ = 0;
  bool failed_ = false;
};

}  // namespace skerry::edge
