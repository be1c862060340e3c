#include "simulations/maelstrom/verdict.h"

#include <gtest/gtest.h>

namespace skerry::simulations::maelstrom {
namespace {

TEST(Verdict, SaysWhetherItHoldsInJepsensWords) {
  EXPECT_STREQ(name_of(Valid::yes), "true");
  EXPECT_STREQ(name_of(Valid::no), "false");
  EXPECT_STREQ(name_of(Valid::unknown), "unknown");
}

TEST(Verdict, ListsSomeOfMany) {
  EXPECT_EQ(listed({}, 2), "");
  EXPECT_EQ(listed({"a", "b"}, 2), "a, b");
  EXPECT_EQ(listed({"a", "b", "c", "d"}, 2), "a, b and 2 more");
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
