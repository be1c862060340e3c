#include "edge/sync_pace.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

void take(SyncPace& pace, unsigned commits, core::Duration each) {
  for (unsigned i = 0; i < commits; ++i) pace.took(each);
}

TEST(SyncPace, IsSlowUntilShownOtherwise) {
  SyncPace pace;
  EXPECT_FALSE(pace.quick());
  take(pace, SyncPace::trial - 1, SyncPace::quick_max);
  EXPECT_FALSE(pace.quick());
  take(pace, 1, SyncPace::quick_max);
  EXPECT_TRUE(pace.quick());
}

TEST(SyncPace, OneSlowCommitBeginsTheTrialAnew) {
  SyncPace pace;
  take(pace, 1000, 100us);
  EXPECT_TRUE(pace.quick());
  take(pace, 1, SyncPace::quick_max + 1ns);
  EXPECT_FALSE(pace.quick());
  take(pace, SyncPace::trial - 1, 100us);
  EXPECT_FALSE(pace.quick());
  take(pace, 1, 100us);
  EXPECT_TRUE(pace.quick());
}

}  // namespace
}  // namespace skerry::edge
