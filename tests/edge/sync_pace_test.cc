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
  EXPECT_FALSE(pace.begins(1, 1));
  take(pace, SyncPace::trial - 1, SyncPace::quick_max);
  EXPECT_FALSE(pace.begins(1, 1));
  take(pace, 1, SyncPace::quick_max);
  EXPECT_TRUE(pace.begins(1, 1));
}

TEST(SyncPace, OneSlowCommitBeginsTheTrialAnew) {
  SyncPace pace;
  take(pace, 1000, 100us);
  EXPECT_TRUE(pace.begins(1, 1));
  take(pace, 1, SyncPace::quick_max + 1ns);
  EXPECT_FALSE(pace.begins(1, 1));
  take(pace, SyncPace::trial - 1, 100us);
  EXPECT_FALSE(pace.begins(1, 1));
  take(pace, 1, 100us);
  EXPECT_TRUE(pace.begins(1, 1));
}

TEST(SyncPace, ALargeCommitIsNotForTheLoop) {
  SyncPace pace;
  take(pace, SyncPace::trial, 100us);
  EXPECT_TRUE(pace.begins(SyncPace::bytes_max, 1));
  EXPECT_FALSE(pace.begins(SyncPace::bytes_max + 1, 1));
}

TEST(SyncPace, WhoReadsDoesNotWaitForThoseWhoWrite) {
  SyncPace pace;
  take(pace, SyncPace::trial, 100us);
  EXPECT_TRUE(pace.begins(1, 0)) << "peers alone, and nobody to serve";
  pace.served();
  EXPECT_FALSE(pace.begins(1, SyncPace::waiting_for_each_served - 1));
  pace.served();
  EXPECT_TRUE(pace.begins(1, SyncPace::waiting_for_each_served));
  EXPECT_TRUE(pace.begins(1, 0)) << "the one served before the last commit counts no more";
}

}  // namespace
}  // namespace skerry::edge
