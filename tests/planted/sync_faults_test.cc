// The stream's sources built with faults that can be chosen (sync/planted_fault.h): does anything notice?
// docs/testing.md has the table that this prints.
#include <gtest/gtest.h>

#include "sync/planted_fault.h"
#include "tests/sync/schedules.h"
#include "tests/sync/walk.h"

namespace skerry::sync {

Fault planted_fault = Fault::none;

namespace {

struct Found {
  std::string schedules;    // the directed ones that notice
  int walks = 0;            // of how many random ones that notice
  std::uint64_t first = 0;  // the first seed
  std::string what;         // what it saw
};

constexpr std::uint64_t seeds = 200;

WalkOptions options_of(std::uint64_t seed) {
  WalkOptions options;
  options.seed = seed;
  options.replicas = 3 + seed % 2;
  options.steps = 120;
  options.topology = seed % 5 == 0 ? Topology::line : Topology::mesh;
  if (seed % 3 == 0) options.aims.events = 1 + seed % 4;
  return options;
}

Found find(Fault fault) {
  planted_fault = fault;
  Found found;
  for (const Schedule& schedule : schedules()) {
    for (const std::size_t events : {chunk_events_aim, std::size_t{1}}) {
      Cluster::Options options;
      options.aims.events = events;
      Cluster cluster(options);
      schedule.run(cluster);
      if (!cluster.violation()) continue;
      found.schedules += std::string(found.schedules.empty() ? "" : ", ") + schedule.name;
      break;
    }
  }
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const WalkResult result = walk(options_of(seed));
    if (!result.violation) continue;
    if (found.walks++ == 0) {
      found.first = seed;
      found.what = *result.violation;
    }
  }
  planted_fault = Fault::none;
  return found;
}

struct Planted {
  Fault fault;
  const char* name;
};

class PlantedFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedFault, IsNoticed) {
  const Found found = find(GetParam().fault);
  std::printf("| %s | %d of %d, first at seed %d | %s | %s |\n", GetParam().name, found.walks, static_cast<int>(seeds),
              static_cast<int>(found.first), found.what.c_str(), found.schedules.c_str());
  EXPECT_GT(found.walks, 0);
}

INSTANTIATE_TEST_SUITE_P(Stream, PlantedFault,
                         testing::Values(Planted{Fault::covers_all_seen, "covers_all_seen"},
                                         Planted{Fault::covers_own_only, "covers_own_only"},
                                         Planted{Fault::judges_by_covers, "judges_by_covers"},
                                         Planted{Fault::ranges_not_carried, "ranges_not_carried"},
                                         Planted{Fault::range_applied_with_seen, "range_applied_with_seen"},
                                         Planted{Fault::no_base_check, "no_base_check"},
                                         Planted{Fault::base_is_empty, "base_is_empty"},
                                         Planted{Fault::covered_not_logged, "covered_not_logged"},
                                         Planted{Fault::removal_mints_no_dot, "removal_mints_no_dot"},
                                         Planted{Fault::seen_before_cells, "seen_before_cells"},
                                         Planted{Fault::seen_after_cells, "seen_after_cells"},
                                         Planted{Fault::cells_without_context, "cells_without_context"},
                                         Planted{Fault::context_without_cells, "context_without_cells"},
                                         Planted{Fault::known_moved_by_sending, "known_moved_by_sending"},
                                         Planted{Fault::leaves_before_durable, "leaves_before_durable"},
                                         Planted{Fault::session_loss_ignored, "session_loss_ignored"}),
                         [](const auto& tested) { return tested.param.name; });

// What a removal holds stands before it in the log, so a chunk that does not cover it stands on it: the receiver waits
// for it instead.  Only the wait is lost, or won.
TEST(PlantedFault, RangeWithoutContextIsNoFaultWhereBaseIsChecked) {
  const Found found = find(Fault::range_without_context);
  EXPECT_EQ(found.walks, 0) << "seed " << found.first << ": " << found.what;
}

TEST(PlantedFault, NoneIsNoticedWhereThereIsNone) {
  const Found found = find(Fault::none);
  EXPECT_EQ(found.walks, 0) << "seed " << found.first << ": " << found.what;
  EXPECT_EQ(found.schedules, "");
}

}  // namespace
}  // namespace skerry::sync
