#include "edge/noise_hash.h"

#include "tests/edge/noise_vector.h"

namespace skerry::edge {
namespace {

struct Case {
  HashName name;
  std::size_t size;
  const char *hash_of_abc, *hmac;  // the second: RFC 4231, test case 2; for BLAKE2b computed with Python's hmac
};

const Case cases[] = {
    {HashName::sha256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {HashName::sha512, 64,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {HashName::blake2b, 64,
     "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
     "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
     "6ff884f8ddc2a6586b3c98a4cd6ebdf14ec10204b6710073eb5865ade37a2643"
     "b8807c1335d107ecdb9ffeaeb6828c4625ba172c66379efcd222c2de11727ab4"},
};

TEST(NoiseHash, HashesItsPartsAsIfJoined) {
  for (const Case& test : cases) {
    EXPECT_EQ(hash_size(test.name), test.size);
    EXPECT_EQ(to_hex(hash(test.name, {"abc"}).view()), test.hash_of_abc);
    EXPECT_EQ(to_hex(hash(test.name, {"a", "", "bc"}).view()), test.hash_of_abc);
  }
}

TEST(NoiseHash, HmacIsTheStandards) {
  for (const Case& test : cases) {
    const Wiped<hash_size_max> value = hmac_hash(test.name, "Jefe", {"what do ya want ", "for nothing?"});
    EXPECT_EQ(to_hex(value.first(test.size)), test.hmac);
  }
}

TEST(NoiseHash, HkdfIsTheStandards) {  // RFC 5869, test case 3, and its continuation
  const HkdfOutputs outputs = hkdf(HashName::sha256, "", std::string(22, '\x0b'));
  EXPECT_EQ(to_hex(outputs.first.first(32)), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
  EXPECT_EQ(to_hex(outputs.second.first(32)), "9d201395faa4b61a96c8b2fb61057244b36c6ddd287f634795e7d80d5fe26bfc");
  EXPECT_EQ(to_hex(outputs.third.first(32)), "36def6dc129c29271a0eb7ab14bd2ca88259f8a3a92ac2ec0e3e4fa046a4b90b");
}

}  // namespace
}  // namespace skerry::edge
