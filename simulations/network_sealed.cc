// What the packets of a session are on the road when it has keys: bytes that its records guard.  Whatever happens to
// them there, nothing is taken for a packet but what was sent.
#include <utility>

#include "simulations/network.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;

namespace {

// A flipped bit, twice the same, or something missing.
void damage(Bytes& sealed, core::Random& random) {
  const std::uint64_t kind = random.below(4);
  if (kind == 0) {
    sealed += Bytes(sealed);
  } else if (kind == 1) {
    const std::size_t begin = random.below(sealed.size());
    sealed.erase(begin, 1 + random.below(sealed.size() - begin));
  } else {
    char& byte = sealed[random.below(sealed.size())];
    byte = static_cast<char>(byte ^ (1 << random.below(8)));
  }
}

}  // namespace

Bytes Network::plain(const Packet& packet) {
  Bytes plain;
  core::put_u8(plain, static_cast<std::uint8_t>(packet.type));
  core::put_u16(plain, packet.space.number);
  plain += packet.bytes;
  return plain;
}

// Whether the session may send it.
bool Network::seal(std::uint64_t number, unsigned side, Packet& packet) {
  Session& session = sessions_.at(number);
  if (packet.type == Packet::Type::close) return true;  // TCP's, not the session's
  if (packet.type == Packet::Type::open) {
    packet.sealed = session.sealing->last_message();
  } else {
    core::Result<Bytes> sealed = session.sealing->seal(side, plain(packet));
    if (!sealed) {
      // What was sent before it arrives.
      timeline_.soon([this, place = Place{number, side}] {
        if (sessions_.contains(place.session)) close(place.session, place.side, Notice::tell);
      });
      return false;
    }
    packet.sealed = std::move(*sealed);
  }
  core::Random& random = path(session.hosts[side], session.hosts[1 - side]).random;
  packet.damaged = random.chance(conditions_.damage);
  if (packet.damaged) damage(packet.sealed, random);
  return true;
}

Network::Opened Network::open(std::uint64_t number, unsigned side, const Packet& packet) {
  Session& session = sessions_.at(number);
  if (packet.type == Packet::Type::open) {
    const bool accepted = session.sealing->accept(packet.sealed);
    if (accepted == packet.damaged) events_.forged(session.hosts[1 - side], {number});
    return accepted ? Opened::whole : Opened::refused;
  }
  const core::Result<Bytes> opened = session.sealing->open(side, packet.sealed);
  if (!opened) {
    // Only what was damaged, or came after that.
    if (!packet.damaged && !session.stalled[side]) events_.forged(session.hosts[1 - side], {number});
    return Opened::refused;
  }
  const Bytes sent = plain(packet);
  const bool tampered = packet.damaged || session.stalled[side];
  if (!tampered && *opened == sent) return Opened::whole;
  // The end of a record is awaited.  What comes next may be that, by chance, and what is opened then was sent before.
  // Nobody is heard meanwhile.
  Bytes& awaited = session.awaited[side];
  awaited += sent;
  if (!tampered || !awaited.starts_with(*opened)) events_.forged(session.hosts[1 - side], {number});
  awaited.erase(0, opened->size());
  if (!std::exchange(session.stalled[side], true)) {
    timeline_.after(silence_max, [this, place = Place{number, 1 - side}] {
      if (sessions_.contains(place.session)) close(place.session, place.side, Notice::tell);
    });
  }
  return Opened::nothing;
}

}  // namespace skerry::simulations
