#include "edge/preamble.h"

#include "tests/edge/noise_vector.h"

namespace skerry::edge {
namespace {

core::BytesView view(const std::array<std::uint8_t, 16>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Golden bytes: the first that one node ever hears of another.
TEST(Preamble, HasItsBytes) {
  const Preamble preamble{{1, 0x0203},
                          {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,  //
                           0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf}};
  const core::Bytes bytes = encode(preamble);
  EXPECT_EQ(to_hex(bytes), "534b525900010203a0a1a2a3a4a5a6a7a8a9aaabacadaeaf01");
  const core::Result<Preamble> decoded = decode_preamble(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->versions.min, 1);
  EXPECT_EQ(decoded->versions.max, 0x0203);
  EXPECT_EQ(decoded->key_id, preamble.key_id);
}

TEST(Preamble, RefusesAnotherMagicOrRole) {
  core::Bytes bytes = encode(Preamble{{1, 1}, {}});
  core::Bytes other_magic = bytes, other_role = bytes;
  other_magic[3] = '!';
  other_role.back() = 2;
  EXPECT_TRUE(decode_preamble(bytes).has_value());
  EXPECT_EQ(decode_preamble(other_magic).error().code, core::ErrorCode::malformed);
  EXPECT_EQ(decode_preamble(other_role).error().code, core::ErrorCode::unsupported);
}

// Both computed with Python's hashlib.  They never change: nodes of all versions must agree on them.
TEST(Preamble, IdsAreWhatTheyWere) {
  EXPECT_EQ(to_hex(view(cluster_id_of("production/eu"))), "aa6e445eb6ee646ee59cc10db5094647");
  core::Bytes secret;
  for (char i = 0; i < 32; ++i) secret.push_back(i);
  EXPECT_EQ(to_hex(view(key_id_of(SecretKey::of(secret)))), "175c8f783b484d35ba6e64704ad3a03c");
}

TEST(Preamble, TheGreatestVersionBothKnowIsChosen) {
  EXPECT_EQ(choose_version({1, 3}, {2, 5}), 3);
  EXPECT_EQ(choose_version({2, 5}, {1, 3}), 3);
  EXPECT_EQ(choose_version({1, 1}, {1, 1}), 1);
  EXPECT_FALSE(choose_version({1, 2}, {3, 4}).has_value());
  EXPECT_FALSE(choose_version({3, 4}, {1, 2}).has_value());
  EXPECT_FALSE(choose_version({1, 3}, {3, 1}).has_value());  // no range at all
  EXPECT_EQ(choose_version({1, 2}, {3, 4}).error().detail, "the peer speaks versions 3 to 4, this node 1 to 2");
}

TEST(Payload, HasItsBytes) {
  EXPECT_EQ(to_hex(encode_payload(0x0102)), "0101020000");
  EXPECT_EQ(decode_payload(encode_payload(0x0102)), 0x0102);
}

TEST(Payload, LeavesRoomForCertificates) {
  EXPECT_EQ(decode_payload(from_hex("0100010004"
                                    "0002aabb")),
            1);
  EXPECT_EQ(decode_payload(from_hex("0100010005"
                                    "0001aa0000")),
            1);
}

TEST(Payload, RefusesAllElse) {
  for (const char* hex : {"", "01", "0100010001", "010001000000",
                          "0100010003"
                          "0002aa",
                          "0100010001"
                          "00"}) {
    EXPECT_EQ(decode_payload(from_hex(hex)).error().code, core::ErrorCode::malformed) << hex;
  }
  EXPECT_EQ(decode_payload(from_hex("0200010000")).error().code, core::ErrorCode::unsupported);
}

}  // namespace
}  // namespace skerry::edge
