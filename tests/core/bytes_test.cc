// Integers in bytes, and a reader that survives a stranger's.
#include "core/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace skerry::core {
namespace {

using namespace std::string_literals;

TEST(Bytes, GoldenBytes) {
  Bytes bytes;
  put_u8(bytes, 0xfe);
  put_u16(bytes, 0x0102);
  put_u32(bytes, 0x03040506);
  put_u64(bytes, 0x0708090a0b0c0d0e);
  put_sized(bytes, "hi");
  EXPECT_EQ(bytes, "\xfe\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x02hi");
  const auto varint = [](std::uint64_t value) {
    Bytes one;
    put_varint(one, value);
    return one;
  };
  EXPECT_EQ(varint(0), "\0"s);
  EXPECT_EQ(varint(127), "\x7f");
  EXPECT_EQ(varint(128), "\x80\x01");
  EXPECT_EQ(varint(UINT64_MAX), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

RC_GTEST_PROP(Bytes, ReadBack, (std::uint16_t a, std::uint32_t b, std::uint64_t c, std::uint64_t d, std::string e)) {
  Bytes bytes;
  put_u16(bytes, a);
  put_varint(bytes, d);
  put_u32(bytes, b);
  put_sized(bytes, e);
  put_u64(bytes, c);
  ByteReader reader(bytes);
  RC_ASSERT(reader.u16() == a);
  RC_ASSERT(reader.varint() == d);
  RC_ASSERT(reader.u32() == b);
  RC_ASSERT(reader.sized() == e);
  RC_ASSERT(!reader.done());
  RC_ASSERT(reader.u64() == c);
  RC_ASSERT(reader.done());
}

TEST(ByteReader, FailsOnceAndForEver) {
  ByteReader reader("\x01\x02\x03");
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_EQ(reader.u16(), 0);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0) << "one byte was left, but a reader that failed stays failed";
  EXPECT_EQ(reader.take(0), "");
  EXPECT_FALSE(reader.done());
}

TEST(ByteReader, TakesOnlyTheShortestFormOfAVarint) {
  const auto accepts = [](BytesView bytes) {
    ByteReader reader(bytes);
    reader.varint();
    return reader.done();
  };
  EXPECT_TRUE(accepts("\0"s));
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts("\x80"));
  EXPECT_FALSE(accepts("\x80\0"s));
  EXPECT_FALSE(accepts("\xff\x80\0"s));
  EXPECT_TRUE(accepts("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  EXPECT_FALSE(accepts("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));      // 65 bits
  EXPECT_FALSE(accepts("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01"));  // 11 bytes
}

TEST(ByteReader, DoesNotBelieveASize) {
  ByteReader reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01rest");
  EXPECT_EQ(reader.sized(), "");
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace skerry::core
