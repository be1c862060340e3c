#include "simulations/conditions.h"

#include <gtest/gtest.h>

#include <set>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

TEST(Conditions, ComeFromTheSeedAlone) {
  EXPECT_EQ(to_text(draw_conditions(5, 10min)), to_text(draw_conditions(5, 10min)));
  EXPECT_NE(to_text(draw_conditions(5, 10min)), to_text(draw_conditions(6, 10min)));
}

TEST(Conditions, EachClassOfFaultsIsOnInSomeSeedsAndOffInOthers) {
  using Count = std::uint32_t FaultCounts::*;
  const Count counts[] = {&FaultCounts::partitions,  &FaultCounts::cuts,        &FaultCounts::flaps,
                          &FaultCounts::swizzles,    &FaultCounts::slow_paths,  &FaultCounts::crashes,
                          &FaultCounts::storms,      &FaultCounts::pauses,      &FaultCounts::slow_disks,
                          &FaultCounts::sync_errors, &FaultCounts::clock_steps, &FaultCounts::clock_freezes};
  for (const Count count : counts) {
    int on = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) on += draw_conditions(seed, 10min).faults.*count > 0;
    EXPECT_GT(on, 10);
    EXPECT_LT(on, 90);
  }
}

TEST(Conditions, EveryWorldHasHostsThatCanTalkAndSomethingToWrite) {
  std::set<std::size_t> hosts;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Conditions conditions = draw_conditions(seed, 10min);
    hosts.insert(conditions.hosts.size());
    EXPECT_GE(edges_of(conditions).size() + 1, conditions.hosts.size());
    EXPECT_GT(conditions.workload.verb_weights.size(), 0u);
    EXPECT_LE(conditions.network.delay_min, conditions.network.delay_max);
  }
  EXPECT_EQ(hosts, (std::set<std::size_t>{2, 3, 4, 5, 6}));
}

TEST(Conditions, WhoStaysApartIsJoinedByOthers) {
  int apart = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Conditions conditions = draw_conditions(seed, 10min);
    if (!conditions.stay_apart) continue;
    ++apart;
    EXPECT_GE(conditions.hosts.size(), 3u);
    EXPECT_TRUE(conditions.topology == Topology::mesh || conditions.topology == Topology::ring);
    EXPECT_LT(conditions.stay_apart->first, conditions.stay_apart->second);
  }
  EXPECT_GT(apart, 10);
  EXPECT_LT(apart, 190);
}

TEST(Conditions, TopologiesJoinWhomTheySay) {
  Conditions conditions;
  conditions.hosts.resize(4);
  const auto edges = [&](Topology topology) {
    conditions.topology = topology;
    std::set<std::pair<HostIndex, HostIndex>> pairs;
    for (const Edge& edge : edges_of(conditions)) pairs.emplace(edge.first, edge.second);
    return pairs;
  };
  using Pairs = std::set<std::pair<HostIndex, HostIndex>>;
  EXPECT_EQ(edges(Topology::mesh), (Pairs{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}));
  EXPECT_EQ(edges(Topology::line), (Pairs{{0, 1}, {1, 2}, {2, 3}}));
  EXPECT_EQ(edges(Topology::ring), (Pairs{{0, 1}, {1, 2}, {2, 3}, {0, 3}}));
  EXPECT_EQ(edges(Topology::hub), (Pairs{{0, 1}, {0, 2}, {0, 3}}));
}

}  // namespace
}  // namespace skerry::simulations
