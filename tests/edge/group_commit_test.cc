#include "edge/group_commit.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant start{1s};

// A commit of `group` as the node makes it: so many clients join, it runs, and their answers leave while `others` wait.
void serve(GroupCommit& group, std::size_t clients, std::size_t others) {
  for (std::size_t i = 0; i < clients; ++i) group.joined();
  group.begun();
  group.answered(clients, others);
}

TEST(GroupCommitTest, AClientThatIsAloneWaitsForNobody) {
  GroupCommit group;
  group.joined();
  EXPECT_FALSE(group.gathers(start));
  serve(group, 1, 0);
  group.joined();
  EXPECT_FALSE(group.gathers(start));
  EXPECT_EQ(group.until(), core::never);
}

TEST(GroupCommitTest, HalfOfThoseWhoAreServedMakeACommit) {
  GroupCommit group;
  serve(group, 6, 3);
  for (int i = 0; i < 4; ++i) {
    group.joined();
    EXPECT_TRUE(group.gathers(start)) << i;
  }
  group.joined();
  EXPECT_FALSE(group.gathers(start));
}

TEST(GroupCommitTest, NobodyWaitsLongForOthers) {
  GroupCommit group;
  serve(group, 50, 0);
  group.joined();
  EXPECT_TRUE(group.gathers(start));
  EXPECT_EQ(group.until(), start + GroupCommit::gather_max);
  group.joined();
  EXPECT_TRUE(group.gathers(start + GroupCommit::gather_max - 1ns)) << "the second has not begun the wait anew";
  EXPECT_FALSE(group.gathers(start + GroupCommit::gather_max));
  // Those who have gone are missed once.
  group.begun();
  EXPECT_EQ(group.until(), core::never);
  group.answered(2, 0);
  group.joined();
  EXPECT_FALSE(group.gathers(start + 1s));
}

TEST(GroupCommitTest, WithoutClientsNothingWaits) {
  GroupCommit group;
  serve(group, 50, 0);
  EXPECT_FALSE(group.gathers(start));
}

TEST(GroupCommitTest, APeerWaitsForNobody) {
  GroupCommit group;
  serve(group, 50, 0);
  group.joined();
  group.hurry();
  EXPECT_FALSE(group.gathers(start));
  group.begun();
  group.joined();
  EXPECT_TRUE(group.gathers(start)) << "only that once";
}

TEST(GroupCommitTest, WhenNobodyWasAnsweredTheGroupStaysAsItWas) {
  GroupCommit group;
  serve(group, 8, 0);
  group.answered(0, 1);
  group.joined();
  EXPECT_TRUE(group.gathers(start));
}

}  // namespace
}  // namespace skerry::edge
