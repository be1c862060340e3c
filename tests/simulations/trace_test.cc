#include "simulations/trace.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

std::uint64_t of(std::initializer_list<core::BytesView> words) {
  Trace trace;
  for (const core::BytesView word : words) trace.add(word);
  return trace.value();
}

TEST(Trace, OrderAndBoundariesMatter) {
  EXPECT_EQ(of({"one", "two"}), of({"one", "two"}));
  EXPECT_NE(of({"one", "two"}), of({"two", "one"}));
  EXPECT_NE(of({"one", "two"}), of({"onet", "wo"}));
  EXPECT_NE(of({"one"}), of({"one", ""}));
  EXPECT_NE(of({"a longer text than one word"}), of({"a longer text than one ward"}));
}

// The same on every machine and with every compiler: this number was written down once.
TEST(Trace, IsTheSameEverywhere) {
  EXPECT_EQ(of({"skerry", "a longer text than one word"}), 11944359237994889075u);
}

}  // namespace
}  // namespace skerry::simulations
