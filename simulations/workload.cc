#include "simulations/workload.h"

#include <algorithm>
#include <numeric>

#include "simulations/streams.h"

namespace skerry::simulations {

namespace {

// The clients of one host.
class Clients {
 public:
  Clients(const Conditions& conditions, HostIndex host)
      : conditions_(conditions),
        workload_(conditions.workload),
        host_(host),
        random_(Streams(conditions.seed).stream("workload", host)),
        weight_(std::accumulate(workload_.verb_weights.begin(), workload_.verb_weights.end(), std::uint64_t{0})) {}

  // Open loop: nobody waits for an answer.  On average writes_per_second, in steps whose lengths are uniform.
  void draw(std::vector<Operation>& to) {
    const auto mean =
        static_cast<double>(std::chrono::nanoseconds(std::chrono::seconds(1)).count()) / workload_.writes_per_second;
    for (Duration at = wait(mean); at < conditions_.duration; at += wait(mean)) {
      to.push_back(operation(at));
      if (!random_.chance(workload_.burst_chance)) continue;
      for (std::uint64_t more = random_.below(20); more > 0; --more) to.push_back(operation(at));
    }
  }

 private:
  Duration wait(double mean) { return Duration(1 + static_cast<std::int64_t>(2 * mean * random_.unit())); }

  Operation operation(Duration at) {
    Operation operation;
    operation.at = at;
    operation.host = host_;
    operation.space = core::Space{static_cast<std::uint16_t>(random_.below(conditions_.spaces))};
    if (random_.chance(workload_.flush_chance)) {
      operation.commands.push_back({.verb = Verb::flush});
      return operation;
    }
    std::uint64_t commands = 1;
    if (random_.chance(workload_.batch_chance)) commands = 2 + random_.below(6);
    for (; commands > 0; --commands) operation.commands.push_back(command());
    return operation;
  }

  Command command() {
    Command command;
    command.verb = random_.chance(workload_.read_share) ? Verb::get : verb();
    command.key = key_for(command.verb);
    const bool on_member = command.verb != Verb::get || random_.chance(0.5);
    if (on_member) command.member = "m" + std::to_string(random_.below(workload_.members));
    command.amount = static_cast<std::int64_t>(random_.below(19)) - 9;
    // One value in five is no number, so that increments meet it.
    const std::uint64_t number = random_.below(1'000);
    command.value = random_.chance(0.8) ? std::to_string(number) : "text " + std::to_string(number);
    const auto lifetime_max = static_cast<std::uint64_t>(workload_.lifetime_max / std::chrono::milliseconds(1));
    if (lifetime_max > 0) command.lifetime = std::chrono::milliseconds(random_.below(lifetime_max));
    return plain(std::move(command));
  }

  // Mostly a key of the kind that the verb is for; now and then any, so that kinds meet under one name.
  core::Bytes key_for(Verb verb) {
    static constexpr const char* names[] = {"text", "hash", "set", "rank"};
    std::uint64_t kind = random_.below(std::size(names));
    if (random_.chance(0.85)) {
      if (verb >= Verb::set && verb <= Verb::increment) kind = 0;
      if (verb >= Verb::hash_set && verb <= Verb::hash_remove) kind = 1;
      if (verb >= Verb::set_add && verb <= Verb::set_remove) kind = 2;
      if (verb >= Verb::score_add && verb <= Verb::score_remove) kind = 3;
    }
    return names[kind] + ("/" + std::to_string(skewed(random_, workload_.keys, workload_.skew)));
  }

  Verb verb() {
    std::uint64_t drawn = random_.below(weight_);
    std::size_t verb = 0;
    while (drawn >= workload_.verb_weights[verb]) drawn -= workload_.verb_weights[verb++];
    return static_cast<Verb>(verb);
  }

  const Conditions& conditions_;
  const WorkloadConditions& workload_;
  HostIndex host_;
  core::Random random_;
  std::uint64_t weight_;
};

}  // namespace

std::uint64_t skewed(core::Random& random, std::uint64_t limit, std::uint32_t skew) {
  double unit = random.unit();
  const double factor = unit;
  for (std::uint32_t i = 0; i < skew; ++i) unit *= factor;
  return std::min(limit - 1, static_cast<std::uint64_t>(unit * static_cast<double>(limit)));
}

std::vector<Operation> draw_workload(const Conditions& conditions) {
  std::vector<Operation> operations;
  for (HostIndex host = 0; host < conditions.hosts.size(); ++host) Clients(conditions, host).draw(operations);
  std::stable_sort(operations.begin(), operations.end(),
                   [](const Operation& left, const Operation& right) { return left.at < right.at; });
  return operations;
}

}  // namespace skerry::simulations
