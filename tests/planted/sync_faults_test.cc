// Each fault planted in how chunks are made and applied, one at a time, is noticed by a schedule that is written down
// (tests/sync/schedules.h).  Random walks notice as well, some faults hardly ever.  `make faults` puts the rows that
// this prints into docs/testing.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "sync/fault.h"
#include "tests/planted/page.h"
#include "tests/sync/schedules.h"
#include "tests/sync/walk.h"

namespace skerry::sync {
namespace {

struct Planted {
  Fault fault;
  const char* name;
  const char* what;
};

// The compiler refuses a fault without a row.
std::optional<Planted> row_of(Fault fault) {
  const auto row = [fault](const char* name, const char* what) { return Planted{fault, name, what}; };
  switch (fault) {
    case Fault::none:
      return std::nullopt;
    case Fault::covers_all_seen:
      return row("covers_all_seen", "a chunk claims everything its sender has seen");
    case Fault::covers_own_only:
      return row("covers_own_only", "the rest of the log at the carried addresses is not covered");
    case Fault::judges_by_covers:
      return row("judges_by_covers", "cells are joined by what the chunk covers, not by what its sender had seen");
    case Fault::ranges_not_carried:
      return row("ranges_not_carried", "a later removal of a carried cell's key stays behind");
    case Fault::range_without_context:
      return row("range_without_context", "a carried removal covers itself, not the entries its context holds");
    case Fault::range_applied_with_seen:
      return row("range_applied_with_seen", "a removal drops all its sender has seen, not what it had seen itself");
    case Fault::no_base_check:
      return row("no_base_check", "chunks are applied whatever the receiver lacks");
    case Fault::base_is_empty:
      return row("base_is_empty", "the sender claims that its chunk stands on nothing");
    case Fault::covered_not_logged:
      return row("covered_not_logged", "covered events advance the context, yet not the log");
    case Fault::removal_mints_no_dot:
      return row("removal_mints_no_dot", "a removal is applied here and told to nobody");
    case Fault::seen_before_cells:
      return row("seen_before_cells", "`seen` is sampled an instant before the cells");
    case Fault::seen_after_cells:
      return row("seen_after_cells", "`seen` is sampled an instant after the cells");
    case Fault::cells_without_context:
      return row("cells_without_context", "torn: the cells are applied, context and log are not");
    case Fault::context_without_cells:
      return row("context_without_cells", "torn the other way");
    case Fault::known_moved_by_sending:
      return row("known_moved_by_sending", "what was sent is taken for known");
    case Fault::leaves_before_durable:
      return row("leaves_before_durable", "frames do not wait for the disk");
    case Fault::session_loss_ignored:
      return row("session_loss_ignored", "what was left to an origin is not brought when the peer loses it");
  }
  return std::nullopt;
}

std::vector<Planted> all_planted() {
  std::vector<Planted> all;
  for (int number = 1;; ++number) {
    const auto row = row_of(static_cast<Fault>(number));
    if (!row) return all;
    all.push_back(*row);
  }
}

struct Found {
  std::vector<std::string> schedules;  // the directed ones that notice
  int walks = 0;                       // how many random ones notice
  std::uint64_t first = 0;             // the first seed
  std::string what;                    // what it saw
};

constexpr std::uint64_t seeds = 600;

WalkOptions options_of(std::uint64_t seed) {
  WalkOptions options;
  options.seed = seed;
  options.replicas = 3 + seed % 2;
  options.steps = 120;
  options.topology = seed % 5 == 0 ? Topology::line : Topology::mesh;
  if (seed % 3 == 0) options.aims.events = 1 + seed % 4;
  return options;
}

bool notices(const Schedule& schedule) {
  for (const std::size_t events : {chunk_events_aim, std::size_t{1}}) {
    Cluster::Options options;
    options.aims.events = events;
    Cluster cluster(options);
    schedule.run(cluster);
    if (cluster.violation()) return true;
  }
  return false;
}

Found find(Fault fault) {
  planted_fault = fault;
  Found found;
  for (const Schedule& schedule : schedules()) {
    if (notices(schedule)) found.schedules.emplace_back(schedule.name);
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

// A few by name, the others as a number.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 3;
  std::string text = names.empty() ? "none" : "";
  for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) text += (i == 0 ? "`" : ", `") + names[i] + "`";
  return names.size() <= shown ? text : text + " and " + std::to_string(names.size() - shown) + " more";
}

class StreamFault : public testing::TestWithParam<Planted> {};

TEST_P(StreamFault, IsNoticed) {
  const Found found = find(GetParam().fault);
  const std::string first = found.walks > 0 ? std::to_string(found.first) : "-";
  std::printf("| `%s` | %s | %d of %d | %s | %s |\n", GetParam().name, GetParam().what, found.walks,
              static_cast<int>(seeds), first.c_str(), listed(found.schedules).c_str());
  // What a removal holds stands before it in the log, so a chunk that does not cover it stands on it: the receiver
  // waits for it instead.  Only the wait is lost.
  const bool is_harmless = GetParam().fault == Fault::range_without_context;
  EXPECT_EQ(found.schedules.empty(), is_harmless) << listed(found.schedules);
  EXPECT_TRUE(found.walks == 0 || !is_harmless) << "seed " << found.first << ": " << found.what;
}

INSTANTIATE_TEST_SUITE_P(Planted, StreamFault, testing::ValuesIn(all_planted()),
                         [](const auto& tested) { return tested.param.name; });

TEST(StreamFaultsOnThePage, AreAllThereAre) {
  std::vector<std::string> names;
  for (const Planted& planted_one : all_planted()) names.emplace_back(planted_one.name);
  EXPECT_EQ(faults_on_the_page("stream faults"), names) << "run `make faults`";
}

// The same program notices nothing when nothing is planted.
TEST(NoStreamFault, IsNoticed) {
  const Found found = find(Fault::none);
  EXPECT_EQ(found.walks, 0) << "seed " << found.first << ": " << found.what;
  EXPECT_TRUE(found.schedules.empty()) << listed(found.schedules);
}

}  // namespace
}  // namespace skerry::sync
