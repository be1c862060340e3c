#include "edge/x25519.h"

#include "tests/edge/noise_vector.h"

namespace skerry::edge {
namespace {

SecretKey secret_from_hex(const std::string& hex) {
  return SecretKey::of(from_hex(hex));
}
PublicKey public_from_hex(const std::string& hex) {
  return PublicKey::of(from_hex(hex));
}

TEST(X25519, AgreesWithTheStandardsExample) {  // RFC 7748, section 5.2
  const core::Result<Wiped<32>> shared =
      dh(secret_from_hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
         public_from_hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
  ASSERT_TRUE(shared.has_value());
  EXPECT_EQ(to_hex(shared->view()), "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
}

TEST(X25519, MakesThePublicHalf) {  // computed with OpenSSL
  const KeyPair pair = key_pair_of(secret_from_hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"));
  EXPECT_EQ(to_hex(pair.public_key.view()), "1c9fd88f45606d932a80c71824ae151d15d73e77de38e8e000852e614fae7019");
}

TEST(X25519, BothSidesComeToTheSameSecret) {
  const KeyPair here = generate_key_pair(), there = generate_key_pair();
  EXPECT_NE(here.public_key, there.public_key);
  const auto ours = dh(here.private_key, there.public_key), theirs = dh(there.private_key, here.public_key);
  ASSERT_TRUE(ours && theirs);
  EXPECT_EQ(to_hex(ours->view()), to_hex(theirs->view()));
}

const char* const small_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

TEST(X25519, RefusesPointsOfSmallOrderInEveryEncoding) {
  for (const char* hex : small_order) {
    for (const std::uint8_t high_bit : {0x00, 0x80}) {
      PublicKey key = public_from_hex(hex);
      key.bytes[31] |= high_bit;
      EXPECT_TRUE(is_small_order(key)) << hex;
      EXPECT_FALSE(dh(generate_private_key(), key).has_value()) << hex;
    }
  }
}

TEST(X25519, AcceptsTheirNeighbours) {
  for (const char* hex : small_order) {
    PublicKey key = public_from_hex(hex);
    key.bytes[1] ^= 0x10;
    EXPECT_FALSE(is_small_order(key)) << hex;
    EXPECT_TRUE(dh(generate_private_key(), key).has_value()) << hex;
  }
}

}  // namespace
}  // namespace skerry::edge
