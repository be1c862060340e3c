// Every short history of every kind shows, at each step, what the naive specification says.
#include <gtest/gtest.h>

#include "tests/crdt/walks.h"

namespace skerry::crdt {
namespace {

class EveryShortHistory : public testing::TestWithParam<Walk> {};

TEST_P(EveryShortHistory, ShowsWhatTheSpecificationSays) {
  const Found found = walk_all(GetParam());
  EXPECT_EQ(found.story, "") << "after " << found.histories << " histories";
  RecordProperty("histories", std::to_string(found.histories));
}

INSTANTIATE_TEST_SUITE_P(Of, EveryShortHistory, testing::ValuesIn(walks()),
                         [](const auto& of) { return std::string(of.param.name); });

// Some thousand long ones: three replicas, every verb, deadlines that pass.
TEST(LongHistories, ShowWhatTheSpecificationSays) {
  for (std::uint64_t seed = 1; seed <= 6000; ++seed) {
    const History history = long_history(seed, 40);
    ASSERT_TRUE(history.good()) << "seed " << seed << ": " << history.story();
  }
}

}  // namespace
}  // namespace skerry::crdt
