#include "sync/log_walk.h"

#include <gtest/gtest.h>

#include "tests/sync/history.h"

namespace skerry::sync {
namespace {

struct ALogOfTwoReplicas : testing::Test {
  ALogOfTwoReplicas() {
    for (const char* name : {"a", "b", "c"}) ours.push_back(history.write(1, History::member("set", name)));
    theirs = history.write(2, History::member("set", "d"));
    ours.push_back(history.write(1, History::member("set", "e")));
  }
  History history;
  std::vector<Dot> ours;
  Dot theirs;
  PeerView view;
  LogWalk walk;
};

TEST_F(ALogOfTwoReplicas, SettlesOverWhatThePeerIsKnownToHave) {
  view.known = context_of({ours[0], ours[1], theirs});
  walk.settle(history.log(), view);
  EXPECT_EQ(walk.settled(), 3u);  // `theirs` comes after ours[2]
  EXPECT_EQ(walk.cursor(), 3u);
  EXPECT_EQ(walk.stands_on(), context_of({ours[0], ours[1]}));
  view.known.add(ours[2]);
  walk.settle(history.log(), view);
  EXPECT_EQ(walk.settled(), 5u);
}

TEST_F(ALogOfTwoReplicas, AdvancingSettlesNothing) {
  walk.settle(history.log(), view);
  walk.advance(history.log(), 4);
  EXPECT_EQ(walk.cursor(), 4u);
  EXPECT_EQ(walk.settled(), 1u);
  EXPECT_EQ(walk.stands_on(), context_of({ours[0], ours[1], ours[2]}));
}

TEST_F(ALogOfTwoReplicas, ARestartGoesBackToWhatIsSettled) {
  view.known = context_of({ours[0]});
  walk.settle(history.log(), view);
  walk.advance(history.log(), history.log().end());
  walk.restart();
  EXPECT_EQ(walk.cursor(), 2u);
  EXPECT_EQ(walk.stands_on(), context_of({ours[0]}));
}

TEST_F(ALogOfTwoReplicas, SettlingCatchesUpWithTheCursorAndPullsItAlong) {
  walk.settle(history.log(), view);
  walk.advance(history.log(), 2);
  view.known = history.context();
  walk.settle(history.log(), view);
  EXPECT_EQ(walk.cursor(), history.log().end());
  EXPECT_EQ(walk.stands_on(), history.context());
}

TEST_F(ALogOfTwoReplicas, LeavesNothingOldToItsOrigin) {
  view.live_sessions = {theirs.replica};
  EXPECT_FALSE(LogWalk::wants(history.log(), 4, view));
  view.old_before = 4;
  EXPECT_FALSE(LogWalk::wants(history.log(), 4, view));
  view.old_before = 5;
  EXPECT_TRUE(LogWalk::wants(history.log(), 4, view));
  view.known = context_of({theirs});
  EXPECT_FALSE(LogWalk::wants(history.log(), 4, view));
}

TEST_F(ALogOfTwoReplicas, LeavesEventsToAnOriginThatThePeerHasASessionWith) {
  EXPECT_TRUE(LogWalk::wants(history.log(), 4, view));
  view.live_sessions = {theirs.replica};
  EXPECT_FALSE(LogWalk::wants(history.log(), 4, view));
  EXPECT_TRUE(LogWalk::wants(history.log(), 1, view));
  view.relays_all = true;
  EXPECT_TRUE(LogWalk::wants(history.log(), 4, view));
  view.known = context_of({theirs});
  EXPECT_FALSE(LogWalk::wants(history.log(), 4, view));
}

TEST_F(ALogOfTwoReplicas, ARunOfUnusedSequencesStandsForAllOfThem) {
  const Dot last = history.unused(1, 100);
  walk.settle(history.log(), view);
  walk.advance(history.log(), history.log().end());
  EXPECT_TRUE(walk.stands_on().contains({last.replica, last.sequence - 99}));
  EXPECT_EQ(walk.stands_on(), history.context());
}

TEST(LogWalk, LooksAtABoundedNumberOfEntries) {
  History history;
  for (std::size_t i = 0; i < LogWalk::entries_a_turn + 10; ++i) history.write(1, History::member("set", "a"));
  PeerView view;
  view.known = history.context();
  LogWalk walk;
  walk.settle(history.log(), view);
  EXPECT_EQ(walk.settled(), LogWalk::entries_a_turn + 1);
  walk.settle(history.log(), view);
  EXPECT_EQ(walk.settled(), history.log().end());
}

}  // namespace
}  // namespace skerry::sync
