#include "simulations/model.h"

#include <gtest/gtest.h>

#include "tests/simulations/model_fixture.h"

namespace skerry::simulations {
namespace {

class ModelTest : public testing::Test, public TwoHosts {};

TEST_F(ModelTest, AnIncrementIsAbsorbedByTheSetsThatSawItAndByNoOther) {
  told(0, {.verb = Verb::increment, .key = "k", .amount = 3});
  const EffectIndex three = last;
  told(1, {.verb = Verb::increment, .key = "k", .amount = 4});
  const EffectIndex four = last;
  tell(1, three);
  EXPECT_EQ(get(1, "k"), "7");
  told(0, {.verb = Verb::set, .key = "k", .value = "100"});
  const EffectIndex set = last;
  tell(0, four);
  EXPECT_EQ(get(0, "k"), "104");
  tell(1, set);
  EXPECT_EQ(get(1, "k"), "104");
}

TEST_F(ModelTest, AddWinsOverAConcurrentRemove) {
  told(0, {.verb = Verb::set_add, .key = "k", .member = "m"});
  tell(1, last);
  told(0, {.verb = Verb::set_remove, .key = "k", .member = "m"});
  const EffectIndex removal = last;
  EXPECT_EQ(told(1, {.verb = Verb::set_add, .key = "k", .member = "m"}), "0");
  tell(1, removal);
  EXPECT_EQ(get(1, "k", "m"), "1");
}

TEST_F(ModelTest, WhatChangesNothingHasNoEffect) {
  EXPECT_EQ(told(0, {.verb = Verb::remove, .key = "k"}), "0");
  EXPECT_EQ(last, 0u);
  EXPECT_EQ(told(0, {.verb = Verb::flush}), "OK");
  EXPECT_EQ(last, 0u);
  told(0, {.verb = Verb::set, .key = "k", .value = "text"});
  EXPECT_EQ(told(0, {.verb = Verb::increment, .key = "k", .amount = 1}), "not a number");
  EXPECT_EQ(last, 0u);
  EXPECT_EQ(told(0, {.verb = Verb::set_add, .key = "k", .member = "m"}), "WRONGTYPE");
  EXPECT_EQ(last, 0u);
}

TEST_F(ModelTest, AWriteToAnExpiredKeyRemovesItFirst) {
  told(0, {.verb = Verb::hash_set, .key = "k", .member = "a", .value = "1"});
  told(0, {.verb = Verb::expire, .key = "k", .lifetime = 100ms});
  now += 100ms;
  EXPECT_EQ(get(0, "k"), "nil");
  told(0, {.verb = Verb::hash_set, .key = "k", .member = "b", .value = "2"});
  EXPECT_EQ(get(0, "k", "a"), "nil");
  EXPECT_EQ(get(0, "k", "b"), "2");
  now += 1h;
  EXPECT_EQ(get(0, "k", "b"), "2");
}

TEST_F(ModelTest, FlushRemovesWhatItsHostHasSeen) {
  told(0, {.verb = Verb::set, .key = "seen", .value = "1"});
  tell(1, last);
  told(0, {.verb = Verb::set, .key = "unseen", .value = "1"});
  const EffectIndex unseen = last;
  told(1, {.verb = Verb::flush});
  tell(0, last);
  EXPECT_EQ(get(0, "seen"), "nil");
  EXPECT_EQ(get(0, "unseen"), "1");
  tell(1, unseen);
  EXPECT_EQ(get(1, "unseen"), "1");
}

TEST_F(ModelTest, MembersAreThoseThatTheHostHasSeen) {
  EXPECT_EQ(told(0, {.verb = Verb::set_members, .key = "k"}), "nil");
  told(0, {.verb = Verb::set_add, .key = "k", .member = "b"});
  told(0, {.verb = Verb::set_add, .key = "k", .member = "a"});
  tell(1, last);
  EXPECT_EQ(told(0, {.verb = Verb::set_members, .key = "k"}), "a b");
  EXPECT_EQ(told(1, {.verb = Verb::set_members, .key = "k"}), "a");
  told(1, {.verb = Verb::set, .key = "text", .value = "1"});
  EXPECT_EQ(told(1, {.verb = Verb::set_members, .key = "text"}), "WRONGTYPE");
}

TEST_F(ModelTest, OnlyWhatHasExpiredMayGoByItself) {
  told(0, {.verb = Verb::set_until, .key = "k", .value = "1", .lifetime = 1s});
  tell(1, last);
  model.begin(1, now);
  EXPECT_TRUE(model.removed_by_itself("k"));
  model.begin(0, now + 1s);
  EXPECT_FALSE(model.removed_by_itself("k"));
  model.begin(0, now + 1s);
  EXPECT_TRUE(model.removed_by_itself("k")) << "there is nothing any more";
}

TEST_F(ModelTest, ForgetsAndLearnsAgain) {
  told(0, {.verb = Verb::increment, .key = "k", .amount = 3});
  const EffectIndex three = last;
  told(0, {.verb = Verb::increment, .key = "k", .amount = 4});
  model.forget_all(0);
  EXPECT_EQ(get(0, "k"), "nil");
  tell(0, three);
  EXPECT_EQ(get(0, "k"), "3");
}

}  // namespace
}  // namespace skerry::simulations
