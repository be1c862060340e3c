// How the packets of a session become bytes on the road, and packets again.  Without this the network lets a damaged
// packet end the session by itself; the full profile has the product's records (simulations/noise_sealing.h).
#pragma once

#include <memory>

#include "core/result.h"
#include "simulations/conditions.h"

namespace skerry::simulations {

// Both ends of one session.  Side 0 has dialled.
class Sealing {
 public:
  virtual ~Sealing() = default;

  // The dialler's last message of the handshake; after it, it may send.
  virtual const core::Bytes& last_message() const = 0;
  // That message, as it came, at the answerer: whether there is a session.  Once.
  virtual bool accept(core::BytesView message) = 0;

  // What `side` sends.  An error: the session has sent all that it may.
  virtual core::Result<core::Bytes> seal(unsigned side, core::BytesView plain) = 0;
  // What `side` has sent, as it came, at the other one; bytes that are no whole record wait for more.  An error: the
  // session is to end.
  virtual core::Result<core::Bytes> open(unsigned side, core::BytesView sealed) = 0;
};

// The keys of all hosts of a world.
class Keys {
 public:
  virtual ~Keys() = default;

  // A session whose dialler has received the second message of the handshake.  Lives no longer than the keys.
  virtual std::unique_ptr<Sealing> session(HostIndex dialler, HostIndex answerer) = 0;
};

}  // namespace skerry::simulations
