#include "simulations/maelstrom/workload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/simulations/maelstrom/written_history.h"

namespace skerry::simulations::maelstrom {
namespace {

using namespace std::chrono_literals;

constexpr Workload workloads[] = {Workload::broadcast, Workload::g_set, Workload::g_counter, Workload::pn_counter,
                                  Workload::unique_ids};

Operation asked(Command command) {
  return {.at = {}, .host = 2, .space = {}, .commands = {std::move(command)}};
}

TEST(MaelstromWorkload, HasMaelstromsNames) {
  for (const Workload workload : workloads) EXPECT_EQ(workload_named(name_of(workload)), workload);
  EXPECT_EQ(workload_names(), "broadcast, g-set, g-counter, pn-counter, unique-ids");
  EXPECT_EQ(workload_named("lin-kv"), std::nullopt);
}

TEST(MaelstromWorkload, PlansOfOneSeedAreTheSameWorldWithOtherClients) {
  for (const Workload workload : workloads) {
    const Plan plan = draw_plan(workload, 3, 1min);
    const Plan usual = simulations::draw_plan(draw_conditions(3, 1min));
    ASSERT_FALSE(plan.operations.empty());
    EXPECT_EQ(plan.conditions.hosts.size(), usual.conditions.hosts.size());
    ASSERT_EQ(plan.faults.size(), usual.faults.size());
    for (std::size_t i = 0; i < plan.faults.size(); ++i) EXPECT_EQ(to_text(plan.faults[i]), to_text(usual.faults[i]));
    for (const HostConditions& host : plan.conditions.hosts) EXPECT_EQ(host.ack, Ack::durable);
    EXPECT_TRUE(std::is_sorted(plan.operations.begin(), plan.operations.end(),
                               [](const Operation& left, const Operation& right) { return left.at < right.at; }));
    const std::string text = to_text(workload, plan.conditions);
    EXPECT_NE(text.find(std::string("Maelstrom's ") + name_of(workload)), std::string::npos);
    EXPECT_EQ(text.find("verbs"), std::string::npos) << text;
  }
}

TEST(MaelstromWorkload, EachOperationHasItsMeaning) {
  for (const Workload workload : workloads) {
    std::set<Value> elements;
    std::size_t reads = 0;
    const Plan plan = draw_plan(workload, 3, 10min);
    for (const Operation& operation : plan.operations) {
      const auto meaning = meaning_of(workload, operation);
      ASSERT_TRUE(meaning) << to_text(operation.commands.front());
      reads += meaning->function == Function::read;
      const auto* number = std::get_if<std::int64_t>(&meaning->value);
      const bool on_a_set = workload == Workload::broadcast || workload == Workload::g_set;
      if (number == nullptr) continue;
      EXPECT_TRUE(!on_a_set || elements.insert(meaning->value).second) << "added twice";
      EXPECT_TRUE(workload != Workload::g_counter || (*number >= 0 && *number <= 4));
      EXPECT_TRUE(workload != Workload::pn_counter || (*number >= -5 && *number <= 4));
    }
    const double share = static_cast<double>(reads) / static_cast<double>(plan.operations.size());
    const double expected = workload == Workload::unique_ids ? 0 : workload == Workload::g_counter ? 0.75 : 0.5;
    EXPECT_NEAR(share, expected, 0.05) << name_of(workload);
  }
}

TEST(MaelstromWorkload, LongRunsHaveSlowerClients) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::size_t operations = draw_plan(Workload::g_set, seed, 600min).operations.size();
    EXPECT_GT(operations, operations_max * 9 / 10);
    EXPECT_LT(operations, operations_max * 11 / 10);
  }
}

TEST(MaelstromWorkload, OfOthersKnowsNothing) {
  EXPECT_FALSE(meaning_of(Workload::g_set, asked({.verb = Verb::set_add, .key = "set", .member = "milk"})));
  EXPECT_FALSE(meaning_of(Workload::g_set, asked({.verb = Verb::set_add, .key = "messages", .member = "1"})));
  EXPECT_FALSE(meaning_of(Workload::g_set, asked({.verb = Verb::set_remove, .key = "set", .member = "1"})));
  EXPECT_FALSE(meaning_of(Workload::pn_counter, asked({.verb = Verb::set, .key = "counter", .value = "1"})));
  EXPECT_FALSE(meaning_of(Workload::unique_ids, asked({.verb = Verb::increment, .key = "ids/1", .amount = 2})));
  Operation batch = asked({.verb = Verb::increment, .key = "counter", .amount = 2});
  batch.commands.push_back(batch.commands.front());
  EXPECT_FALSE(meaning_of(Workload::pn_counter, batch));
}

TEST(MaelstromWorkload, AnswersHaveValues) {
  const Operation members = *last_read(Workload::broadcast, 1);
  EXPECT_EQ(value_of(Workload::broadcast, members, "nil"), Value(Elements{}));
  EXPECT_EQ(value_of(Workload::broadcast, members, "1 12 3"), Value(Elements{1, 12, 3}));
  EXPECT_EQ(value_of(Workload::broadcast, members, "1 milk"), std::nullopt);
  EXPECT_EQ(value_of(Workload::broadcast, members, "WRONGTYPE"), std::nullopt);
  const Operation get = *last_read(Workload::g_counter, 1);
  EXPECT_EQ(value_of(Workload::g_counter, get, "nil"), Value(std::int64_t{0}));
  EXPECT_EQ(value_of(Workload::g_counter, get, "-7"), Value(std::int64_t{-7}));
  EXPECT_EQ(value_of(Workload::g_counter, get, "text"), std::nullopt);
  const Operation adds = asked({.verb = Verb::increment, .key = "counter", .amount = 3});
  EXPECT_EQ(value_of(Workload::g_counter, adds, "12"), Value(std::int64_t{3}));
  const Operation id = asked({.verb = Verb::increment, .key = "ids/2", .amount = 1});
  EXPECT_EQ(value_of(Workload::unique_ids, id, "12"), Value(std::string("n2-12")));
  EXPECT_EQ(last_read(Workload::unique_ids, 1), std::nullopt);
}

TEST(MaelstromWorkload, EachIsJudgedByItsRule) {
  const History lost = written({add(0, Type::invoke, 5), add(0, Type::ok, 5), read(1), read(1, {}), last_read(1, 4),
                                entry(0, Type::ok, Function::generate, std::string("a")),
                                entry(0, Type::ok, Function::generate, std::string("a"))});
  EXPECT_EQ(judge(Workload::unique_ids, lost).problem, "1 ids are given more than once: a 2 times");
  EXPECT_EQ(judge(Workload::pn_counter, lost).problem, "node 0 reads 4 in the end, and acceptable is [5 5]");
  EXPECT_EQ(judge(Workload::g_counter, lost).problem, judge(Workload::pn_counter, lost).problem);
  const History of_set(lost.begin(), lost.begin() + 4);
  EXPECT_EQ(judge(Workload::g_set, of_set).problem, "1 of 1 elements are lost: 5");
  EXPECT_EQ(judge(Workload::broadcast, of_set).problem, judge(Workload::g_set, of_set).problem);
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
