#include "simulations/operation.h"

#include <gtest/gtest.h>

#include "sync/memory_store.h"
#include "sync/replica.h"

namespace skerry::simulations {
namespace {

using namespace std::chrono_literals;

class OperationTest : public testing::Test {
 protected:
  std::string told(const Command& command) {
    sync::Transaction transaction = replica->begin(core::Space{}, now);
    return perform(command, transaction).value();
  }

  core::Now now{core::Instant{1s}, core::from_unix_milliseconds(1'700'000'000'000)};
  sync::MemoryStore store{sync::MemoryStore::Mode::automatic};
  std::unique_ptr<sync::Replica> replica = std::move(*sync::Replica::load(store, {.self = {{1}}}, now));
};

TEST_F(OperationTest, TellsWhatClientsAreTold) {
  EXPECT_EQ(told({.verb = Verb::set, .key = "a", .value = "5"}), "OK");
  EXPECT_EQ(told({.verb = Verb::increment, .key = "a", .amount = 2}), "7");
  EXPECT_EQ(told({.verb = Verb::get, .key = "a"}), "7");
  EXPECT_EQ(told({.verb = Verb::set_add, .key = "a", .member = "m"}), "WRONGTYPE");
  EXPECT_EQ(told({.verb = Verb::set, .key = "a", .value = "text"}), "OK");
  EXPECT_EQ(told({.verb = Verb::increment, .key = "a", .amount = 2}), "not a number");
  EXPECT_EQ(told({.verb = Verb::remove, .key = "a"}), "1");
  EXPECT_EQ(told({.verb = Verb::get, .key = "a"}), "nil");
}

TEST_F(OperationTest, ReadsMembersOfEachKind) {
  told({.verb = Verb::hash_set, .key = "h", .member = "f", .value = "v"});
  told({.verb = Verb::set_add, .key = "s", .member = "m"});
  told({.verb = Verb::score_add, .key = "z", .member = "m", .amount = 6});
  told({.verb = Verb::score_increment, .key = "z", .member = "m", .amount = -1});
  EXPECT_EQ(told({.verb = Verb::get, .key = "h", .member = "f"}), "v");
  EXPECT_EQ(told({.verb = Verb::get, .key = "h", .member = "g"}), "nil");
  EXPECT_EQ(told({.verb = Verb::get, .key = "s", .member = "m"}), "1");
  EXPECT_EQ(told({.verb = Verb::get, .key = "s"}), "1");
  told({.verb = Verb::set_add, .key = "s", .member = "a"});
  EXPECT_EQ(told({.verb = Verb::set_members, .key = "s"}), "a m");
  EXPECT_EQ(told({.verb = Verb::set_members, .key = "h"}), "WRONGTYPE");
  EXPECT_EQ(told({.verb = Verb::set_members, .key = "nobody"}), "nil");
  EXPECT_EQ(told({.verb = Verb::get, .key = "z", .member = "m"}), "1.25");
}

TEST_F(OperationTest, DeadlinesCountFromNow) {
  told({.verb = Verb::set_until, .key = "a", .value = "v", .lifetime = 100ms});
  EXPECT_EQ(told({.verb = Verb::get, .key = "a"}), "v");
  now.wall += 100ms;
  EXPECT_EQ(told({.verb = Verb::get, .key = "a"}), "nil");
}

TEST_F(OperationTest, EveryVerbHasANameAndCanBeDone) {
  for (std::size_t verb = 0; verb < verb_count; ++verb) {
    const Command command{.verb = static_cast<Verb>(verb), .key = "k" + std::to_string(verb), .member = "m"};
    EXPECT_FALSE(told(command).empty()) << to_text(command);
  }
  EXPECT_EQ(to_text(Command{.verb = Verb::hash_increment, .key = "h", .member = "f", .amount = -3}), "HINCRBY h f -3");
}

}  // namespace
}  // namespace skerry::simulations
