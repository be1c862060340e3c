#include "edge/sorted_set_range.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

TEST(ScoreRange, EndsMayBeExcludedOrInfinite) {
  const auto range = parse_score_range("(1", "2.5");
  ASSERT_TRUE(range.has_value());
  EXPECT_TRUE(range->below(1) && range->below(0.5) && !range->below(1.01));
  EXPECT_TRUE(!range->above(2.5) && range->above(2.6));
  const auto all = parse_score_range("-inf", "+inf");
  ASSERT_TRUE(all.has_value());
  EXPECT_FALSE(all->below(-1e308) || all->above(1e308));
  EXPECT_FALSE(parse_score_range("x", "1").has_value());
  EXPECT_FALSE(parse_score_range("1", "nan").has_value());
}

TEST(NameRange, EndsAreNamesOrTheLowestOrTheHighest) {
  const auto range = parse_name_range("[b", "(d");
  ASSERT_TRUE(range.has_value());
  EXPECT_TRUE(range->below("a") && !range->below("b") && !range->below("c"));
  EXPECT_TRUE(range->above("d") && !range->above("c"));
  const auto all = parse_name_range("-", "+");
  EXPECT_FALSE(all->below("") || all->above("\xff"));
  const auto none = parse_name_range("+", "-");
  EXPECT_TRUE(none->below("a") && none->above("a"));
  for (const BytesView word : {"", "b", "+x", "-x"}) EXPECT_FALSE(parse_name_range(word, "+").has_value()) << word;
}

}  // namespace
}  // namespace skerry::edge
