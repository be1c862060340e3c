// The handshake and the records of two nodes, with the fuzzer between them.
//
// The first byte chooses: the text and payload decoders, raw bytes for one side, or an honest pair whose bytes the
// input delivers, alters, drops, repeats or invents.  Keys are fixed, so an input always does the same.  Whatever
// happens: nobody answers a first message that was not proved, two sessions are the same session, and what is opened is
// a beginning of what was sealed.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

#include "edge/key_file.h"
#include "edge/noise.h"
#include "edge/secure_session.h"

namespace {

using namespace skerry;
using core::Bytes;
using core::BytesView;

void require(bool condition) {
  if (!condition) std::abort();
}

edge::SecretKey key(char fill) {
  return edge::SecretKey::of(Bytes(32, fill));
}

edge::SessionIdentity identity(char fill) {
  return {edge::key_pair_of(key(fill)), key('c'), edge::cluster_id_of("fuzz/1")};
}

edge::SecureHandshake::Options options(char ephemeral) {
  edge::RecordLimits limits;
  limits.rekey_records = 3;
  return {key(ephemeral), [](const edge::PublicKey&) { return true; }, limits, {}};
}

void decode_texts(BytesView bytes) {
  static_cast<void>(edge::decode_payload(bytes));
  static_cast<void>(edge::public_key_from_text(bytes));
  static_cast<void>(edge::parse_protocol_name(bytes));
  static_cast<void>(edge::parse_protocol_name("Noise_" + Bytes(bytes) + "_25519_ChaChaPoly_SHA256"));
}

void feed_raw(BytesView bytes, bool to_answerer) {
  const edge::SessionIdentity self = identity('a');
  edge::SeenDials seen;
  edge::SecureHandshake handshake = to_answerer ? edge::SecureHandshake::answer(self, seen, options('1'))
                                                : edge::SecureHandshake::dial(self, options('1'));
  require(handshake.start().has_value());
  const core::Result<edge::HandshakeStep> step = handshake.feed(bytes);
  require(!step || (step->to_send.empty() && !step->session));  // no tag of ours was forged
  if (to_answerer && bytes.size() < edge::preamble_size) require(step.has_value() && !handshake.failed());
}

// One end: a handshake, then records of its name.
struct End {
  edge::SecureHandshake handshake;
  const Bytes text;
  std::optional<edge::SecureSession> session{};
  Bytes wire{};    // sent and not yet delivered
  Bytes opened{};  // of the other's records
  bool dead = false;

  void take(core::Result<edge::HandshakeStep> step) {
    dead = !step.has_value();
    if (dead) return;
    wire += step->to_send;
    if (!step->session) return;
    session.emplace(std::move(*step->session));
    for (int i = 0; i < 5; ++i) require(session->sealer.seal(text, wire).has_value());
    if (!session->early.empty()) open(std::exchange(session->early, {}));
  }
  void open(BytesView bytes) { dead = !session->opener.open(bytes, opened).has_value(); }
  void receive(BytesView bytes) {
    if (dead || bytes.empty()) return;
    session ? open(bytes) : take(handshake.feed(bytes));
  }
};

void require_honest(const End& one, const End& other, const Bytes& others_text) {
  Bytes all;
  for (int i = 0; i < 5; ++i) all += others_text;
  require(one.opened.size() <= all.size() && one.opened == all.substr(0, one.opened.size()));
  if (one.session && other.session) require(one.session->handshake_hash == other.session->handshake_hash);
}

// Each step is an operation, a direction and two numbers.
void meddle(core::ByteReader input) {
  const edge::SessionIdentity east = identity('a'), west = identity('b');
  edge::SeenDials seen;
  End dialler{edge::SecureHandshake::dial(east, options('1')), "from the east"};
  End answerer{edge::SecureHandshake::answer(west, seen, options('2')), "from the west"};
  dialler.take(dialler.handshake.start());
  answerer.take(answerer.handshake.start());
  while (true) {
    const std::uint8_t operation = input.u8(), first = input.u8(), second = input.u8();
    if (!input.ok()) break;
    End& from = (operation & 0x80) != 0 ? answerer : dialler;
    End& to = (operation & 0x80) != 0 ? dialler : answerer;
    const std::size_t at = std::min<std::size_t>(first, from.wire.size());
    switch (operation % 8) {
      case 0:
      case 1:  // deliver all
        to.receive(std::exchange(from.wire, {}));
        break;
      case 2:  // deliver some
        to.receive(Bytes(from.wire, 0, at));
        from.wire.erase(0, at);
        break;
      case 3:  // alter
        if (at < from.wire.size()) from.wire[at] = static_cast<char>(from.wire[at] ^ second);
        break;
      case 4:
        from.wire.erase(at, second);
        break;
      case 5:
        from.wire.insert(at, from.wire.substr(0, second));
        break;
      case 6:
        from.wire.insert(at, input.take(std::min<std::size_t>(second, input.rest().size())));
        break;
      case 7:
        to.wire += from.wire.substr(at, second);
        break;  // reflect
    }
    require_honest(dialler, answerer, answerer.text);
    require_honest(answerer, dialler, dialler.text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  core::ByteReader input({reinterpret_cast<const char*>(data), size});
  const std::uint8_t choice = input.u8();
  if (!input.ok()) return 0;
  switch (choice % 4) {
    case 0:
      decode_texts(input.rest());
      break;
    case 1:
      feed_raw(input.rest(), true);
      break;
    case 2:
      feed_raw(input.rest(), false);
      break;
    default:
      meddle(input);
      break;
  }
  return 0;
}
