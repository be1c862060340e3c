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

TEST(Checksum, IsSipHash24) {
  ChecksumKey key;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  // The paper's appendix: the message 00 01 … 0e; its output read as a little-endian word.
  Bytes message;
  for (char i = 0; i < 15; ++i) message.push_back(i);
  EXPECT_EQ(checksum(key, message), 0xa129ca6149be45e5u);
  key[0] = 1;
  EXPECT_NE(checksum(key, message), 0xa129ca6149be45e5u);
}

}  // namespace
}  // namespace skerry::core
