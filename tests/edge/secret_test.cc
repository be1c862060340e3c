#include "edge/secret.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace skerry::edge {
namespace {

static_assert(!std::is_copy_constructible_v<SecretKey> && !std::is_copy_assignable_v<SecretKey>);
static_assert(std::is_nothrow_move_constructible_v<SecretKey>);
static_assert(!std::is_copy_constructible_v<Wiped<32>>);

const core::Bytes sample(32, 'k');

TEST(Secret, IsNothingUntilGivenBytes) {
  SecretKey secret;
  EXPECT_TRUE(secret.empty());
  secret = SecretKey::of(sample);
  EXPECT_EQ(secret.view(), sample);
  secret.clear();
  EXPECT_TRUE(secret.empty());
}

TEST(Secret, MovesAndLeavesNothing) {
  SecretKey secret = SecretKey::of(sample);
  const SecretKey moved = std::move(secret);
  EXPECT_TRUE(secret.empty());  // NOLINT: what a move leaves is what is tested
  EXPECT_EQ(moved.view(), sample);
}

TEST(Secret, IsCopiedOnlyInWords) {
  const SecretKey secret = SecretKey::of(sample);
  const SecretKey copy = secret.copy();
  EXPECT_EQ(copy.view(), secret.view());
  EXPECT_NE(copy.data(), secret.data());
}

using SecretDeathTest = testing::Test;

TEST(SecretDeathTest, TakesOnlyItsSize) {
  EXPECT_DEATH(SecretKey::of("short"), "");
}
TEST(SecretDeathTest, DoesNotShowNothing) {
  EXPECT_DEATH(SecretKey().view(), "");
}

// The page behind a secret belongs to nobody, so that an overrun of a neighbouring buffer ends the process instead of
// reading it.
TEST(SecretDeathTest, HasAGuardBehindIt) {
  const SecretKey secret = SecretKey::of(sample);
  const volatile std::uint8_t* data = secret.data();
  EXPECT_DEATH(static_cast<void>(data[SecretKey::size]), "");
}

TEST(Wiped, IsWipedWhenItMoves) {
  Wiped<4> bytes;
  bytes.bytes = {1, 2, 3, 4};
  const Wiped<4> moved = std::move(bytes);
  EXPECT_EQ(moved.view(), core::BytesView("\1\2\3\4", 4));
  EXPECT_EQ(bytes.view(), core::BytesView("\0\0\0\0", 4));  // NOLINT: what a move leaves is what is tested
}

TEST(Wiped, IsWipedAtItsEnd) {
  alignas(Wiped<32>) unsigned char storage[sizeof(Wiped<32>)];
  auto* bytes = new (storage) Wiped<32>;
  bytes->bytes.fill(7);
  bytes->~Wiped();
  for (const unsigned char byte : storage) EXPECT_EQ(byte, 0);
}

TEST(EqualInConstantTime, ComparesSizeAndBytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace skerry::edge
