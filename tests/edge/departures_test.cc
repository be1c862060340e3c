#include "edge/departures.h"

#include <gtest/gtest.h>

#include <string>

namespace skerry::edge {
namespace {

using sync::Frame;
using sync::Held;

class Leaving : public testing::Test {
 protected:
  void hold_frame(sync::Lsn lsn, std::string bytes) {
    std::vector<Held<Frame>> frames;
    frames.emplace_back(lsn, Frame{{1}, {}, std::move(bytes)});
    departures.hold(std::move(frames));
  }
  void hold_answer(sync::Lsn lsn, std::string name) {
    departures.hold(lsn, [this, name] { left += name; });
  }
  void release(sync::Lsn lsn) {
    departures.release_frames(lsn, [this](Frame frame) { left += frame.bytes; });
    departures.release_answers(lsn);
  }

  Departures departures;
  std::string left;
};

TEST_F(Leaving, NothingLeavesBeforeItsLsn) {
  hold_frame(2, "f");
  hold_answer(2, "a");
  release(1);
  EXPECT_EQ(left, "");
  EXPECT_TRUE(departures.frames_wait());
  EXPECT_EQ(departures.answers_waiting(), 1u);
  release(2);
  EXPECT_EQ(left, "fa");
  EXPECT_FALSE(departures.frames_wait());
  EXPECT_EQ(departures.answers_waiting(), 0u);
}

TEST_F(Leaving, FramesKeepTheOrderInWhichTheyWereMade) {
  hold_frame(1, "a");
  hold_frame(3, "b");
  hold_frame(2, "c");
  hold_frame(4, "d");
  release(2);
  EXPECT_EQ(left, "a");
  release(3);
  EXPECT_EQ(left, "abc");
  release(9);
  EXPECT_EQ(left, "abcd");
}

TEST_F(Leaving, AnswersGoByLsnThenByCall) {
  hold_answer(5, "e");
  hold_answer(2, "b");
  hold_answer(5, "f");
  hold_answer(2, "c");
  hold_answer(0, "a");
  hold_answer(4, "d");
  release(2);
  EXPECT_EQ(left, "abc");
  release(5);
  EXPECT_EQ(left, "abcdef");
}

TEST_F(Leaving, AnAnswerThatWaitsAgainIsNotCalledTwiceInOneRelease) {
  departures.hold(1, [this] {
    left += "first ";
    hold_answer(1, "again");
  });
  release(1);
  EXPECT_EQ(left, "first ");
  release(1);
  EXPECT_EQ(left, "first again");
}

TEST_F(Leaving, FramesForNobodyAreDropped) {
  hold_frame(1, "f");
  departures.release_frames(1, {});
  EXPECT_FALSE(departures.frames_wait());
}

}  // namespace
}  // namespace skerry::edge
