#include "simulations/scenario/cloud_regions.h"

#include <gtest/gtest.h>

namespace skerry::simulations::scenario {
namespace {

using namespace std::chrono_literals;

TEST(CloudRegions, AreManyAndNamedOnce) {
  const auto names = cloud_region_names();
  EXPECT_GE(names.size(), 12u);
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_TRUE(is_cloud_region(names[i]));
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(names[i], names[j]);
  }
  EXPECT_FALSE(is_cloud_region("atlantis-1"));
}

TEST(CloudRegions, AreAsFarOneWayAsTheOther) {
  EXPECT_EQ(cloud_delay("us-east-1", "eu-west-1"), 35'250us);
  EXPECT_EQ(cloud_delay("eu-west-1", "us-east-1"), 35'250us);
  EXPECT_EQ(cloud_delay("eu-west-1", "eu-west-1"), within_region);
}

// Light in fibre needs 5 us a kilometre, and no two regions are further apart than half of the Earth's circumference;
// a row that slipped by one column would have neighbours across an ocean.
TEST(CloudRegions, HaveDelaysOfThisPlanet) {
  const auto names = cloud_region_names();
  for (const auto one : names) {
    for (const auto other : names) {
      if (one == other) continue;
      EXPECT_GE(cloud_delay(one, other), 3ms) << one << " " << other;
      EXPECT_LE(cloud_delay(one, other), 250ms) << one << " " << other;
      const auto continent = [](core::BytesView name) { return name.substr(0, 3); };
      if (continent(one) == "eu-" && continent(other) == "eu-") {
        EXPECT_LE(cloud_delay(one, other), 20ms) << one << " " << other;
      }
      if (continent(one) == "ap-" && (continent(other) == "eu-" || continent(other) == "us-")) {
        EXPECT_GE(cloud_delay(one, other), 45ms) << one << " " << other;
      }
    }
  }
}

}  // namespace
}  // namespace skerry::simulations::scenario
