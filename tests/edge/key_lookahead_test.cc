#include "edge/key_lookahead.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace skerry::edge {
namespace {

using core::BytesView;

std::vector<std::string> keys_of(BytesView bytes, std::size_t room = 16) {
  std::vector<BytesView> keys(room);
  const Lookahead ahead = keys_ahead(bytes, keys);
  return {keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(ahead.keys)};
}

std::size_t requests_in(BytesView bytes, std::size_t room = 16) {
  std::vector<BytesView> keys(room);
  return keys_ahead(bytes, keys).requests;
}

const std::string get_a = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
const std::string set_b = "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$5\r\nvalue\r\n";
const std::string ping = "*1\r\n$4\r\nPING\r\n";

using Keys = std::vector<std::string>;

TEST(KeyLookahead, TakesTheSecondWordOfEachRequest) {
  EXPECT_EQ(keys_of(get_a + set_b + get_a), (Keys{"a", "b", "a"}));
  EXPECT_EQ(requests_in(get_a + set_b + get_a), 3u);
}

TEST(KeyLookahead, CountsARequestWithoutAKey) {
  EXPECT_EQ(keys_of(get_a + ping + set_b), (Keys{"a", "b"}));
  EXPECT_EQ(requests_in(get_a + ping + set_b), 3u);
}

TEST(KeyLookahead, LooksNoFurtherThanThereIsRoom) {
  EXPECT_EQ(keys_of(get_a + set_b + get_a, 2), (Keys{"a", "b"}));
  EXPECT_EQ(requests_in(get_a + set_b + get_a, 2), 2u);
}

// Whatever arrives cut off anywhere: only whole requests count, and nothing beyond the bytes is read.
TEST(KeyLookahead, LeavesOutARequestThatIsNotWhole) {
  const std::string all = get_a + set_b;
  for (std::size_t size = 0; size < all.size(); ++size) {
    const std::string cut = all.substr(0, size);
    const std::size_t whole = size < get_a.size() ? 0 : 1;
    EXPECT_EQ(requests_in(cut), whole) << size;
    EXPECT_EQ(keys_of(cut).size(), whole) << size;
  }
}

TEST(KeyLookahead, EndsAtAnythingUnusual) {
  for (const std::string odd :
       {"GET a\r\n", "*-1\r\n", "*x\r\n", "*99999999\r\n$1\r\na\r\n", "*2\r\n$3\r\nGET\r\n:1\r\n", "*1\r\n$9999999\r\n",
        "*2\n$3\nGET\n$1\na\n", "\r\n", "*"}) {
    EXPECT_EQ(keys_of(get_a + odd + set_b), (Keys{"a"})) << odd;
  }
}

TEST(KeyLookahead, DoesNotSkimARequestOfManyWords) {
  std::string many = "*65\r\n";
  for (int i = 0; i < 65; ++i) many += "$1\r\na\r\n";
  EXPECT_EQ(requests_in(get_a + many + get_a), 1u);
}

TEST(KeyLookahead, TakesAnyBytesForAKey) {
  const std::string zero("*2\r\n$3\r\nGET\r\n$3\r\n\0\r\n\r\n", 22);
  EXPECT_EQ(keys_of(zero), (Keys{std::string("\0\r\n", 3)}));
}

}  // namespace
}  // namespace skerry::edge
