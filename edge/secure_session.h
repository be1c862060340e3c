// How two nodes come to a session: Noise_XXpsk0_25519_ChaChaPoly_SHA256 under a preamble, as bytes in and bytes out.
// It opens no socket and reads no clock: deadlines and limits on half-open connections belong to the caller.
//
//   dialler                                                answerer
//   preamble, size u16, message 1 (e, psk)     ->
//                                              <-          size u16, message 2 (e, ee, s, es, payload)
//   size u16, message 3 (s, se, payload)       ->
//   records both ways (edge/record.h)
//
// The preamble (edge/preamble.h) stands in clear.  It and the cluster id are the prologue, so whoever alters it breaks
// message 1.  The answerer sends no byte before message 1 has proved that the dialler holds the cluster secret.  Each
// side decides on the other's static key as soon as it is known (dialler: after message 2, answerer: after message 3),
// and on a no sends nothing more.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>

#include "edge/noise.h"
#include "edge/preamble.h"
#include "edge/record.h"
#include "edge/x25519.h"

namespace skerry::edge {

inline constexpr std::size_t handshake_message_max = 4096;  // checked before anything is kept
inline constexpr std::size_t seen_dials_max = 4096;

// Who this node is to its peers.  Outlives the handshakes and is not changed by them.
struct SessionIdentity {
  KeyPair key_pair;
  SecretKey cluster_secret;
  ClusterId cluster;
};

// The ephemeral keys of the last dialers, so that a recorded message 1 is not answered a second time.  One for all
// connections that a node accepts.
class SeenDials {
 public:
  bool first_time(const PublicKey& ephemeral);  // and takes note of it

 private:
  std::set<PublicKey> known_;
  std::deque<PublicKey> order_;  // the oldest goes first
};

// What a finished handshake leaves.
struct SecureSession {
  PublicKey peer;  // the static key that was proved and accepted
  RecordSealer sealer;
  RecordOpener opener;
  core::Bytes handshake_hash;  // names this session to both sides and to nobody else (section 11.2)
  std::uint16_t version;
  core::Bytes early;  // what followed the handshake in the bytes already read: give it to `opener` first
};

struct HandshakeStep {
  core::Bytes to_send;                   // may be empty
  std::optional<SecureSession> session;  // when present, the handshake is over
};

// One handshake.  After the first failure it holds no key and every call fails; the caller closes the connection
// without sending anything.  One thread.
class SecureHandshake {
 public:
  // Whether to go on with the peer that has proved to hold this key.  Called at most once.
  using AcceptPeer = std::function<bool(const PublicKey& peer)>;

  struct Options {
    SecretKey ephemeral;  // generate_private_key(): made for one handshake, which the move keeps it to
    AcceptPeer accept;
    RecordLimits records{};  // the same on both sides
    VersionRange versions{};
  };

  // `identity` and `seen` outlive the handshake.
  static SecureHandshake dial(const SessionIdentity& identity, Options options);
  static SecureHandshake answer(const SessionIdentity& identity, SeenDials& seen, Options options);

  SecureHandshake(SecureHandshake&&) noexcept;
  SecureHandshake& operator=(SecureHandshake&&) noexcept;
  ~SecureHandshake();

  // What to send before anything is received: the dialler's preamble and message 1, nothing for the answerer.
  // Call once, first.
  core::Result<HandshakeStep> start();
  // Takes bytes of the stream, however they were cut.  Keeps at most one handshake message.
  core::Result<HandshakeStep> feed(core::BytesView stream);

  bool failed() const;
  // The answerer's: message 1 was right, so whoever dials holds the cluster secret.
  bool secret_proved() const;

 private:
  struct Insides;
  explicit SecureHandshake(std::unique_ptr<Insides> insides);
  std::unique_ptr<Insides> insides_;
};

}  // namespace skerry::edge
