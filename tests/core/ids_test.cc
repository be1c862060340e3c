// Addresses sort as their parts do, and no bytes spell two.
#include "core/ids.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <tuple>

#include "core/random.h"

namespace skerry::core {
namespace {

using namespace std::string_literals;

TEST(ReplicaId, IsWrittenAsThirtyTwoDigits) {
  ReplicaId id;
  for (std::uint8_t i = 0; i < 16; ++i) id.bytes[i] = static_cast<std::uint8_t>(i * 17);
  EXPECT_EQ(to_hex(id), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(replica_id_from_hex(to_hex(id)), id);
  for (const char* text : {"", "00", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeefff",
                           "00112233445566778899AABBCCDDEEFF", "00112233445566778899aabbccddeefg"}) {
    EXPECT_EQ(replica_id_from_hex(text), std::nullopt) << text;
  }
}

TEST(ReplicaId, SortsAsItsBytesDo) {
  Random random(1);
  for (int i = 0; i < 1'000; ++i) {
    // Equal up to some byte, where they differ or not.
    ReplicaId left;
    for (std::uint8_t& byte : left.bytes) byte = static_cast<std::uint8_t>(random.next());
    ReplicaId right = left;
    right.bytes[random.below(16)] = static_cast<std::uint8_t>(random.next());
    EXPECT_EQ(left <=> right, left.bytes <=> right.bytes);
    EXPECT_EQ(left == right, left.bytes == right.bytes);
    EXPECT_EQ(left <=> left, std::strong_ordering::equal);
  }
}

TEST(Address, GoldenBytes) {
  EXPECT_EQ(encode({Space{0x0102}, "k\0y"s, Kind::hash, "f\0"s}), "\x01\x02k\0\xffy\0\0\x03"s + "f\0"s);
  EXPECT_EQ(encode({Space{0}, "", Kind::row, ""}), "\0\0\0\0\0"s);
  Bytes prefix;
  put_key_prefix(prefix, Space{1}, "a");
  EXPECT_EQ(prefix, "\0\1a\0\0"s);
  Bytes space;
  put_space_prefix(space, Space{1});
  EXPECT_EQ(space, "\0\1"s);
}

// Short strings of the bytes that matter to the escape.
std::string tricky(Random& random) {
  std::string text;
  for (std::uint64_t length = random.below(4); length > 0; --length) text += "\0\1\xfe\xff"[random.below(4)];
  return text;
}

OwnedAddress tricky_address(Random& random) {
  const auto kind = static_cast<Kind>(random.below(kind_max + 1));
  const bool members = kind == Kind::hash || kind == Kind::set || kind == Kind::sorted_set;
  const Space space{static_cast<std::uint16_t>(random.below(2))};
  return {space, tricky(random), kind, members ? tricky(random) : ""};
}

TEST(Address, EncodingsSortAsTheirPartsAndReadBack) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const OwnedAddress one = tricky_address(random);
    const OwnedAddress two = tricky_address(random);
    const auto parts = [](const OwnedAddress& address) {
      return std::tie(address.space, address.key, address.kind, address.member);
    };
    // std::string compares bytes as unsigned, as SQLite does.
    ASSERT_EQ(encode(one.view()) < encode(two.view()), parts(one) < parts(two));
    const auto read = decode_address(encode(one.view()));
    ASSERT_TRUE(read);
    ASSERT_EQ(parts(*read), parts(one));
    Bytes prefix;
    put_key_prefix(prefix, one.space, one.key);
    const bool same_key = one.space == two.space && one.key == two.key;
    ASSERT_EQ(encode(two.view()).starts_with(prefix), same_key) << "all cells of a key, and no other, share its prefix";
  }
}

TEST(Address, OfAStrangerIsReadOnlyIfItIsTheOneSpelling) {
  Random random(2);
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string bytes(random.below(9), '\0');
    for (char& byte : bytes) byte = "\0\0\1\2\5\xff"[random.below(6)];
    const auto address = decode_address(bytes);
    if (!address) continue;
    ++read;
    ASSERT_EQ(encode(address->view()), bytes);
  }
  EXPECT_GT(read, 1000);
  EXPECT_FALSE(decode_address("\0\0k\0\0\x06"s)) << "no such kind";
  EXPECT_FALSE(decode_address("\0\0k\0\0\x01m"s)) << "a string has no member";
  EXPECT_FALSE(decode_address("\0\0k"s));
  EXPECT_FALSE(decode_address("\0\0k\0\x01\x01"s)) << "a zero that is neither escaped nor the end";
}

}  // namespace
}  // namespace skerry::core
