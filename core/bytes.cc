#include "core/bytes.h"

namespace skerry::core {

void put_u8(Bytes& to, std::uint8_t value) {
  to.push_back(static_cast<char>(value));
}

namespace {

template <class T>
void put_big_endian(Bytes& to, T value) {
  char bytes[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  to.append(bytes, sizeof(T));
}

std::uint64_t big_endian(BytesView bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace

void put_u16(Bytes& to, std::uint16_t value) {
  put_big_endian(to, value);
}
void put_u32(Bytes& to, std::uint32_t value) {
  put_big_endian(to, value);
}
void put_u64(Bytes& to, std::uint64_t value) {
  put_big_endian(to, value);
}

void put_varint(Bytes& to, std::uint64_t value) {
  while (value >= 0x80) {
    to.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  to.push_back(static_cast<char>(value));
}

void put_sized(Bytes& to, BytesView bytes) {
  put_varint(to, bytes.size());
  to.append(bytes);
}

BytesView ByteReader::take(std::size_t size) {
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const BytesView taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint8_t ByteReader::u8() {
  return static_cast<std::uint8_t>(big_endian(take(1)));
}
std::uint16_t ByteReader::u16() {
  return static_cast<std::uint16_t>(big_endian(take(2)));
}
std::uint32_t ByteReader::u32() {
  return static_cast<std::uint32_t>(big_endian(take(4)));
}
std::uint64_t ByteReader::u64() {
  return big_endian(take(8));
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if (!ok_) return 0;
    const std::uint64_t bits = byte & 0x7f;
    const bool overflows = shift == 63 && bits > 1;
    const bool padded = shift > 0 && byte == 0;  // a longer form than needed
    if (overflows || padded) break;
    value |= bits << shift;
    if ((byte & 0x80) == 0) return value;
  }
  ok_ = false;
  rest_ = {};
  return 0;
}

BytesView ByteReader::sized() {
  const std::uint64_t size = varint();
  return take(size);
}

}  // namespace skerry::core
