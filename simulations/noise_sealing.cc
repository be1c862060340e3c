#include "simulations/noise_sealing.h"

#include "core/ensure.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using core::ensure;
using core::Result;
using edge::SecureHandshake;
using edge::SecureSession;

namespace {

class NoiseSealing final : public Sealing {
 public:
  NoiseSealing(SecureHandshake dialler, SecureHandshake answerer) : answerer_(std::move(answerer)) {
    ensure(answerer_.start().has_value());
    const auto first = dialler.start();
    ensure(first.has_value());
    const auto second = answerer_.feed(first->to_send);
    ensure(second.has_value());
    auto third = dialler.feed(second->to_send);
    ensure(third.has_value() && third->session.has_value());
    ends_[0] = std::move(third->session);
    last_message_ = std::move(third->to_send);
  }

  const Bytes& last_message() const override { return last_message_; }

  bool accept(BytesView message) override {
    auto step = answerer_.feed(message);
    if (!step || !step->session) return false;
    ends_[1] = std::move(step->session);
    // Whoever sends that message a second time has no key for what should follow it.
    Bytes plain;
    return ends_[1]->opener.open(ends_[1]->early, plain).has_value() && ends_[1]->opener.between_records();
  }

  Result<Bytes> seal(unsigned side, BytesView plain) override {
    Bytes sealed;
    if (const Result<void> done = ends_[side]->sealer.seal(plain, sealed); !done)
      return tl::make_unexpected(done.error());
    return sealed;
  }

  Result<Bytes> open(unsigned side, BytesView sealed) override {
    Bytes plain;
    if (const Result<void> done = ends_[1 - side]->opener.open(sealed, plain); !done)
      return tl::make_unexpected(done.error());
    return plain;
  }

 private:
  SecureHandshake answerer_;
  Bytes last_message_;
  std::optional<SecureSession> ends_[2];  // by side; the answerer's when it has accepted
};

edge::SecretKey draw_key(core::Random& random) {
  Bytes bytes;
  while (bytes.size() < edge::SecretKey::size) core::put_u64(bytes, random.next());
  return edge::SecretKey::of(bytes);
}

}  // namespace

NoiseKeys::NoiseKeys(const Streams& streams, std::size_t hosts) : random_(streams.stream("ephemeral keys")) {
  core::Random limits = streams.stream("records");
  // Small ones too, so that rekeying, and the end of all that a session may send, are met.
  const std::uint64_t rekeys[] = {1, 10, limits_.rekey_records};
  limits_.rekey_records = rekeys[limits.below(std::size(rekeys))];
  if (limits.chance(0.25)) limits_.session_records = 500 + limits.below(5'000);
  core::Random secrets = streams.stream("keys");
  const edge::SecretKey cluster_secret = draw_key(secrets);
  for (std::size_t host = 0; host < hosts; ++host) {
    edge::KeyPair key_pair = edge::key_pair_of(draw_key(secrets));
    hosts_.push_back({{std::move(key_pair), cluster_secret.copy(), edge::cluster_id_of("simulated")}, {}});
  }
}

std::unique_ptr<Sealing> NoiseKeys::session(HostIndex dialler, HostIndex answerer) {
  const auto options_for = [this](HostIndex peer) {
    return SecureHandshake::Options{
        .ephemeral = draw_key(random_),
        .accept = [key = hosts_[peer].identity.key_pair.public_key](const edge::PublicKey& it) { return it == key; },
        .records = limits_};
  };
  SecureHandshake dials = SecureHandshake::dial(hosts_[dialler].identity, options_for(answerer));
  SecureHandshake answers =
      SecureHandshake::answer(hosts_[answerer].identity, hosts_[answerer].seen, options_for(dialler));
  return std::make_unique<NoiseSealing>(std::move(dials), std::move(answers));
}

}  // namespace skerry::simulations
