#include "edge/witness.h"

#include <gtest/gtest.h>

#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

using core::ErrorCode;
using edge::Witness;

class AWitness : public testing::Test {
 protected:
  sync::Lsn reached() {
    const auto witness = Witness::open(edge::system_files, path, incarnation(1));
    EXPECT_TRUE(witness.has_value() && witness->has_value());
    return witness && *witness ? (*witness)->reached() : 999;
  }
  void damage(std::size_t offset) {
    std::string bytes = bytes_of(path);
    ASSERT_LT(offset, bytes.size());
    bytes[offset] = static_cast<char>(bytes[offset] ^ 1);
    write_bytes(path, bytes);
  }

  TemporaryDirectory directory;
  const std::string path = directory / "witness";
};

TEST_F(AWitness, SaysHowFarTheLogHadGot) {
  EXPECT_FALSE(Witness::open(edge::system_files, path, incarnation(1))->has_value());
  auto witness = Witness::make(edge::system_files, path, incarnation(1));
  ASSERT_TRUE(witness) << witness.error().detail;
  EXPECT_EQ(reached(), 0u);
  for (const sync::Lsn lsn : {5, 6, 700}) {
    ASSERT_TRUE(witness->reach(lsn));
    EXPECT_EQ(reached(), lsn);
  }
  ASSERT_TRUE(witness->sync());
  auto again = Witness::open(edge::system_files, path, incarnation(1));
  ASSERT_TRUE((*again)->reach(701));
  EXPECT_EQ(reached(), 701u);
}

TEST_F(AWitness, ATornWriteLeavesTheOneBefore) {
  auto witness = Witness::make(edge::system_files, path, incarnation(1));
  for (sync::Lsn lsn = 1; lsn <= 4; ++lsn) {
    ASSERT_TRUE(witness->reach(lsn));
    const std::string whole = bytes_of(path);
    damage(lsn % 2 == 0 ? 30 : 512 + 30);
    const sync::Lsn one = reached();
    write_bytes(path, whole);
    damage(lsn % 2 == 0 ? 512 + 30 : 30);
    const sync::Lsn other = reached();
    write_bytes(path, whole);
    EXPECT_EQ(std::max(one, other), lsn);
    EXPECT_EQ(std::min(one, other), lsn - 1);
  }
  damage(30);
  damage(512 + 30);
  const auto damaged = Witness::open(edge::system_files, path, incarnation(1));
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::corrupt);
}

TEST_F(AWitness, SpeaksForOneIncarnation) {
  ASSERT_TRUE(Witness::make(edge::system_files, path, incarnation(1)));
  const auto other = Witness::open(edge::system_files, path, incarnation(2));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::corrupt);
  EXPECT_NE(other.error().detail.find(path), std::string::npos);
}

}  // namespace
}  // namespace skerry::tests
