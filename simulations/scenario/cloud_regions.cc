// Round-trip times between regions of Amazon's cloud, in tenths of a millisecond: averages of pings as measured in June
// 2020 and published with the artefacts of Enes, Baquero, Gotsman, Sutra: Efficient Replication via Timestamp Stability
// (EuroSys 2021), https://github.com/vitorenesduarte/fantoch, folder latency_aws.  One pair is not in that measurement:
// me-south-1 and af-south-1 are from an undated one in the same folder, which shows mostly longer times where both
// have a pair.  Who needs other figures gives a scenario links of its own.
#include "simulations/scenario/cloud_regions.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/ensure.h"

namespace skerry::simulations::scenario {

namespace {

constexpr std::size_t region_count = 19;

struct Region {
  core::BytesView name;
  core::BytesView place;
  std::array<std::int16_t, region_count> round_trip;  // to those before it
};

constexpr std::array<Region, region_count> regions = {{
    {"us-east-1", "N. Virginia", {}},
    {"us-east-2", "Ohio", {105}},
    {"us-west-1", "N. California", {599, 506}},
    {"us-west-2", "Oregon", {725, 486, 211}},
    {"ca-central-1", "Montréal", {151, 241, 784, 660}},
    {"sa-east-1", "São Paulo", {1130, 1247, 1902, 1803, 1239}},
    {"eu-west-1", "Ireland", {705, 848, 1412, 1273, 724, 1836}},
    {"eu-west-2", "London", {765, 858, 1366, 1452, 889, 1942, 105}},
    {"eu-west-3", "Paris", {782, 881, 1377, 1503, 921, 1959, 168, 78}},
    {"eu-central-1", "Frankfurt", {856, 961, 1456, 1576, 995, 2031, 238, 147, 89}},
    {"eu-south-1", "Milan", {941, 1035, 1532, 1715, 1077, 2116, 316, 239, 172, 96}},
    {"eu-north-1", "Stockholm", {1050, 1132, 1629, 1571, 1142, 2172, 356, 267, 282, 200, 299}},
    {"me-south-1", "Bahrain", {1933, 2033, 2526, 2600, 2073, 3111, 1320, 1228, 1166, 1220, 1292, 1425}},
    {"af-south-1", "Cape Town", {2155, 2257, 2758, 2718, 2239, 3293, 1506, 1425, 1475, 1992, 1904, 1657, 3057}},
    {"ap-south-1", "Mumbai", {1818, 1894, 2311, 2232, 1966, 2994, 1182, 1134, 1068, 1115, 1018, 1311, 347, 2916}},
    {"ap-southeast-1",
     "Singapore",
     {2358, 2201, 1813, 1627, 2213, 3381, 1866, 1703, 1709, 1780, 1593, 1955, 912, 3574, 631}},
    {"ap-southeast-2",
     "Sydney",
     {1980, 1879, 1371, 1385, 1957, 3088, 2537, 2738, 2726, 2819, 2880, 2948, 1774, 4129, 1433, 905}},
    {"ap-northeast-1",
     "Tokyo",
     {1524, 1555, 1117, 1009, 1548, 2679, 2044, 2092, 2436, 2439, 2331, 2653, 1710, 3829, 1367, 770, 1041}},
    {"ap-east-1",
     "Hong Kong",
     {2132, 2043, 1549, 1447, 2024, 3151, 2204, 2110, 1996, 2026, 1932, 2306, 1266, 3829, 982, 350, 1276, 512}},
}};

constexpr std::size_t position_of(core::BytesView name) {
  const auto found = std::find_if(regions.begin(), regions.end(), [&](const Region& one) { return one.name == name; });
  return static_cast<std::size_t>(found - regions.begin());
}

}  // namespace

bool is_cloud_region(core::BytesView name) {
  return position_of(name) < region_count;
}

std::vector<core::BytesView> cloud_region_names() {
  std::vector<core::BytesView> names;
  for (const Region& region : regions) names.push_back(region.name);
  return names;
}

core::Duration cloud_delay(core::BytesView one, core::BytesView other) {
  const std::size_t first = position_of(one);
  const std::size_t second = position_of(other);
  core::ensure(first < region_count);
  core::ensure(second < region_count);
  if (first == second) return within_region;
  const std::int64_t tenths = regions[std::max(first, second)].round_trip[std::min(first, second)];
  return std::chrono::microseconds(tenths * 100 / 2);
}

}  // namespace skerry::simulations::scenario
