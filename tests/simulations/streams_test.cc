#include "simulations/streams.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

TEST(Streams, OneNameGivesTheSameNumbersHoweverMuchOthersWereUsed) {
  const Streams streams(7);
  core::Random network = streams.stream("network");
  for (int i = 0; i < 100; ++i) network.next();
  core::Random disk = streams.stream("disk");
  EXPECT_EQ(disk.next(), Streams(7).stream("disk").next());
}

TEST(Streams, NamesIndexesAndSeedsAllMatter) {
  const std::uint64_t number = Streams(7).stream("disk", 0).next();
  EXPECT_NE(Streams(7).stream("disk", 1).next(), number);
  EXPECT_NE(Streams(7).stream("dusk", 0).next(), number);
  EXPECT_NE(Streams(8).stream("disk", 0).next(), number);
}

}  // namespace
}  // namespace skerry::simulations
