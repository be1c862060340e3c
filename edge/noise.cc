#include "edge/noise.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;

// --- SymmetricState, section 5.2

SymmetricState::SymmetricState(const NoiseProtocol& protocol) : hash_(protocol.hash) {
  const std::size_t size = hash_size(hash_);
  if (protocol.name.size() <= size) {
    hash_value_.size = size;  // the name, filled up with zeros
    std::copy(protocol.name.begin(), protocol.name.end(), hash_value_.bytes.begin());
  } else {
    hash_value_ = hash(hash_, {protocol.name});
  }
  HashValue padded = hash_value_;
  padded.size = hash_size_max;
  chaining_key_.assign(padded.view());
}

void SymmetricState::initialize_key(BytesView temporary_key) {
  cipher_.initialize_key(temporary_key.substr(0, SecretKey::size));
}

void SymmetricState::mix_key(BytesView input_key_material) {
  const HkdfOutputs outputs = hkdf(hash_, chaining_key_.view().substr(0, hash_size(hash_)), input_key_material);
  chaining_key_.assign(outputs.first.view());
  initialize_key(outputs.second.view());
}

void SymmetricState::mix_hash(BytesView data) {
  hash_value_ = hash(hash_, {hash_value_.view(), data});
}

void SymmetricState::mix_key_and_hash(BytesView input_key_material) {
  const HkdfOutputs outputs = hkdf(hash_, chaining_key_.view().substr(0, hash_size(hash_)), input_key_material);
  chaining_key_.assign(outputs.first.view());
  mix_hash(outputs.second.first(hash_size(hash_)));
  initialize_key(outputs.third.view());
}

Result<void> SymmetricState::encrypt_and_hash(BytesView plaintext, Bytes& to) {
  const std::size_t before = to.size();
  const Result<void> encrypted = cipher_.encrypt_with_ad(hash_value_.view(), plaintext, to);
  if (encrypted) mix_hash(BytesView(to).substr(before));
  return encrypted;
}

Result<void> SymmetricState::decrypt_and_hash(BytesView ciphertext, Bytes& to) {
  const Result<void> decrypted = cipher_.decrypt_with_ad(hash_value_.view(), ciphertext, to);
  if (decrypted) mix_hash(ciphertext);
  return decrypted;
}

CipherPair SymmetricState::split() const {
  const HkdfOutputs outputs = hkdf(hash_, chaining_key_.view().substr(0, hash_size(hash_)), {});
  CipherPair pair;
  pair.first.initialize_key(outputs.first.first(SecretKey::size));
  pair.second.initialize_key(outputs.second.first(SecretKey::size));
  return pair;
}

void SymmetricState::clear() {
  chaining_key_.clear();
  cipher_.clear();
}

// --- HandshakeState, section 5.3

namespace {

struct Keys {
  bool own_static, remote_static_known;
};

// Which static keys one side must have from the beginning.
Keys keys_needed(const HandshakePattern& pattern, NoiseRole role) {
  const bool initiates = role == NoiseRole::initiator;
  Keys needed{initiates ? pattern.initiator_static_known : pattern.responder_static_known,
              initiates ? pattern.responder_static_known : pattern.initiator_static_known};
  for (std::size_t i = initiates ? 0 : 1; i < pattern.messages.size(); i += 2) {
    for (const Token token : pattern.messages[i]) needed.own_static |= token == Token::s;
  }
  return needed;
}

bool writes(NoiseRole role, std::size_t message) {
  return (message % 2 == 0) == (role == NoiseRole::initiator);
}

bool needs_ephemeral(const HandshakePattern& pattern, NoiseRole role) {
  return role == NoiseRole::initiator || !pattern.one_way;
}

}  // namespace

Result<HandshakeState> HandshakeState::initialize(Setup setup) {
  const HandshakePattern& pattern = setup.protocol.pattern;
  const Keys needed = keys_needed(pattern, setup.role);
  if (needed.own_static && setup.s.private_key.empty()) {
    return core::fail(ErrorCode::invalid, setup.protocol.name + " needs a static key pair");
  }
  if (needs_ephemeral(pattern, setup.role) && setup.e.empty()) {
    return core::fail(ErrorCode::invalid, setup.protocol.name + " needs a fresh ephemeral key pair");
  }
  if (needed.remote_static_known != setup.rs.has_value()) {
    return core::fail(ErrorCode::invalid, setup.protocol.name + (needed.remote_static_known
                                                                     ? " needs the peer's static key"
                                                                     : " takes no static key of the peer beforehand"));
  }
  if (setup.rs && is_small_order(*setup.rs)) {
    return core::fail(ErrorCode::refused, "the peer's static key has a small order");
  }
  if (setup.psks.size() != pattern.psks()) {
    return core::fail(ErrorCode::invalid, setup.protocol.name + " takes " + std::to_string(pattern.psks()) +
                                              " pre-shared keys, not " + std::to_string(setup.psks.size()));
  }
  return HandshakeState(std::move(setup));
}

HandshakeState::HandshakeState(Setup setup)
    : protocol_(std::move(setup.protocol)),
      role_(setup.role),
      symmetric_(protocol_),
      s_(std::move(setup.s)),
      e_{std::move(setup.e), {}},
      rs_(setup.rs),
      psks_(std::move(setup.psks)) {
  symmetric_.mix_hash(setup.prologue);
  mix_premessages();
}

void HandshakeState::mix_premessages() {
  const bool initiates = role_ == NoiseRole::initiator;
  if (protocol_.pattern.initiator_static_known) symmetric_.mix_hash((initiates ? s_.public_key : *rs_).view());
  if (protocol_.pattern.responder_static_known) symmetric_.mix_hash((initiates ? *rs_ : s_.public_key).view());
}

bool HandshakeState::finished() const {
  return !failed_ && messages_done_ == protocol_.pattern.messages.size();
}
bool HandshakeState::my_turn() const {
  return !failed_ && !finished() && writes(role_, messages_done_);
}

bool HandshakeState::holds_key() const {
  bool any_psk = false;
  for (const SecretKey& psk : psks_) any_psk |= !psk.empty();
  return any_psk || !s_.private_key.empty() || !e_.private_key.empty() || symmetric_.holds_key();
}

void HandshakeState::clear() {
  s_.private_key.clear();
  e_.private_key.clear();
  psks_.clear();
  symmetric_.clear();
}

Result<void> HandshakeState::write_message(BytesView payload, Bytes& to) {
  if (failed_) return core::fail(ErrorCode::refused, "the handshake has failed before");
  core::ensure(my_turn());
  const std::size_t before = to.size();
  Result<void> written = write_tokens(payload, to);
  if (written && to.size() - before > noise_message_max) {
    written = core::fail(ErrorCode::too_large, "a handshake message is longer than 65,535 bytes");
  }
  if (written) {
    ++messages_done_;
  } else {
    to.resize(before);
    failed_ = true;
    clear();
  }
  return written;
}

Result<Bytes> HandshakeState::read_message(BytesView message) {
  if (failed_) return core::fail(ErrorCode::refused, "the handshake has failed before");
  core::ensure(!finished() && !my_turn());
  Result<Bytes> payload = message.size() <= noise_message_max
                              ? read_tokens(message)
                              : core::fail(ErrorCode::too_large, "a handshake message is longer than 65,535 bytes");
  if (payload) {
    ++messages_done_;
  } else {
    failed_ = true;
    clear();
  }
  return payload;
}

Result<void> HandshakeState::write_tokens(BytesView payload, Bytes& to) {
  for (const Token token : protocol_.pattern.messages[messages_done_]) {
    if (const Result<void> written = write_token(token, to); !written) return written;
  }
  return symmetric_.encrypt_and_hash(payload, to);
}

Result<Bytes> HandshakeState::read_tokens(BytesView message) {
  for (const Token token : protocol_.pattern.messages[messages_done_]) {
    const Result<BytesView> rest = read_token(token, message);
    if (!rest) return tl::make_unexpected(rest.error());
    message = *rest;
  }
  Bytes payload;
  if (const Result<void> read = symmetric_.decrypt_and_hash(message, payload); !read) {
    return tl::make_unexpected(read.error());
  }
  return payload;
}

Result<void> HandshakeState::write_token(Token token, Bytes& to) {
  switch (token) {
    case Token::e:
      e_ = key_pair_of(std::move(e_.private_key));
      to.append(e_.public_key.view());
      mix_ephemeral(e_.public_key);
      return {};
    case Token::s:
      return symmetric_.encrypt_and_hash(s_.public_key.view(), to);
    case Token::psk:
      mix_psk();
      return {};
    case Token::ee:
    case Token::es:
    case Token::se:
    case Token::ss:
      return mix_dh(token);
  }
  core::ensure(false);
  return {};
}

// What the token takes from the front of the message; the answer is the rest.
Result<BytesView> HandshakeState::read_token(Token token, BytesView rest) {
  switch (token) {
    case Token::e:
      return read_ephemeral(rest);
    case Token::s:
      return read_static(rest);
    case Token::psk:
      mix_psk();
      return rest;
    case Token::ee:
    case Token::es:
    case Token::se:
    case Token::ss:
      if (const Result<void> mixed = mix_dh(token); !mixed) return tl::make_unexpected(mixed.error());
      return rest;
  }
  core::ensure(false);
  return rest;
}

Result<BytesView> HandshakeState::read_ephemeral(BytesView rest) {
  core::ensure(!re_.has_value());
  constexpr std::size_t size = sizeof(PublicKey::bytes);
  if (rest.size() < size) return core::fail(ErrorCode::malformed, "a handshake message ends inside an ephemeral key");
  const PublicKey key = PublicKey::of(rest.substr(0, size));
  if (is_small_order(key)) return core::fail(ErrorCode::refused, "the peer's ephemeral key has a small order");
  re_ = key;
  mix_ephemeral(key);
  return rest.substr(size);
}

Result<BytesView> HandshakeState::read_static(BytesView rest) {
  core::ensure(!rs_.has_value());
  const std::size_t size = sizeof(PublicKey::bytes) + (symmetric_.has_key() ? CipherState::tag_size : 0);
  if (rest.size() < size) return core::fail(ErrorCode::malformed, "a handshake message ends inside a static key");
  Bytes plain;
  if (const Result<void> read = symmetric_.decrypt_and_hash(rest.substr(0, size), plain); !read) {
    return tl::make_unexpected(read.error());
  }
  const PublicKey key = PublicKey::of(plain);
  if (is_small_order(key)) return core::fail(ErrorCode::refused, "the peer's static key has a small order");
  rs_ = key;
  return rest.substr(size);
}

// Section 5.3; with pre-shared keys the ephemeral key goes into the chaining key too (9.2), so that no two handshakes
// share the keys that a psk alone would give.
void HandshakeState::mix_ephemeral(const PublicKey& key) {
  symmetric_.mix_hash(key.view());
  if (protocol_.pattern.psks() > 0) symmetric_.mix_key(key.view());
}

void HandshakeState::mix_psk() {
  symmetric_.mix_key_and_hash(psks_[psks_used_++].view());
}

// The first letter names the initiator's key, the second the responder's.
Result<void> HandshakeState::mix_dh(Token token) {
  const bool initiates = role_ == NoiseRole::initiator;
  const bool initiator_ephemeral = token == Token::ee || token == Token::es;
  const bool responder_ephemeral = token == Token::ee || token == Token::se;
  const bool own_ephemeral = initiates ? initiator_ephemeral : responder_ephemeral;
  const bool remote_ephemeral = initiates ? responder_ephemeral : initiator_ephemeral;
  const KeyPair& own = own_ephemeral ? e_ : s_;
  const std::optional<PublicKey>& remote = remote_ephemeral ? re_ : rs_;
  core::ensure(remote.has_value());
  const Result<Wiped<32>> shared = dh(own.private_key, *remote);
  if (!shared) return tl::make_unexpected(shared.error());
  symmetric_.mix_key(shared->view());
  return {};
}

TransportKeys HandshakeState::split() && {
  core::ensure(finished());
  CipherPair pair = symmetric_.split();
  const bool initiates = role_ == NoiseRole::initiator;
  TransportKeys keys{std::move(initiates ? pair.first : pair.second), std::move(initiates ? pair.second : pair.first),
                     symmetric_.handshake_hash()};
  clear();
  return keys;
}

}  // namespace skerry::edge
