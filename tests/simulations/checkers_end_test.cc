#include <gtest/gtest.h>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

class CheckersEnd : public testing::Test {
 protected:
  void SetUp() override {
    world.start();
    pass(5s);
    world.perform(operation({}, 0, {{.verb = Verb::increment, .key = "k", .amount = 3}}));
  }
  void pass(Duration time) { world.run_until(world.timeline().now() + time); }
  Checkers& checkers() { return world.checkers(core::Space{}); }

  World world{quiet_plan(2)};
};

TEST_F(CheckersEnd, AReplicaThatHasNotHeardDisagrees) {
  EXPECT_FALSE(checkers().agree());
  pass(5s);
  EXPECT_TRUE(checkers().agree()) << checkers().disagreement();
  world.network().cut({0, 1});
  world.perform(operation({}, 0, {{.verb = Verb::increment, .key = "k", .amount = 4}}));
  pass(1s);
  EXPECT_FALSE(checkers().agree());
  EXPECT_NE(checkers().disagreement(), "");
}

TEST_F(CheckersEnd, WhatAgreesHolds) {
  pass(5s);
  Trace trace;
  checkers().check_end(trace);
  EXPECT_FALSE(checkers().violation());
  EXPECT_NE(trace.value(), Trace().value());
}

TEST_F(CheckersEnd, EqualCellsWithAnotherValueThanPromisedAreFound) {
  pass(5s);
  // A command that the checkers are told of and the replicas are not.
  checkers().batch_begins(0);
  checkers().answered(0, {.verb = Verb::increment, .key = "k", .amount = 4}, std::string("7"));
  Trace trace;
  checkers().check_end(trace);
  ASSERT_TRUE(checkers().violation());
  EXPECT_EQ(checkers().violation()->what, "host 0: clients see k as (string, =3), and were promised (string, =7)");
}

TEST_F(CheckersEnd, ATapReadsWhatLeaves) {
  pass(5s);
  sync::Encoder encoder;
  sync::State ahead;
  ahead.context.add({world.host(1).id(), 99});
  checkers().tap(0, {1'000});
  const auto frames = encoder.encode(ahead);
  ASSERT_TRUE(frames.has_value());
  for (const core::Bytes& frame : *frames) {
    checkers().leaving(0, {999}, frame);
    EXPECT_FALSE(checkers().violation()) << "nobody listens there";
    checkers().leaving(0, {1'000}, frame);
  }
  ASSERT_TRUE(checkers().violation());
  EXPECT_EQ(checkers().violation()->what,
            "host 0: a message leaves whose context holds events that are not on its disk");
}

}  // namespace
}  // namespace skerry::simulations
