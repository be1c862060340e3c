#include "simulations/story.h"

#include <gtest/gtest.h>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

TEST(Story, TellsWhatHappensInOrder) {
  Plan plan = quiet_plan(3);
  plan.conditions.duration = 4s;
  plan.operations = {
      operation(1s, 0, {{.verb = Verb::set, .key = "cart", .value = "milk"}}),
      operation(2500ms, 2, {{.verb = Verb::set_add, .key = "tags", .member = "a"}, {.verb = Verb::flush}})};
  plan.faults = {{.at = 2s, .kind = FaultKind::cut, .host = 0, .other = 1, .lasts = 1500ms}};
  Report report;
  EXPECT_EQ(story_of(plan, report),
            "     1.000 s  host 0: SET cart milk\n"
            "     2.000 s  nothing passes from host 0 to host 1 for 1.5 s\n"
            "     2.500 s  host 2: SADD tags a, FLUSHDB (one batch)\n"
            "     4.000 s  everything heals\n");
  report.violation = Violation{"I3", "host 1: it is wrong", {"host 1 holds nothing"}};
  report.violated_at = 3s;
  EXPECT_NE(story_of(plan, report)
                .find("(one batch)\n"
                      "     3.000 s  I3 is violated: host 1: it is wrong\n"
                      "              host 1 holds nothing\n"),
            std::string::npos)
      << story_of(plan, report);
}

TEST(Story, HasASentenceForEachFault) {
  Plan plan = quiet_plan(2);
  for (std::size_t kind = 0; kind < fault_kind_count; ++kind)
    plan.faults.push_back({.at = 1s, .kind = static_cast<FaultKind>(kind), .host = 1, .lasts = 2s, .amount = 3});
  const std::string story = story_of(plan, {});
  for (const char* sentence :
       {"nothing passes from host 1 to host 0 for 2 s",
        "from host 1 to host 0 everything takes 3 times as long for 2 s",
        "host 1 ends at its yield 3 from now, and the others are told; it is back after 2 s",
        "host 1 does nothing for 2 s", "host 1's disk takes 3 times as long for 2 s", "host 1's next 3 syncs fail",
        "host 1's wall clock steps by 3 ms", "host 1's wall clock stands still for 2 s"})
    EXPECT_NE(story.find(sentence), std::string::npos) << sentence << "\n" << story;
}

}  // namespace
}  // namespace skerry::simulations
