#include "simulations/plan_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations {
namespace {

Plan again(const Plan& plan, const std::string& comment) {
  const auto read = plan_from_toml(to_toml(plan, comment), "again.toml");
  EXPECT_TRUE(read.has_value()) << read.error().detail;
  return read.value_or(Plan{});
}

TEST(PlanFile, HasTheSameTraceAsThePlan) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
    const Plan plan = draw_plan(draw_conditions(seed, 20s));
    const Plan read = again(plan, "");
    EXPECT_EQ(to_toml(read, ""), to_toml(plan, ""));
    EXPECT_EQ(World(read).run().trace, World(plan).run().trace) << "seed " << seed;
  }
}

// A field that is new stops the build here: a replay file must hold it (simulations/plan_fields.h).
TEST(PlanFile, KnowsEveryField) {
  [[maybe_unused]] const auto& [seed, duration, topology, stay_apart, spaces, tap_chance, network, paths, hosts,
                                drawn_faults, drawn_workload] = Conditions{};
  [[maybe_unused]] const auto& [path_delay, path_loss, path_bytes_per_second] = PathConditions{};
  [[maybe_unused]] const auto& [delay_min, delay_max, jitter, tail_chance, tail_max, loss, damage, bytes_per_second,
                                one_side_dials] = network;
  [[maybe_unused]] const auto& [clock, disk, ack, cache_bytes, chunk_events, joins_at] = HostConditions{};
  [[maybe_unused]] const auto& [offset, drift_ppm] = clock;
  [[maybe_unused]] const auto& [sync_min, sync_max, stall_chance, stall_max] = disk;
  [[maybe_unused]] const auto& [at, kind, host, other, lasts, amount, noticed] = Fault{};
  [[maybe_unused]] const auto& [asked_at, asked_host, space, commands] = Operation{};
  [[maybe_unused]] const auto& [verb, key, member, value, by, lifetime] = Command{};
  const std::string empty = to_toml(Plan{}, "");
  EXPECT_EQ(empty, "replay = 1\nnetwork = {  }\n\nhosts = [\n]\n\nfaults = [\n]\n\noperations = [\n]\n");
}

// Every field has a value that it does not have by itself; what is forgotten in the list of fields differs here.
TEST(PlanFile, HoldsWhatIsUnusual) {
  Plan plan = quiet_plan(3);
  Conditions& conditions = plan.conditions;
  conditions.seed = UINT64_MAX - 3;
  conditions.topology = Topology::ring;
  conditions.spaces = 2;
  conditions.tap_chance = 0.3;
  conditions.stay_apart = Edge{0, 2};
  conditions.network = {1ms, 7ms, 0.25, 0.01, 2s, 0.05, 0.001, 9'000, true};
  conditions.hosts[1] = {{.offset = -5s, .drift_ppm = -70},
                         {.sync_min = 1ms, .sync_max = 9us + 1ms, .stall_chance = 0.5, .stall_max = 3s},
                         Ack::memory,
                         77'777,
                         13,
                         4s};
  conditions.paths.assign(9, {});
  conditions.paths[5] = {30ms, 0.125, 64'000};
  plan.faults = {{5s, FaultKind::crash, 2, 0, 2s, 7, false}, {6s, FaultKind::cut, 2, 1, 3s, 0, true}};
  plan.operations = {{1s + 1ns, 1, core::Space{1}, {{Verb::set_until, "a\xff'", "m\\", {"\0", 1}, -5, -7ms}, {}}}};
  const Plan read = again(plan, "two lines\nof \xc3\x28 any bytes");
  EXPECT_EQ(read.conditions.seed, conditions.seed);
  EXPECT_EQ(read.conditions.hosts[1].clock.offset, -5s);
  EXPECT_EQ(read.conditions.hosts[1].ack, Ack::memory);
  EXPECT_EQ(read.conditions.hosts[1].joins_at, 4s);
  ASSERT_EQ(read.conditions.paths.size(), 9u);
  EXPECT_EQ(read.conditions.paths[5].delay, 30ms);
  EXPECT_EQ(read.conditions.paths[5].bytes_per_second, 64'000u);
  EXPECT_EQ(read.conditions.stay_apart->second, 2u);
  EXPECT_EQ(read.conditions.network.bytes_per_second, 9'000u);
  EXPECT_TRUE(read.conditions.network.one_side_dials);
  ASSERT_EQ(read.faults.size(), 2u);
  EXPECT_FALSE(read.faults[0].noticed);
  EXPECT_EQ(read.faults[1].other, 1u);
  ASSERT_EQ(read.operations.size(), 1u);
  EXPECT_EQ(read.operations[0].at, 1s + 1ns);
  EXPECT_EQ(read.operations[0].commands[0].key, "a\xff'");
  EXPECT_EQ(read.operations[0].commands[0].value, core::Bytes("\0", 1));
  EXPECT_EQ(read.operations[0].commands[0].lifetime, -7ms);
  EXPECT_EQ(to_toml(read, ""), to_toml(plan, ""));
}

TEST(PlanFile, ReadsWhatAPersonWrites) {
  const auto plan = plan_from_toml(R"(
    # Two regions and one write.
    replay = 1
    duration = "10s"
    network = { delay_min = "80ms", delay_max = "80ms" }
    hosts = [{ chunk_events = 64, cache_bytes = 65536 }, { chunk_events = 64, cache_bytes = 65536 }]
    operations = [
      { at = "3s", host = 1, commands = [{ verb = "SET", key = "cart/1", value = "later" }] },
      { at = "2s", commands = [{ verb = "SET", key = "cart/1", value = "milk" }] },
    ])",
                                   "two.toml");
  ASSERT_TRUE(plan.has_value()) << plan.error().detail;
  EXPECT_EQ(plan->operations[0].at, 2s) << "they are put in order";
  const Report report = World(*plan).run();
  EXPECT_FALSE(report.violation);
  EXPECT_EQ(report.operations, 2u);
}

TEST(PlanFile, SaysWhereItIsWrongAndWhatIsAccepted) {
  struct Wrong {
    const char* text;
    const char* line;
    const char* says;
  };
  const std::string head = "replay = 1\nhosts = [{}, {}]\n";
  for (const Wrong& wrong : std::initializer_list<Wrong>{
           {"sede = 7", ":3: ", "'sede' is not known here; accepted is replay, "},
           {"seed = -1", ":3: ", "accepted is a whole number, from 0 to "},
           {"duration = 10", ":3: ", "such as \"1500ms\", from \"0s\" to \"8760h\""},
           {"topology = 'star'", ":3: ", "accepted is mesh, line, ring or hub"},
           {"spaces = 0", ":3: ", "from 1 to 16"},
           {"stay_apart = [0, 2]", ":3: ", "two different numbers of hosts"},
           {"stay_apart = [0]", ":3: ", "two different numbers of hosts"},
           {"network = { loss = 2.0 }", ":3: ", "loss is out of range"},
           {"network = { delay_min = '2s' }", ":3: ", "delay_min is more than delay_max"},
           {"faults = [\n  { kind = 'earthquake' }]", ":4: ", "accepted is cut, slow path, crash"},
           {"faults = [\n  { kind = 'cut', host = 1, other = 2 }]", ":4: ", "below 2"},
           {"faults = [\n  { kind = 'cut', host = 1, other = 1 }]", ":4: ", "host that is not there"},
           {"faults = [\n  { kind = 'slow disk' }]", ":4: ", "from 1 to 1000000"},
           {"faults = { }", ":3: ", "faults is no list"},
           {"operations = [\n  {},]", ":4: ", "without commands"},
           {"operations = [\n  { host = 2, commands = [{}] }]", ":4: ", "host that is not there"},
           {"operations = [\n  { space = 1, commands = [{}] }]", ":4: ", "space that is not there"},
           {"operations = [\n  { commands = [{ verb = 'POP' }] }]", ":4: ", "accepted is GET, SET, "},
           {"operations = [\n  { commands = [{ key = '\\n' }] }]", ":4: ", "accepted is a text in quotes"},
           {"paths = [{}, {}]", ":3: ", "one from each host to each, or none: 4"},
           {"operations = [\n  3]", ":4: ", "operations is no table"},
           {"= 3", ":3: ", "this is not TOML"}}) {
    const auto plan = plan_from_toml(head + wrong.text, "some.toml");
    ASSERT_FALSE(plan.has_value()) << wrong.text;
    EXPECT_TRUE(plan.error().detail.starts_with("some.toml" + std::string(wrong.line))) << plan.error().detail;
    EXPECT_NE(plan.error().detail.find(wrong.says), std::string::npos) << plan.error().detail;
  }
  EXPECT_NE(plan_from_toml("", "some.toml").error().detail.find("`replay = 1`"), std::string::npos);
  EXPECT_NE(plan_from_toml("replay = 1", "some.toml").error().detail.find("1 to 64"), std::string::npos);
}

TEST(PlanFile, IsReadFromDisk) {
  const auto file = std::filesystem::temp_directory_path() / ("skerry-plan-" + std::to_string(::getpid()) + ".toml");
  std::ofstream(file) << to_toml(quiet_plan(2), "");
  EXPECT_EQ(load_plan(file.string()).value().conditions.hosts.size(), 2u);
  std::filesystem::remove(file);
  EXPECT_NE(load_plan(file.string()).error().detail.find(file.string()), std::string::npos);
}

}  // namespace
}  // namespace skerry::simulations
