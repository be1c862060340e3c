// Bytes, and the two ways we write integers into them: fixed big-endian (where order matters) and varint
// (LEB128, where size does).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::core {

using Bytes = std::string;
using BytesView = std::string_view;

void put_u8(Bytes& to, std::uint8_t value);
void put_u16(Bytes& to, std::uint16_t value);  // big-endian
void put_u32(Bytes& to, std::uint32_t value);  // big-endian
void put_u64(Bytes& to, std::uint64_t value);  // big-endian
void put_varint(Bytes& to, std::uint64_t value);
void put_sized(Bytes& to, BytesView bytes);  // varint length, then the bytes

// Reads from the front of a stranger's bytes.  The first read beyond the end makes every later one fail too, so a
// decoder may read all its fields and ask ok() once.  The view must outlive the reader and what it returned.
class ByteReader {
 public:
  explicit ByteReader(BytesView bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();            // fails beyond 10 bytes or 64 bits; accepts only the shortest form
  BytesView take(std::size_t size);  // empty on failure
  BytesView sized();

  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  BytesView rest() const { return rest_; }

 private:
  BytesView rest_;
  bool ok_ = true;
};

}  // namespace skerry::core
