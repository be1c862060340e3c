#include "simulations/timeline.h"

#include <gtest/gtest.h>

#include <string>

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

class TimelineTest : public testing::Test {
 protected:
  void at(Duration wait, const std::string& word) {
    timeline.after(wait, [this, word] { said += word; });
  }
  void run() {
    while (timeline.next_at() != core::never) timeline.step();
  }

  Timeline timeline;
  std::string said;
};

TEST_F(TimelineTest, GoesFromOneDueTimeToTheNext) {
  at(3h, "c");
  at(1ms, "a");
  at(2s, "b");
  const Instant begin = timeline.now();
  run();
  EXPECT_EQ(said, "abc");
  EXPECT_EQ(timeline.now(), begin + 3h);
  EXPECT_EQ(timeline.steps(), 3u);
}

TEST_F(TimelineTest, WhatIsDueAtOneInstantHappensInTheOrderOfAsking) {
  for (const char letter : std::string("abcdefgh")) at(1s, std::string(1, letter));
  run();
  EXPECT_EQ(said, "abcdefgh");
}

TEST_F(TimelineTest, SoonIsAfterAllThatWasDueAlready) {
  timeline.after(1s, [this] {
    said += "a";
    timeline.soon([this] { said += "c"; });
  });
  at(1s, "b");
  run();
  EXPECT_EQ(said, "abc");
}

TEST_F(TimelineTest, ThePastMeansNow) {
  at(1s, "a");
  run();
  timeline.at(Instant{}, [this] { said += "b"; });
  EXPECT_EQ(timeline.next_at(), timeline.now());
  run();
  EXPECT_EQ(said, "ab");
}

TEST_F(TimelineTest, PassesTimeInWhichNothingHappens) {
  at(2s, "a");
  const Instant begin = timeline.now();
  timeline.pass_to(begin + 1s);
  at(500ms, "b");
  run();
  EXPECT_EQ(said, "ba");
}

}  // namespace
}  // namespace skerry::simulations
