#include <gtest/gtest.h>

#include "simulations/checkers.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

std::string lines_of(const Violation& violation) {
  std::string text;
  for (const std::string& line : violation.details) text += line + "\n";
  return text;
}

class CheckersExplain : public testing::Test {
 protected:
  CheckersExplain() : world(quiet_plan(2)) {
    world.start();
    world.run_until(after_begin(1s));
    world.perform(operation(1s, 0, {{.verb = Verb::increment, .key = "k", .amount = 3}}));
    world.perform(operation(1s, 0, {{.verb = Verb::set, .key = "other", .value = "1"}}));
    world.run_until(after_begin(5s));
    world.network().cut({1, 0});
    world.perform(operation(5s, 1, {{.verb = Verb::remove, .key = "k"}}));
    world.run_until(after_begin(6s));
  }
  Checkers& checkers() { return world.checkers(core::Space{}); }

  World world;
};

TEST_F(CheckersExplain, TheEventsOfAKeyWhoKnowsThemAndWhatClientsSee) {
  checkers().complain("I7", 1, "it is wrong", "k");
  checkers().explain();
  EXPECT_EQ(lines_of(*checkers().violation()),
            "The events at k, as author:sequence, and who knows them:\n"
            "  0:1 increment of k string at 1000 ms; known to 0, 1\n"
            "  1:1 removal, with resets, of k string at 5000 ms; known to 1\n"
            "What each replica believes:\n"
            "  host 0 has seen 0:2 1:0; clients see k as (string, =3), as promised\n"
            "  host 1 has seen 0:2 1:1; clients see k as (nothing), as promised\n");
}

TEST_F(CheckersExplain, AllEventsWhereItIsAboutNoKey) {
  checkers().complain("I11", 0, "they do not agree");
  checkers().explain();
  const std::string text = lines_of(*checkers().violation());
  EXPECT_NE(text.find("0:1 increment of k string"), std::string::npos) << text;
  EXPECT_NE(text.find("0:2 write other string"), std::string::npos) << text;
  EXPECT_NE(text.find("  host 1 has seen 0:2 1:1\n"), std::string::npos) << text;
}

TEST_F(CheckersExplain, OnlyTheLastOfMany) {
  for (int i = 0; i < 20; ++i) world.perform(operation(6s, 0, {{.verb = Verb::increment, .key = "k", .amount = 1}}));
  checkers().complain("I7", 0, "it is wrong", "k");
  checkers().explain();
  EXPECT_EQ(checkers().violation()->details[1], "  (6 earlier ones)");
}

TEST_F(CheckersExplain, WhoIsDownBelievesNothing) {
  world.host(1).crash(0, Ending::silent);
  checkers().complain("I7", 0, "it is wrong", "k");
  checkers().explain();
  EXPECT_EQ(checkers().violation()->details.back(), "  host 1 is down");
}

}  // namespace
}  // namespace skerry::simulations
