#include "simulations/json.h"

#include <gtest/gtest.h>

namespace skerry::simulations::json {
namespace {

TEST(Json, QuotesWhatJsonDoesNotTake) {
  EXPECT_EQ(quoted("plain"), "\"plain\"");
  EXPECT_EQ(quoted("a \"b\" \\ c\n"), "\"a \\\"b\\\" \\\\ c\\u000a\"");
}

TEST(Json, AnObjectKeepsItsOrder) {
  Object object;
  EXPECT_EQ(object.object(), "{}");
  object.add("z", std::uint64_t{7});
  object.add("a", quoted("b"));
  object.add("c", decimal(1.0 / 3));
  EXPECT_EQ(object.object(), "{\"z\":7,\"a\":\"b\",\"c\":0.333}");
}

}  // namespace
}  // namespace skerry::simulations::json
