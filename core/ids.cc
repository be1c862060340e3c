#include "core/ids.h"

namespace skerry::core {

std::string to_hex(const ReplicaId& id) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : id.bytes) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

namespace {

std::optional<std::uint8_t> nibble(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::optional<ReplicaId> replica_id_from_hex(BytesView text) {
  ReplicaId id;
  if (text.size() != 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const auto high = nibble(text[2 * i]);
    const auto low = nibble(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return id;
}

void put_space_prefix(Bytes& to, Space space) {
  put_u16(to, space.number);
}

void put_key_prefix(Bytes& to, Space space, BytesView key) {
  put_space_prefix(to, space);
  for (std::size_t zero; (zero = key.find('\0')) != BytesView::npos; key.remove_prefix(zero + 1)) {
    to.append(key.substr(0, zero + 1));
    to.push_back('\xff');
  }
  to.append(key);
  to.append(2, '\0');
}

void put_address(Bytes& to, const Address& address) {
  put_key_prefix(to, address.space, address.key);
  put_u8(to, static_cast<std::uint8_t>(address.kind));
  to.append(address.member);
}

Bytes encode(const Address& address) {
  Bytes encoded;
  encoded.reserve(address.key.size() + address.member.size() + 5);
  put_address(encoded, address);
  return encoded;
}

std::optional<OwnedAddress> decode_address(BytesView encoded) {
  ByteReader reader(encoded);
  OwnedAddress address;
  address.space.number = reader.u16();
  if (!reader.ok()) return std::nullopt;
  BytesView rest = reader.rest();
  while (true) {
    const std::size_t zero = rest.find('\0');
    if (zero == BytesView::npos || zero + 1 >= rest.size()) return std::nullopt;
    address.key.append(rest.substr(0, zero));
    const char after = rest[zero + 1];
    rest.remove_prefix(zero + 2);
    if (after == '\0') break;
    if (after != '\xff') return std::nullopt;
    address.key.push_back('\0');
  }
  if (rest.empty() || static_cast<std::uint8_t>(rest.front()) > kind_max) return std::nullopt;
  address.kind = static_cast<Kind>(rest.front());
  address.member = rest.substr(1);
  const bool has_members = address.kind == Kind::hash || address.kind == Kind::set || address.kind == Kind::sorted_set;
  if (!has_members && !address.member.empty()) return std::nullopt;
  return address;
}

}  // namespace skerry::core
