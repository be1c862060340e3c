#include <gtest/gtest.h>

#include "tests/simulations/model_fixture.h"

namespace skerry::simulations {
namespace {

class ModelView : public testing::Test, public TwoHosts {
 protected:
  std::optional<core::WallTime> deadline(HostIndex host) { return model.shown(host, "k", now).deadline; }
};

TEST_F(ModelView, TheLaterOfTwoConcurrentValuesWins) {
  told(0, {.verb = Verb::set, .key = "k", .value = "early"});
  const EffectIndex early = last;
  told(1, {.verb = Verb::set, .key = "k", .value = "late"});
  tell(0, last);
  tell(1, early);
  EXPECT_EQ(get(0, "k"), "late");
  EXPECT_EQ(get(1, "k"), "late");
}

TEST_F(ModelView, AValueFromTheFarFutureLosesUntilItsTimeHasCome) {
  told(0, {.verb = Verb::set, .key = "k", .value = "now"});
  const EffectIndex sober = last;
  now += 1h;
  told(1, {.verb = Verb::set, .key = "k", .value = "future"});
  now -= 1h;
  tell(1, sober);
  EXPECT_EQ(get(1, "k"), "now");
  now += 59min;
  EXPECT_EQ(get(1, "k"), "future");
}

TEST_F(ModelView, TheFirstPresentKindIsVisible) {
  told(0, {.verb = Verb::set_add, .key = "k", .member = "m"});
  told(1, {.verb = Verb::hash_set, .key = "k", .member = "f", .value = "v"});
  tell(0, last);
  EXPECT_EQ(model.shown(0, "k", now).kind, core::Kind::hash);
  EXPECT_EQ(told(0, {.verb = Verb::hash_remove, .key = "k", .member = "f"}), "1");
  EXPECT_EQ(model.shown(0, "k", now).kind, core::Kind::set);
}

TEST_F(ModelView, TheGreatestOfConcurrentDeadlinesHoldsAndPersistIsGreatest) {
  told(0, {.verb = Verb::set_add, .key = "k", .member = "m"});
  tell(1, last);
  told(0, {.verb = Verb::expire, .key = "k", .lifetime = 10s});
  told(1, {.verb = Verb::expire, .key = "k", .lifetime = 20s});
  const EffectIndex twenty = last;
  tell(0, twenty);
  EXPECT_EQ(deadline(0), now + 20s);
  told(1, {.verb = Verb::persist, .key = "k"});
  tell(0, last);
  EXPECT_EQ(deadline(0), std::nullopt) << "it had not seen the ten seconds, and is greater";
}

TEST_F(ModelView, APlainSetBesideAnIncrementUnderADeadlineHasNone) {
  told(0, {.verb = Verb::set_until, .key = "k", .value = "5", .lifetime = 10s});
  tell(1, last);
  told(0, {.verb = Verb::set, .key = "k", .value = "7"});
  const EffectIndex plain = last;
  told(1, {.verb = Verb::increment, .key = "k", .amount = 1});
  tell(1, plain);
  EXPECT_EQ(deadline(1), std::nullopt);
  EXPECT_EQ(get(1, "k"), "8");
}

TEST_F(ModelView, CountsWhatStandsSideBySide) {
  const core::Address address{{}, "k", core::Kind::string, {}};
  told(0, {.verb = Verb::set, .key = "k", .value = "1"});
  told(0, {.verb = Verb::set, .key = "k", .value = "2"});
  EXPECT_EQ(model.side_by_side(0, address), 1u);
  told(1, {.verb = Verb::set, .key = "k", .value = "3"});
  tell(0, last);
  told(0, {.verb = Verb::increment, .key = "k", .amount = 1});
  EXPECT_EQ(model.side_by_side(0, address), 2u);
}

TEST_F(ModelView, ShowsAllMembersOfTheVisibleKind) {
  told(0, {.verb = Verb::score_add, .key = "k", .member = "a", .amount = 6});
  told(0, {.verb = Verb::score_increment, .key = "k", .member = "b", .amount = 1});
  const Model::Shown shown = model.shown(0, "k", now);
  EXPECT_EQ(shown.members, (std::map<core::Bytes, std::string>{{"a", "1.5"}, {"b", "0.25"}}));
  EXPECT_EQ(to_text(shown), "sorted set, a=1.5, b=0.25");
  EXPECT_EQ(to_text(model.shown(1, "k", now)), "nothing");
}

}  // namespace
}  // namespace skerry::simulations
