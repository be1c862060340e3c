// The checkers find what is done to a replica behind its back.
#include "simulations/checkers.h"

#include <gtest/gtest.h>

#include "crdt/payload.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

class CheckersTest : public testing::Test {
 protected:
  void SetUp() override {
    world.start();
    pass(5s);
    world.perform(operation({}, 0, {{.verb = Verb::set_add, .key = "k", .member = "m"}}));
    pass(1s);
  }
  void pass(Duration time) { world.run_until(world.timeline().now() + time); }
  sync::Keyspace& keyspace(HostIndex host) { return world.host(host).replica().keyspace(); }
  sync::SpaceState& state(HostIndex host) { return keyspace(host).state(space); }
  std::string found(HostIndex host) {
    world.checkers(space).observe(host);
    world.checkers(space).check_all(host);
    const auto& violation = world.checkers(space).violation();
    return violation ? violation->invariant + " " + violation->what : "";
  }
  static core::Bytes address() { return core::encode({space, "k", core::Kind::set, "m"}); }

  static constexpr core::Space space{};
  World world{quiet_plan(2)};
};

TEST_F(CheckersTest, FindNothingWhereNothingIsWrong) {
  EXPECT_EQ(found(0), "");
  EXPECT_EQ(found(1), "");
  EXPECT_EQ(shown(world, 1, {.verb = Verb::get, .key = "k", .member = "m"}), "1");
}

TEST_F(CheckersTest, FindACellThatWasRemovedWithoutAnEvent) {
  core::Bytes prefix;
  core::put_key_prefix(prefix, space, "k");
  ASSERT_TRUE(keyspace(0).apply_range(state(0), prefix, crdt::CausalContext(state(0).context)));
  EXPECT_EQ(found(0), "I3 host 0: a cell is missing that it should hold");
}

TEST_F(CheckersTest, FindACellWithMoreThanItsEvents) {
  crdt::Cell cell;
  const crdt::Dot dot{world.host(1).id(), 77};
  cell.insert(dot, crdt::presence_payload({1}));
  crdt::CausalContext seen;
  seen.add(dot);
  ASSERT_TRUE(keyspace(0).join_cell(state(0), address(), cell, seen, world.host(0).now()));
  EXPECT_EQ(found(0), "I3 host 0: the cell k set m is not what the events it knows make of it");
}

TEST_F(CheckersTest, FindAContextThatKnowsMoreThanItsLog) {
  state(0).context.add({world.host(1).id(), 1});
  EXPECT_EQ(found(0), "I3 host 0: its context is not what its log and floor hold");
}

TEST_F(CheckersTest, FindADotThatNobodyMade) {
  sync::LogEntry entry;
  entry.dot = {world.host(1).id(), 50};
  entry.batch = {50, 1};
  entry.address = address();
  ASSERT_TRUE(keyspace(0).record(state(0), entry));
  EXPECT_EQ(found(0), "I1 host 0: it knows a dot that nobody has made");
}

TEST_F(CheckersTest, FindAnEventThatTravelledBeforeItWasDurable) {
  world.host(0).disk().slow_down(1'000);
  world.perform(operation({}, 0, {{.verb = Verb::set_remove, .key = "k", .member = "m"}}));
  sync::LogEntry entry = state(0).log.at(state(0).log.end() - 1);
  ASSERT_TRUE(keyspace(1).join_cell(state(1), address(), {}, state(0).context, world.host(1).now()));
  ASSERT_TRUE(keyspace(1).record(state(1), entry));
  EXPECT_EQ(found(1).substr(0, 68), "I2 host 1: it knows an event that is not durable with its author: 0:");
}

TEST_F(CheckersTest, FindABatchInPart) {
  world.network().cut({0, 1});
  world.perform(operation(
      {}, 0, {{.verb = Verb::set_add, .key = "a", .member = "m"}, {.verb = Verb::set_add, .key = "b", .member = "m"}}));
  pass(1s);
  const sync::LogEntry entry = state(0).log.at(state(0).log.end() - 2);
  const auto cell = keyspace(0).cell(state(0), entry.address);
  crdt::CausalContext seen;
  seen.add(entry.dot);
  ASSERT_TRUE(keyspace(1).join_cell(state(1), entry.address, *cell, seen, world.host(1).now()));
  ASSERT_TRUE(keyspace(1).record(state(1), entry));
  EXPECT_EQ(found(1).substr(0, 39), "I9 host 1: it knows a batch in part: 0:");
}

TEST_F(CheckersTest, FindAnAcknowledgedWriteThatIsLost) {
  Checkers& checkers = world.checkers(space);
  world.host(0).disk().slow_down(1'000);
  checkers.batch_begins(0);
  const Command command{.verb = Verb::set_remove, .key = "k", .member = "m"};
  world.host(0).transact(
      space, [&](sync::Transaction& transaction) { checkers.answered(0, command, perform(command, transaction)); });
  checkers.acknowledged(0, checkers.batch_ends(0));
  EXPECT_EQ(found(0).substr(0, 56), "I2 host 0: an answer left before its event was durable: ");
}

TEST_F(CheckersTest, FindAWrongAnswer) {
  Checkers& checkers = world.checkers(space);
  checkers.batch_begins(0);
  checkers.answered(0, {.verb = Verb::get, .key = "k"}, std::string("2"));
  checkers.batch_ends(0);
  EXPECT_EQ(found(0), "I7 host 0: GET k was answered 2, and the model says 1");
}

}  // namespace
}  // namespace skerry::simulations
