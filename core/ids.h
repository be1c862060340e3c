// What things are called: replicas, spaces, kinds and the addresses of cells.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/bytes.h"

namespace skerry::core {

// One incarnation of a replica: 128 random bits, never used twice (I1).
struct ReplicaId {
  std::array<std::uint8_t, 16> bytes{};

  // As the bytes sort; as two words, because nothing is compared more often and memcmp costs a call.
  bool operator==(const ReplicaId& other) const { return word(0) == other.word(0) && word(8) == other.word(8); }
  std::strong_ordering operator<=>(const ReplicaId& other) const {
    return word(0) != other.word(0) ? word(0) <=> other.word(0) : word(8) <=> other.word(8);
  }

 private:
  std::uint64_t word(std::size_t at) const {
    std::uint64_t word;
    __builtin_memcpy(&word, bytes.data() + at, sizeof(word));
    return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
  }
};
std::string to_hex(const ReplicaId& id);                       // 32 lower-case digits
std::optional<ReplicaId> replica_id_from_hex(BytesView text);  // exactly 32 digits

// Counts the events of one replica in one space, from 1.  0 means "none".
using Sequence = std::uint64_t;

// A namespace: the unit of replication, of rights and of quotas.  SELECT n is space n.
struct Space {
  std::uint16_t number = 0;
  auto operator<=>(const Space&) const = default;
};

// On disk and on the wire: these numbers never change.  row, string and expiry come first, so that one short
// read finds all that most commands need.
enum class Kind : std::uint8_t {
  row = 0,  // the key itself: its derived row on disk; as an address, "the key with every kind and member" (a range)
  string = 1,
  expiry = 2,
  hash = 3,
  set = 4,
  sorted_set = 5,
};
inline constexpr std::uint8_t kind_max = 5;

// Where a cell lives.  Views: whoever keeps an Address keeps the bytes, or keeps it encoded.
//
// Encoded, addresses sort by (space, key, kind, member) and all cells of a key share one prefix:
//   space u16 big-endian · key with 00 written as 00 FF, ended by 00 00 · kind u8 · member
// A whole space as a range is the two bytes of the space alone; `key` is then absent.
struct Address {
  Space space;
  BytesView key;
  Kind kind = Kind::row;
  BytesView member;  // empty but for hash, set, sorted_set
};
void put_address(Bytes& to, const Address& address);
Bytes encode(const Address& address);
void put_key_prefix(Bytes& to, Space space, BytesView key);  // what all cells of the key begin with
void put_space_prefix(Bytes& to, Space space);

// An address that owns its bytes.
struct OwnedAddress {
  Space space;
  Bytes key;
  Kind kind = Kind::row;
  Bytes member;
  Address view() const { return {space, key, kind, member}; }
};
// The address that `encoded` spells; nothing if no address does.
std::optional<OwnedAddress> decode_address(BytesView encoded);

}  // namespace skerry::core

template <>
struct std::hash<skerry::core::ReplicaId> {
  std::size_t operator()(const skerry::core::ReplicaId& id) const noexcept {
    std::size_t value;
    static_assert(sizeof(value) <= sizeof(id.bytes));
    __builtin_memcpy(&value, id.bytes.data(), sizeof(value));  // already random
    return value;
  }
};
