// What a dot carries.  A payload is bytes with one canonical form, so that it can be compared, stored, sent and
// signed without being understood; this file is the only one that reads or writes that form (schema/cell.capnp
// specifies it for others).
//
//   type u8 · stamp u64 big-endian · body
//     presence   (1)  -                                               a set's member
//     register   (2)  deadline · resets · the value's bytes to the end
//     tally      (3)  birth varint · count varint · sum i128 (16 bytes, two's complement, big-endian)
//                     · fraction f64 (IEEE bits, big-endian) · resets
//     resets     (4)  resets                                          what is left of a removed counter
//     expiry     (5)  deadline · over: varint count, then dots (16 bytes · varint), sorted
//   deadline = 0 varint for none, else unix milliseconds + 1 as varint (a time before 1970 counts as 1970)
//   resets   = varint count, then per reset, sorted by (replica, birth): 16 bytes · birth · count · sum · fraction
#pragma once

#include <optional>
#include <vector>

#include "core/hybrid_clock.h"
#include "core/result.h"
#include "core/time.h"
#include "crdt/dot.h"

namespace skerry::crdt {

using core::Bytes;
using core::BytesView;
using core::Stamp;
using core::WallTime;

enum class PayloadType : std::uint8_t { presence = 1, register_ = 2, tally = 3, resets = 4, expiry = 5 };
inline constexpr std::uint8_t payload_type_max = 5;

__extension__ using Sum = __int128;  // wide enough that no counter overflows before its replicas run out of sequences

// What one replica has added since a birth: cumulative, so that a later tally replaces an earlier one.
struct Tally {
  Sequence birth = 0;       // the sequence of the event that began it
  std::uint64_t count = 0;  // increments since then; of two tallies of one birth the greater count is the later
  Sum sum = 0;
  double fraction = 0;  // float increments, apart: sums of doubles are exact only within their own rounding
  bool operator==(const Tally&) const = default;
};

// How much of a tally some SET or DEL had seen and therefore absorbed.
struct Reset {
  ReplicaId replica;
  Tally seen;
  bool operator==(const Reset&) const = default;
};
using Resets = std::vector<Reset>;  // sorted by (replica, birth), one each

// Keeps, for each (replica, birth), the one with the greater count.
void add_resets(Resets& to, const Resets& more);

Bytes presence_payload(Stamp stamp);
Bytes register_payload(Stamp stamp, std::optional<WallTime> deadline, const Resets& resets, BytesView value);
// Appends what register_payload returns.
void put_register_payload(Bytes& to, Stamp stamp, std::optional<WallTime> deadline, const Resets& resets,
                          BytesView value);
Bytes tally_payload(Stamp stamp, const Tally& tally, const Resets& resets);
Bytes resets_payload(Stamp stamp, const Resets& resets);
// `deadline` none is PERSIST.
Bytes expiry_payload(Stamp stamp, std::optional<WallTime> deadline, std::vector<Dot> over);

// Cheap questions, for bytes that are known to be a payload.
inline PayloadType type_of(BytesView payload) {
  return static_cast<PayloadType>(payload.front());
}
Stamp stamp_of(BytesView payload);
bool has_resets(BytesView payload);
// REQUIRES type_of(payload) == register_.  The view lives as long as `payload`'s bytes.
BytesView register_value(BytesView payload);
std::optional<WallTime> register_deadline(BytesView payload);
// The score that a sorted set's register holds: a double's 8 bytes, big-endian.  Nothing if they are no score.
std::optional<double> score_of(BytesView value);

// A payload taken apart.
struct Payload {
  PayloadType type = PayloadType::presence;
  Stamp stamp;
  BytesView value;                   // register_; lives as long as the bytes
  std::optional<WallTime> deadline;  // register_, expiry
  Tally tally;                       // tally
  Resets resets;                     // register_, tally, resets
  std::vector<Dot> over;             // expiry
};
// Fails on bytes that are not the canonical form of a payload of a type we know.
core::Result<Payload> parse_payload(BytesView bytes);
// The same question without building anything: for what a stranger sends.  `unsupported` for an unknown type,
// `malformed` for anything else, also for a type that does not belong into a cell of `kind`.
core::Result<void> check_payload(core::Kind kind, BytesView bytes);

}  // namespace skerry::crdt
