#include "simulations/scenario/cloud_regions.h"

#include <gtest/gtest.h>

#include <cmath>

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

struct Site {
  core::BytesView region;
  double latitude, longitude;
};
constexpr Site sites[] = {
    {"us-east-1", 39.0, -77.5},      {"us-east-2", 40.0, -83.0},       {"us-west-1", 37.4, -121.9},
    {"us-west-2", 45.8, -119.7},     {"ca-central-1", 45.5, -73.6},    {"sa-east-1", -23.5, -46.6},
    {"eu-west-1", 53.3, -6.3},       {"eu-west-2", 51.5, -0.1},        {"eu-west-3", 48.9, 2.4},
    {"eu-central-1", 50.1, 8.7},     {"eu-south-1", 45.5, 9.2},        {"eu-north-1", 59.3, 18.1},
    {"me-south-1", 26.1, 50.6},      {"af-south-1", -33.9, 18.4},      {"ap-south-1", 19.1, 72.9},
    {"ap-southeast-1", 1.35, 103.8}, {"ap-southeast-2", -33.9, 151.2}, {"ap-northeast-1", 35.7, 139.7},
    {"ap-east-1", 22.3, 114.2},
};

// Along the great circle, in fibre: 200 km in a millisecond.
double light_milliseconds(const Site& one, const Site& other) {
  const auto radians = [](double degrees) { return degrees * 3.14159265358979 / 180; };
  const double latitudes = std::sin(radians(other.latitude - one.latitude) / 2);
  const double longitudes = std::sin(radians(other.longitude - one.longitude) / 2);
  const double half = latitudes * latitudes +
                      std::cos(radians(one.latitude)) * std::cos(radians(other.latitude)) * longitudes * longitudes;
  return 2 * 6'371 * std::asin(std::sqrt(half)) / 200;
}

// No cable is shorter than the great circle, and few are three times as long: a row that slipped by one column would
// show here.  From Cape Town to other continents most go round by Europe.
TEST(CloudRegions, HaveDelaysOfThisPlanet) {
  ASSERT_EQ(std::size(sites), cloud_region_names().size());
  for (const Site& one : sites) {
    for (const Site& other : sites) {
      if (one.region == other.region) continue;
      const double delay = std::chrono::duration<double, std::milli>(cloud_delay(one.region, other.region)).count();
      const double ratio = delay / light_milliseconds(one, other);
      const bool cape_town = one.region == "af-south-1" || other.region == "af-south-1";
      EXPECT_GE(ratio, 1) << one.region << " " << other.region << " " << delay;
      EXPECT_LE(ratio, cape_town ? 5.3 : 3.3) << one.region << " " << other.region << " " << delay;
    }
  }
}

}  // namespace
}  // namespace skerry::simulations::scenario
