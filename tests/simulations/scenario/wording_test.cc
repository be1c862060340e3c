#include "simulations/scenario/wording.h"

#include <gtest/gtest.h>

namespace skerry::simulations::scenario {
namespace {

TEST(Wording, AListIsReadAsAPersonWritesIt) {
  EXPECT_EQ(any_of({"a"}), "a");
  EXPECT_EQ(any_of({"a", "b", "c"}), "a, b or c");
}

TEST(Wording, AStrangersTextIsShortAndOnOneLine) {
  EXPECT_EQ(in_quotes("a\nb\x1b[2J"), "'a?b?[2J'");
  EXPECT_EQ(printable("abcdef", 3), "abc…");
  EXPECT_LT(in_quotes(std::string(500, 'x')).size(), 80u);
}

}  // namespace
}  // namespace skerry::simulations::scenario
