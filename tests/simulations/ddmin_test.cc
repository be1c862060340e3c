#include "simulations/ddmin.h"

#include <gtest/gtest.h>

#include <numeric>

namespace skerry::simulations {
namespace {

std::vector<int> numbers_to(int limit) {
  std::vector<int> numbers(static_cast<std::size_t>(limit));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

bool holds(const std::vector<int>& items, int item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

TEST(Ddmin, LeavesWhatIsNeeded) {
  int asked = 0;
  const auto happens = [&asked](const std::vector<int>& items) {
    ++asked;
    return holds(items, 3) && holds(items, 500) && holds(items, 999);
  };
  EXPECT_EQ(ddmin(numbers_to(1'000), happens), (std::vector<int>{3, 500, 999}));
  EXPECT_LT(asked, 120);
}

TEST(Ddmin, LeavesNothingWhereNothingIsNeeded) {
  EXPECT_EQ(ddmin(numbers_to(10), [](const auto&) { return true; }), std::vector<int>{});
  EXPECT_EQ(ddmin(std::vector<int>{}, [](const auto&) { return true; }), std::vector<int>{});
}

TEST(Ddmin, LeavesAllWhereAllIsNeeded) {
  const auto all = numbers_to(7);
  EXPECT_EQ(ddmin(all, [&](const std::vector<int>& items) { return items == all; }), all);
}

// It happens with any even number of items but none: no single one can be left out, though two could.
TEST(Ddmin, NoSingleItemCanBeLeftOut) {
  const auto happens = [](const std::vector<int>& items) { return !items.empty() && items.size() % 2 == 0; };
  const std::vector<int> left = ddmin(numbers_to(100), happens);
  EXPECT_TRUE(happens(left));
  for (const int item : left) {
    std::vector<int> fewer = left;
    std::erase(fewer, item);
    EXPECT_FALSE(happens(fewer));
  }
}

TEST(Ddmin, EndsSoonOnceNothingHappensAnyMore) {
  int asked = 0;
  ddmin(numbers_to(1'000), [&asked](const auto& items) { return ++asked < 3 && items.size() >= 500; });
  EXPECT_LT(asked, 2'100);
}

}  // namespace
}  // namespace skerry::simulations
