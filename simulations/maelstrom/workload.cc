#include "simulations/maelstrom/workload.h"

#include <algorithm>
#include <sstream>

#include "crdt/number.h"
#include "simulations/maelstrom/counter.h"
#include "simulations/maelstrom/set_full.h"
#include "simulations/maelstrom/unique_ids.h"
#include "simulations/streams.h"

namespace skerry::simulations::maelstrom {

namespace {

constexpr const char* names[] = {"broadcast", "g-set", "g-counter", "pn-counter", "unique-ids"};
static_assert(std::size(names) == workload_count);
constexpr const char* keys[] = {"messages", "set", "counter", "counter", "ids/"};

bool on_a_set(Workload workload) {
  return workload == Workload::broadcast || workload == Workload::g_set;
}

core::Bytes key_of(Workload workload) {
  return keys[static_cast<std::size_t>(workload)];
}

Command read(Workload workload) {
  return {.verb = on_a_set(workload) ? Verb::set_members : Verb::get, .key = key_of(workload)};
}

// As often an operation that writes as one that reads.  An element gets its number later, when all are in order.
Command draw_command(Workload workload, HostIndex node, core::Random& random) {
  if (workload == Workload::unique_ids)
    return {.verb = Verb::increment, .key = key_of(workload) + std::to_string(node), .amount = 1};
  const bool writes = random.chance(0.5);
  const std::int64_t delta = static_cast<std::int64_t>(random.below(10)) - 5;
  // As Maelstrom: g-counter's adds are pn-counter's without those below 0.
  if (!writes || (workload == Workload::g_counter && delta < 0)) return read(workload);
  if (on_a_set(workload)) return {.verb = Verb::set_add, .key = key_of(workload)};
  return {.verb = Verb::increment, .key = key_of(workload), .amount = delta};
}

std::vector<Operation> draw_operations(Workload workload, const Conditions& conditions) {
  using Seconds = std::chrono::duration<double>;
  const double in_all = Seconds(conditions.duration).count() * conditions.workload.writes_per_second *
                        static_cast<double>(conditions.hosts.size());
  const double slower = std::max(1.0, in_all / static_cast<double>(operations_max));
  const Duration wait_max =
      std::chrono::duration_cast<Duration>(Seconds(2 * slower / conditions.workload.writes_per_second));
  std::vector<Operation> operations;
  for (HostIndex node = 0; node < conditions.hosts.size(); ++node) {
    core::Random random = Streams(conditions.seed).stream("maelstrom", node);
    const auto wait = [&] { return Duration(1 + static_cast<std::int64_t>(wait_max.count() * random.unit())); };
    for (Duration at = wait(); at < conditions.duration; at += wait())
      operations.push_back({.at = at, .host = node, .space = {}, .commands = {draw_command(workload, node, random)}});
  }
  std::stable_sort(operations.begin(), operations.end(),
                   [](const Operation& left, const Operation& right) { return left.at < right.at; });
  std::int64_t element = 0;
  for (Operation& operation : operations) {
    Command& command = operation.commands.front();
    if (command.verb == Verb::set_add) command.member = std::to_string(element++);
  }
  return operations;
}

std::optional<Elements> elements_of(const std::string& answer) {
  Elements elements;
  if (answer == answers::nothing) return elements;
  std::istringstream words(answer);
  for (std::string word; words >> word;) {
    const auto number = crdt::parse_integer(word);
    if (!number) return std::nullopt;
    elements.push_back(*number);
  }
  return elements;
}

}  // namespace

const char* name_of(Workload workload) {
  return names[static_cast<std::size_t>(workload)];
}

std::optional<Workload> workload_named(const std::string& name) {
  const auto* const found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<Workload>(found - std::begin(names));
}

std::string workload_names() {
  return listed({std::begin(names), std::end(names)}, workload_count);
}

Plan draw_plan(Workload workload, std::uint64_t seed, Duration duration) {
  Conditions conditions = draw_conditions(seed, duration);
  conditions.spaces = 1;
  for (HostConditions& host : conditions.hosts) host.ack = Ack::durable;
  Plan plan = simulations::draw_plan(conditions);
  plan.operations = draw_operations(workload, conditions);
  return plan;
}

std::string to_text(Workload workload, const Conditions& conditions) {
  const std::string text = simulations::to_text(conditions);
  return text.substr(0, text.find("  workload  ")) + "  workload  Maelstrom's " + name_of(workload) + "\n";
}

std::optional<Operation> last_read(Workload workload, HostIndex node) {
  if (workload == Workload::unique_ids) return std::nullopt;
  return Operation{.at = {}, .host = node, .space = {}, .commands = {read(workload)}};
}

std::optional<Meaning> meaning_of(Workload workload, const Operation& operation) {
  if (operation.commands.size() != 1 || operation.space != core::Space{}) return std::nullopt;
  const Command& command = operation.commands.front();
  if (workload == Workload::unique_ids) {
    if (command.verb != Verb::increment || command.amount != 1 || !command.key.starts_with(key_of(workload)))
      return std::nullopt;
    return Meaning{Function::generate};
  }
  if (command.key != key_of(workload)) return std::nullopt;
  if (command.verb == read(workload).verb) return Meaning{Function::read};
  if (on_a_set(workload)) {
    const auto element = crdt::parse_integer(command.member);
    if (command.verb != Verb::set_add || !element) return std::nullopt;
    return Meaning{workload == Workload::broadcast ? Function::broadcast : Function::add, *element};
  }
  if (command.verb != Verb::increment) return std::nullopt;
  return Meaning{Function::add, command.amount};
}

std::optional<Value> value_of(Workload workload, const Operation& operation, const std::string& answer) {
  const auto meaning = meaning_of(workload, operation);
  if (!meaning || answer == answers::wrong_type || answer == answers::not_a_number) return std::nullopt;
  if (meaning->function == Function::generate)
    return "n" + operation.commands.front().key.substr(key_of(workload).size()) + "-" + answer;
  if (meaning->function != Function::read) return meaning->value;
  if (on_a_set(workload)) return elements_of(answer);
  if (answer == answers::nothing) return std::int64_t{0};
  const auto number = crdt::parse_integer(answer);
  if (!number) return std::nullopt;
  return *number;
}

Verdict judge(Workload workload, const History& history) {
  switch (workload) {
    case Workload::broadcast:
    case Workload::g_set:
      return verdict_of(check_set_full(history));
    case Workload::g_counter:
    case Workload::pn_counter:
      return verdict_of(check_counter(history));
    case Workload::unique_ids:
      return verdict_of(check_unique_ids(history));
  }
  return {};
}

}  // namespace skerry::simulations::maelstrom
