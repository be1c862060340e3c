#include "edge/secure_session.h"

#include <algorithm>

#include "edge/key_file.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;

namespace {

constexpr BytesView protocol_name = "Noise_XXpsk0_25519_ChaChaPoly_SHA256";
constexpr std::size_t size_bytes = 2;

Bytes prologue_of(BytesView preamble, const ClusterId& cluster) {
  Bytes prologue(preamble);
  prologue.append(reinterpret_cast<const char*>(cluster.data()), cluster.size());
  return prologue;
}

}  // namespace

bool SeenDials::first_time(const PublicKey& ephemeral) {
  if (!known_.insert(ephemeral).second) return false;
  order_.push_back(ephemeral);
  if (order_.size() > seen_dials_max) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

// What the next bytes of the stream are.
enum class Awaited { nothing_yet, preamble, message_1, message_2, message_3, end };

struct SecureHandshake::Insides {
  NoiseRole role;
  const SessionIdentity& identity;
  SeenDials* seen;  // the answerer's
  Options options;
  Awaited awaited = Awaited::nothing_yet;
  Bytes buffer{};  // of the awaited thing, so far
  std::optional<HandshakeState> noise{};
  std::uint16_t version = 0;  // the answerer's choice, or 0
  bool failed = false;

  Result<HandshakeStep> start();
  Result<HandshakeStep> feed(BytesView stream);
  Result<bool> fill_from(BytesView& stream);
  Result<HandshakeStep> awaited_came(BytesView rest);
  Result<HandshakeStep> preamble_came();
  Result<HandshakeStep> message_1_came();
  Result<HandshakeStep> message_2_came();
  Result<HandshakeStep> message_3_came();
  Result<void> begin_noise(BytesView preamble);
  Result<void> append_message(BytesView payload, Bytes& to);
  Result<void> check_peer() const;
  SecureSession finish();
  template <class T>
  Result<T> kept(Result<T> result);
};

namespace {

tl::unexpected<core::Error> because(std::string what, const core::Error& error) {
  return core::fail(error.code, std::move(what) + " (" + error.detail + ")");
}

}  // namespace

// Passes the result on; after a failure no key is left.
template <class T>
Result<T> SecureHandshake::Insides::kept(Result<T> result) {
  if (!result) {
    failed = true;
    noise.reset();
    options.ephemeral.clear();
    buffer.clear();
  }
  return result;
}

Result<void> SecureHandshake::Insides::begin_noise(BytesView preamble) {
  Result<NoiseProtocol> protocol = parse_protocol_name(protocol_name);
  core::ensure(protocol.has_value());
  HandshakeState::Setup setup{std::move(*protocol),
                              role,
                              prologue_of(preamble, identity.cluster),
                              {identity.key_pair.private_key.copy(), identity.key_pair.public_key},
                              std::move(options.ephemeral),
                              std::nullopt,
                              {}};
  setup.psks.push_back(identity.cluster_secret.copy());
  Result<HandshakeState> state = HandshakeState::initialize(std::move(setup));
  if (!state) return tl::make_unexpected(state.error());
  noise = std::move(*state);
  return {};
}

Result<void> SecureHandshake::Insides::append_message(BytesView payload, Bytes& to) {
  Bytes message;
  if (const Result<void> written = noise->write_message(payload, message); !written) return written;
  core::ensure(message.size() <= handshake_message_max);
  core::put_u16(to, static_cast<std::uint16_t>(message.size()));
  to.append(message);
  return {};
}

Result<HandshakeStep> SecureHandshake::Insides::start() {
  core::ensure(awaited == Awaited::nothing_yet);
  HandshakeStep step;
  if (role == NoiseRole::responder) {
    awaited = Awaited::preamble;
    return step;
  }
  awaited = Awaited::message_2;
  step.to_send = encode(Preamble{options.versions, key_id_of(identity.cluster_secret)});
  if (const Result<void> begun = begin_noise(step.to_send); !begun) return tl::make_unexpected(begun.error());
  if (const Result<void> written = append_message({}, step.to_send); !written) {
    return tl::make_unexpected(written.error());
  }
  return step;
}

Result<HandshakeStep> SecureHandshake::Insides::feed(BytesView stream) {
  HandshakeStep step;
  while (!stream.empty()) {
    core::ensure(awaited != Awaited::nothing_yet && awaited != Awaited::end);
    const Result<bool> full = fill_from(stream);
    if (!full) return tl::make_unexpected(full.error());
    if (!*full) return step;
    Result<HandshakeStep> next = awaited_came(stream);
    if (!next || next->session) return next;
    step.to_send.append(next->to_send);
    buffer.clear();
  }
  return step;
}

// Moves bytes from the front of `stream` into the buffer.  Whether what is awaited is now complete.  A message's size
// is checked before any byte of it is kept.
Result<bool> SecureHandshake::Insides::fill_from(BytesView& stream) {
  const auto fill_to = [&](std::size_t size) {
    const BytesView taken = stream.substr(0, size - std::min(size, buffer.size()));
    buffer.append(taken);
    stream.remove_prefix(taken.size());
    return buffer.size() >= size;
  };
  if (awaited == Awaited::preamble) return fill_to(preamble_size);
  if (!fill_to(size_bytes)) return false;
  const std::size_t size = core::ByteReader(buffer).u16();
  if (size > handshake_message_max) {
    return core::fail(ErrorCode::too_large, "a handshake message announces more than 4,096 bytes");
  }
  return fill_to(size_bytes + size);
}

// `rest` is what stands behind it in the stream.  Only behind message 3 may anything stand: before it both sides wait
// for each other.
Result<HandshakeStep> SecureHandshake::Insides::awaited_came(BytesView rest) {
  const bool last_of_turn = awaited == Awaited::message_1 || awaited == Awaited::message_2;
  if (last_of_turn && !rest.empty()) {
    return core::fail(ErrorCode::malformed, "the peer sent more than it could have at this point of the handshake");
  }
  switch (awaited) {
    case Awaited::preamble:
      return preamble_came();
    case Awaited::message_1:
      return message_1_came();
    case Awaited::message_2:
      return message_2_came();
    case Awaited::message_3: {
      Result<HandshakeStep> step = message_3_came();
      if (step) step->session->early = Bytes(rest);
      return step;
    }
    case Awaited::nothing_yet:
    case Awaited::end:
      break;
  }
  core::ensure(false);
  return HandshakeStep{};
}

Result<HandshakeStep> SecureHandshake::Insides::preamble_came() {
  const Result<Preamble> preamble = decode_preamble(buffer);
  if (!preamble) return tl::make_unexpected(preamble.error());
  const Result<std::uint16_t> chosen = choose_version(options.versions, preamble->versions);
  if (!chosen) return tl::make_unexpected(chosen.error());
  if (preamble->key_id != key_id_of(identity.cluster_secret)) {
    return core::fail(ErrorCode::refused, "the peer names another cluster secret");
  }
  version = *chosen;
  if (const Result<void> begun = begin_noise(buffer); !begun) return tl::make_unexpected(begun.error());
  awaited = Awaited::message_1;
  return HandshakeStep{};
}

Result<HandshakeStep> SecureHandshake::Insides::message_1_came() {
  const Result<Bytes> payload = noise->read_message(BytesView(buffer).substr(size_bytes));
  if (!payload) {
    return because("the peer does not prove the cluster secret, is of another cluster, or was tampered with",
                   payload.error());
  }
  if (!payload->empty()) return core::fail(ErrorCode::malformed, "the first handshake message carries a payload");
  if (!seen->first_time(*noise->re())) {
    return core::fail(ErrorCode::refused, "the first handshake message is a copy of an earlier one");
  }
  HandshakeStep step;
  if (const Result<void> written = append_message(encode_payload(version), step.to_send); !written) {
    return tl::make_unexpected(written.error());
  }
  awaited = Awaited::message_3;
  return step;
}

// The static key is known: decide.
Result<void> SecureHandshake::Insides::check_peer() const {
  core::ensure(noise->rs().has_value());
  if (options.accept(*noise->rs())) return {};
  return core::fail(ErrorCode::refused, "the peer proves the key " + to_text(*noise->rs()) + ", which is not accepted");
}

Result<HandshakeStep> SecureHandshake::Insides::message_2_came() {
  const Result<Bytes> payload = noise->read_message(BytesView(buffer).substr(size_bytes));
  if (!payload) return because("the answer to our handshake does not verify", payload.error());
  const Result<std::uint16_t> chosen = decode_payload(*payload);
  if (!chosen) return tl::make_unexpected(chosen.error());
  if (*chosen < options.versions.min || *chosen > options.versions.max) {
    return core::fail(ErrorCode::unsupported, "the peer chose version " + std::to_string(*chosen) +
                                                  ", this node speaks " + to_string(options.versions));
  }
  version = *chosen;
  if (const Result<void> checked = check_peer(); !checked) return tl::make_unexpected(checked.error());
  HandshakeStep step;
  if (const Result<void> written = append_message(encode_payload(version), step.to_send); !written) {
    return tl::make_unexpected(written.error());
  }
  step.session = finish();
  return step;
}

Result<HandshakeStep> SecureHandshake::Insides::message_3_came() {
  const Result<Bytes> payload = noise->read_message(BytesView(buffer).substr(size_bytes));
  if (!payload) return because("the last handshake message does not verify", payload.error());
  const Result<std::uint16_t> confirmed = decode_payload(*payload);
  if (!confirmed) return tl::make_unexpected(confirmed.error());
  if (*confirmed != version) return core::fail(ErrorCode::malformed, "the peer confirms a version we did not choose");
  if (const Result<void> checked = check_peer(); !checked) return tl::make_unexpected(checked.error());
  HandshakeStep step;
  step.session = finish();
  return step;
}

SecureSession SecureHandshake::Insides::finish() {
  const PublicKey peer = *noise->rs();
  TransportKeys keys = std::move(*noise).split();
  noise.reset();
  awaited = Awaited::end;
  return {peer,
          RecordSealer(std::move(keys.send), options.records),
          RecordOpener(std::move(keys.receive), options.records),
          Bytes(keys.handshake_hash.view()),
          version,
          {}};
}

SecureHandshake::SecureHandshake(std::unique_ptr<Insides> insides) : insides_(std::move(insides)) {}
SecureHandshake::SecureHandshake(SecureHandshake&&) noexcept = default;
SecureHandshake& SecureHandshake::operator=(SecureHandshake&&) noexcept = default;
SecureHandshake::~SecureHandshake() = default;

SecureHandshake SecureHandshake::dial(const SessionIdentity& identity, Options options) {
  return SecureHandshake(
      std::unique_ptr<Insides>(new Insides{NoiseRole::initiator, identity, nullptr, std::move(options)}));
}

SecureHandshake SecureHandshake::answer(const SessionIdentity& identity, SeenDials& seen, Options options) {
  return SecureHandshake(
      std::unique_ptr<Insides>(new Insides{NoiseRole::responder, identity, &seen, std::move(options)}));
}

Result<HandshakeStep> SecureHandshake::start() {
  if (failed()) return core::fail(ErrorCode::refused, "the handshake has failed before");
  return insides_->kept(insides_->start());
}

Result<HandshakeStep> SecureHandshake::feed(BytesView stream) {
  if (failed()) return core::fail(ErrorCode::refused, "the handshake has failed before");
  return insides_->kept(insides_->feed(stream));
}

bool SecureHandshake::secret_proved() const {
  return insides_->role == NoiseRole::responder && insides_->awaited >= Awaited::message_3;
}

bool SecureHandshake::failed() const {
  return insides_->failed;
}

}  // namespace skerry::edge
