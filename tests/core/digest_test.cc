// Digests and checksums, against the vectors of their authors.
#include "core/digest.h"

#include <gtest/gtest.h>

namespace skerry::core {
namespace {

TEST(Digest, IsBlake2b128) {
  EXPECT_EQ(to_hex(digest("")), "cae66941d9efbd404e4d88758ea67670");
  EXPECT_EQ(to_hex(digest("abc")), "cf4ab791c62b8d2b2109c90275287816");
  EXPECT_NE(digest("abc"), digest("abd"));
}

// On disk: this value never changes.
TEST(Checksum, IsXxh3WithASecretOfItsOwn) {
  EXPECT_EQ(checksum(checksum_key("a key"), "some bytes"), 1175921588798424385u);
}

TEST(Checksum, DependsOnEachBitAndOnTheKey) {
  const ChecksumKey key = checksum_key("a key");
  for (const std::size_t size : {1u, 16u, 100u, 1000u}) {
    Bytes bytes(size, 'x');
    const std::uint64_t whole = checksum(key, bytes);
    EXPECT_NE(checksum(checksum_key("another"), bytes), whole);
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
      EXPECT_NE(checksum(key, bytes), whole) << "bit " << bit << " of " << size << " bytes";
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    }
  }
}

}  // namespace
}  // namespace skerry::core
