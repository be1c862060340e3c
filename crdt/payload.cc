#include "crdt/payload.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>

#include "crdt/fault.h"

namespace skerry::crdt {

namespace {

using core::ByteReader;
using core::ErrorCode;
using core::fail;
using core::put_u64;
using core::put_u8;
using core::put_varint;
using core::Result;

constexpr std::size_t head_bytes = 9;  // type and stamp

void put_head(Bytes& to, PayloadType type, Stamp stamp) {
  put_u8(to, static_cast<std::uint8_t>(type));
  put_u64(to, stamp.value);
}

void put_replica(Bytes& to, const ReplicaId& replica) {
  to.append(reinterpret_cast<const char*>(replica.bytes.data()), replica.bytes.size());
}

void put_deadline(Bytes& to, std::optional<WallTime> deadline) {
  if (!deadline) return put_varint(to, 0);
  const std::int64_t milliseconds = std::max<std::int64_t>(core::unix_milliseconds(*deadline), 0);
  put_varint(to, static_cast<std::uint64_t>(milliseconds) + 1);
}

void put_tally(Bytes& to, const Tally& tally) {
  __extension__ using Unsigned = unsigned __int128;
  const auto sum = static_cast<Unsigned>(tally.sum);
  put_varint(to, tally.birth);
  put_varint(to, tally.count);
  put_u64(to, static_cast<std::uint64_t>(sum >> 64));
  put_u64(to, static_cast<std::uint64_t>(sum));
  put_u64(to, std::bit_cast<std::uint64_t>(tally.fraction));
}

void put_resets(Bytes& to, const Resets& resets) {
  put_varint(to, resets.size());
  for (const Reset& reset : resets) {
    put_replica(to, reset.replica);
    put_tally(to, reset.seen);
  }
}

ReplicaId take_replica(ByteReader& from) {
  ReplicaId replica;
  const BytesView bytes = from.take(replica.bytes.size());
  std::copy(bytes.begin(), bytes.end(), replica.bytes.begin());
  return replica;
}

// What a deadline's varint says; the greatest is the end of time.
std::optional<WallTime> deadline_of(std::uint64_t encoded) {
  if (encoded == 0) return std::nullopt;
  return core::from_unix_milliseconds(static_cast<std::int64_t>(encoded - 1));
}
constexpr std::uint64_t deadline_max = std::uint64_t{1} << 63;

Tally take_tally(ByteReader& from) {
  __extension__ using Unsigned = unsigned __int128;
  Tally tally;
  tally.birth = from.varint();
  tally.count = from.varint();
  const Unsigned high = from.u64();
  const Unsigned low = from.u64();
  tally.sum = static_cast<Sum>(high << 64 | low);
  tally.fraction = std::bit_cast<double>(from.u64());
  return tally;
}

bool well_formed(const Tally& tally) {
  return tally.birth > 0 && tally.count > 0 && std::isfinite(tally.fraction);
}

bool precedes(const Reset& left, const Reset& right) {
  return std::tie(left.replica, left.seen.birth) < std::tie(right.replica, right.seen.birth);
}

// Whether a reader takes the payload apart or only asks whether it could.
enum class Keep { everything, nothing };

bool take_resets(ByteReader& from, Keep keep, Resets& to) {
  const std::uint64_t count = from.varint();
  Reset last;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Reset reset{take_replica(from), take_tally(from)};
    if (!from.ok() || !well_formed(reset.seen) || (i > 0 && !precedes(last, reset))) return false;
    if (keep == Keep::everything) to.push_back(reset);
    last = reset;
  }
  return from.ok();
}

bool take_over(ByteReader& from, Keep keep, std::vector<Dot>& to) {
  const std::uint64_t count = from.varint();
  Dot last;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Dot dot{take_replica(from), from.varint()};
    if (!from.ok() || dot.sequence == 0 || (i > 0 && !(last < dot))) return false;
    if (keep == Keep::everything) to.push_back(dot);
    last = dot;
  }
  return from.ok();
}

bool take_deadline(ByteReader& from, std::optional<WallTime>& to) {
  const std::uint64_t encoded = from.varint();
  if (!from.ok() || encoded > deadline_max) return false;
  to = deadline_of(encoded);
  return true;
}

bool take_body(ByteReader& from, Keep keep, Payload& payload) {
  switch (payload.type) {
    case PayloadType::presence:
      return from.done();
    case PayloadType::register_:
      if (!take_deadline(from, payload.deadline) || !take_resets(from, keep, payload.resets)) return false;
      payload.value = from.rest();
      return true;
    case PayloadType::tally:
      payload.tally = take_tally(from);
      return from.ok() && well_formed(payload.tally) && take_resets(from, keep, payload.resets) && from.done();
    case PayloadType::resets:
      // Without a single reset it would be a cell that nobody can see and nothing needs.
      return from.rest().substr(0, 1) != BytesView("\0", 1) && take_resets(from, keep, payload.resets) && from.done();
    case PayloadType::expiry:
      return take_deadline(from, payload.deadline) && take_over(from, keep, payload.over) && from.done();
  }
  return false;
}

Result<Payload> take_apart(BytesView bytes, Keep keep) {
  ByteReader from(bytes);
  Payload payload;
  const std::uint8_t type = from.u8();
  if (!from.ok() || type == 0) return fail(ErrorCode::malformed, "a payload begins with a type from 1");
  if (type > payload_type_max) return fail(ErrorCode::unsupported, "a payload of a type this build does not know");
  payload.type = static_cast<PayloadType>(type);
  payload.stamp.value = from.u64();
  if (!from.ok() || !take_body(from, keep, payload)) {
    return fail(ErrorCode::malformed, "a payload is not in the canonical form of its type");
  }
  return payload;
}

// Whether a payload may stand in a cell of that kind.
bool belongs(core::Kind kind, const Payload& payload) {
  const bool expiry = payload.type == PayloadType::expiry;
  const bool presence = payload.type == PayloadType::presence;
  switch (kind) {
    case core::Kind::row:
      return false;
    case core::Kind::expiry:
      return expiry;
    case core::Kind::set:
      return presence;
    case core::Kind::string:
    case core::Kind::hash:
      return !expiry && !presence;
    case core::Kind::sorted_set:
      return !expiry && !presence && (payload.type != PayloadType::register_ || score_of(payload.value).has_value());
  }
  return false;
}

// The rest of a register payload from its deadline on.
struct RegisterBody {
  std::uint64_t deadline;
  std::uint64_t resets;
  BytesView rest;  // the resets and the value
};
RegisterBody register_body(BytesView payload) {
  // Two zero bytes: no deadline, no resets.  Most values are like that.
  if (payload[head_bytes] == 0 && payload[head_bytes + 1] == 0) return {0, 0, payload.substr(head_bytes + 2)};
  ByteReader from(payload.substr(head_bytes));
  const std::uint64_t deadline = from.varint();
  const std::uint64_t resets = from.varint();
  return {deadline, resets, from.rest()};
}

}  // namespace

void add_resets(Resets& to, const Resets& more) {
  if (more.empty()) return;
  Resets both;
  both.reserve(to.size() + more.size());
  auto left = to.begin();
  auto right = more.begin();
  while (left != to.end() || right != more.end()) {
    if (right == more.end() || (left != to.end() && precedes(*left, *right))) {
      both.push_back(*left++);
    } else if (left == to.end() || precedes(*right, *left)) {
      both.push_back(*right++);
    } else {
      const bool by_sum = planted(Fault::resets_compared_by_sum);
      const bool keeps = by_sum ? left->seen.sum >= right->seen.sum : left->seen.count >= right->seen.count;
      both.push_back(keeps ? *left : *right);
      ++left;
      ++right;
    }
  }
  to = std::move(both);
}

void put_register_payload(Bytes& to, Stamp stamp, std::optional<WallTime> deadline, const Resets& resets,
                          BytesView value) {
  to.reserve(to.size() + head_bytes + 11 + value.size());
  put_head(to, PayloadType::register_, stamp);
  put_deadline(to, deadline);
  put_resets(to, resets);
  to.append(value);
}

Bytes presence_payload(Stamp stamp) {
  Bytes payload;
  put_head(payload, PayloadType::presence, stamp);
  return payload;
}

Bytes register_payload(Stamp stamp, std::optional<WallTime> deadline, const Resets& resets, BytesView value) {
  Bytes payload;
  put_register_payload(payload, stamp, deadline, resets, value);
  return payload;
}

Bytes tally_payload(Stamp stamp, const Tally& tally, const Resets& resets) {
  Bytes payload;
  put_head(payload, PayloadType::tally, stamp);
  put_tally(payload, tally);
  put_resets(payload, resets);
  return payload;
}

Bytes resets_payload(Stamp stamp, const Resets& resets) {
  Bytes payload;
  put_head(payload, PayloadType::resets, stamp);
  put_resets(payload, resets);
  return payload;
}

Bytes expiry_payload(Stamp stamp, std::optional<WallTime> deadline, std::vector<Dot> over) {
  std::sort(over.begin(), over.end());
  over.erase(std::unique(over.begin(), over.end()), over.end());
  Bytes payload;
  put_head(payload, PayloadType::expiry, stamp);
  put_deadline(payload, deadline);
  put_varint(payload, over.size());
  for (const Dot& dot : over) {
    put_replica(payload, dot.replica);
    put_varint(payload, dot.sequence);
  }
  return payload;
}

Stamp stamp_of(BytesView payload) {
  return {ByteReader(payload.substr(1)).u64()};
}

bool has_resets(BytesView payload) {
  switch (type_of(payload)) {
    case PayloadType::register_:
      return register_body(payload).resets > 0;
    case PayloadType::tally: {
      ByteReader from(payload.substr(head_bytes));
      take_tally(from);
      return from.varint() > 0;
    }
    case PayloadType::resets:
      return true;
    case PayloadType::presence:
    case PayloadType::expiry:
      return false;
  }
  return false;
}

BytesView register_value(BytesView payload) {
  const RegisterBody body = register_body(payload);
  if (body.resets == 0) return body.rest;
  ByteReader from(body.rest);
  for (std::uint64_t i = 0; i < body.resets && from.ok(); ++i) {
    take_replica(from);
    take_tally(from);
  }
  return from.rest();
}

std::optional<WallTime> register_deadline(BytesView payload) {
  return deadline_of(register_body(payload).deadline);
}

std::optional<double> score_of(BytesView value) {
  if (value.size() != sizeof(double)) return std::nullopt;
  const auto score = std::bit_cast<double>(ByteReader(value).u64());
  if (std::isnan(score)) return std::nullopt;
  return score;
}

Result<Payload> parse_payload(BytesView bytes) {
  return take_apart(bytes, Keep::everything);
}

Result<void> check_payload(core::Kind kind, BytesView bytes) {
  const Result<Payload> payload = take_apart(bytes, Keep::nothing);
  if (!payload) return tl::make_unexpected(payload.error());
  if (!belongs(kind, *payload)) return fail(ErrorCode::malformed, "a payload of another kind's cell");
  return {};
}

}  // namespace skerry::crdt
