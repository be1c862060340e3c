// Every short history of every kind shows, at each step, what the naive specification says.  `make faults` puts the
// rows that this prints into docs/testing.md.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/crdt/walks.h"

namespace skerry::crdt {
namespace {

class EveryShortHistory : public testing::TestWithParam<Walk> {};

TEST_P(EveryShortHistory, ShowsWhatTheSpecificationSays) {
  const Found found = walk_all(GetParam());
  EXPECT_EQ(found.story, "") << "after " << found.histories << " histories";
  std::printf("| `%s` | %zu | %d | %llu |\n", GetParam().name, GetParam().alphabet.size(), GetParam().commands,
              static_cast<unsigned long long>(found.histories));
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
