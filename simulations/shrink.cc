#include "simulations/shrink.h"

#include <algorithm>
#include <numeric>

#include "core/ensure.h"
#include "simulations/ddmin.h"
#include "simulations/plan_cuts.h"

namespace skerry::simulations {

using namespace std::chrono_literals;

namespace {

// Worlds with so few events are worth rounding: each time is tried several times.
constexpr std::size_t events_for_times_max = 40;
// How many variants of a candidate are tried when nothing else makes the plan smaller: other seeds, which decide about
// ids and latencies, and other rhythms.  The most only while the plan is too large to be read at a glance.
constexpr std::uint64_t variants_few = 6;
constexpr std::uint64_t variants_many = 36;
constexpr std::size_t events_read_max = 10;
constexpr std::size_t hosts_read_max = 3;
constexpr Duration rhythms[] = {10s, 1s, 200ms, 20ms, 2ms, 0ms};

std::vector<std::size_t> numbers_to(std::size_t limit) {
  std::vector<std::size_t> numbers(limit);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

template <class Event>
std::vector<Event> chosen(const std::vector<Event>& events, const std::vector<std::size_t>& numbers) {
  std::vector<Event> some;
  for (const std::size_t number : numbers) some.push_back(events[number]);
  return some;
}

class Shrinker {
 public:
  Shrinker(const Plan& plan, const Report& report, const RunPlan& run, const GoOn& go_on)
      : plan_(plan), report_(report), run_(run), go_on_(go_on) {
    core::ensure(report.violation.has_value());
    cut();
  }

  Shrunk shrink() {
    leave_out_with(1);
    leave_out_with(variants_few);
    if (events_of(plan_) > events_read_max || plan_.conditions.hosts.size() > hosts_read_max)
      leave_out_with(variants_many);
    variants_ = 1;
    simplify_times();
    return {plan_, report_, progress(), !stopped_};
  }

 private:
  std::size_t size() const {
    std::size_t commands = 0;
    for (const Operation& operation : plan_.operations) commands += operation.commands.size();
    return events_of(plan_) + commands + plan_.conditions.hosts.size();
  }
  ShrinkProgress progress() const {
    return {runs_, plan_.operations.size(), plan_.faults.size(), plan_.conditions.hosts.size()};
  }

  void leave_out_with(std::uint64_t variants) {
    variants_ = variants;
    for (std::size_t before = size() + 1; !stopped_ && size() < before;) {
      before = size();
      leave_out();
    }
  }

  void leave_out() {
    heal_earlier();
    calm();
    leave_out_hosts();
    leave_out_keys();
    leave_out_operations();
    leave_out_faults();
    leave_out_commands();
  }

  // Whether the plan does it too, or a variant of it; then that is the one to go on with.
  bool does(const Plan& plan) {
    if (runs_and_does(plan)) return true;
    for (std::uint64_t variant = 1; variant < variants_; ++variant) {
      Plan other = without_gaps(plan, rhythms[variant % std::size(rhythms)]);
      other.conditions.seed = variant;
      if (runs_and_does(std::move(other))) return true;
    }
    return false;
  }

  bool runs_and_does(Plan plan) {
    stopped_ = stopped_ || !go_on_(progress());
    if (stopped_) return false;
    ++runs_;
    Report report = run_(plan);
    if (!report.violation || report.violation->invariant != report_.violation->invariant) return false;
    plan_ = std::move(plan);
    report_ = std::move(report);
    cut();
    return true;
  }

  // What would have come after the violation has never happened: this needs no run.
  void cut() {
    if (report_.violated_at <= plan_.conditions.duration)
      plan_ = cut_after(std::move(plan_), report_.violated_at + 1ms);
  }

  // What is seen only after healing may be seen sooner.
  void heal_earlier() {
    for (bool sooner = true; sooner;) {
      sooner = false;
      for (const int part : {16, 4, 2}) {
        const Plan before = plan_;
        if (sooner || before.conditions.duration <= 1s) break;
        sooner = does(cut_after(before, before.conditions.duration / part));
      }
    }
  }

  void calm() {
    for (const Calming& calming : calmings()) {
      Plan calmer = plan_;
      calming.apply(calmer);
      does(calmer);
    }
  }

  void leave_out_hosts() {
    for (HostIndex host = 0; host < plan_.conditions.hosts.size();) {
      if (plan_.conditions.hosts.size() == 1) return;
      if (!leave_out_host(host)) ++host;
    }
  }
  bool leave_out_host(HostIndex host) {
    if (does(without_host(plan_, host, std::nullopt))) return true;
    for (HostIndex heir = 0; heir < plan_.conditions.hosts.size(); ++heir) {
      if (heir != host && does(without_host(plan_, host, heir))) return true;
    }
    return false;
  }

  void leave_out_keys() {
    const Plan whole = plan_;
    ddmin(keys_of(whole), [&](const std::vector<SpaceKey>& keys) { return does(only_keys(whole, keys)); });
  }

  void leave_out_operations() {
    const Plan whole = plan_;
    ddmin(numbers_to(whole.operations.size()), [&](const std::vector<std::size_t>& numbers) {
      Plan part = plan_;
      part.operations = chosen(whole.operations, numbers);
      return does(part);
    });
  }

  void leave_out_faults() {
    const Plan whole = plan_;
    ddmin(numbers_to(whole.faults.size()), [&](const std::vector<std::size_t>& numbers) {
      Plan part = plan_;
      part.faults = chosen(whole.faults, numbers);
      return does(part);
    });
  }

  // Of batches.
  void leave_out_commands() {
    for (std::size_t operation = 0; operation < plan_.operations.size(); ++operation) {
      for (std::size_t command = 0; command < plan_.operations[operation].commands.size();) {
        std::vector<Command>& commands = plan_.operations[operation].commands;
        if (commands.size() == 1) break;
        Plan part = plan_;
        auto& fewer = part.operations[operation].commands;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(command));
        if (!does(part)) ++command;
        if (operation >= plan_.operations.size()) return;  // cut
      }
    }
  }

  void simplify_times() {
    if (events_of(plan_) > events_for_times_max) return;
    for (const Duration gap : {500ms, 1'000ms, 2'000ms, 5'000ms, 10'000ms}) {
      if (does(without_gaps(plan_, gap))) break;
    }
    for (const Duration grain : {1'000ms, 100ms, 10ms, 1ms}) {
      if (does(rounded(plan_, grain))) break;
    }
    for (std::size_t fault = 0; fault < plan_.faults.size(); ++fault) {
      for (const Duration lasts : {1'000ms, 5'000ms, 10'000ms, 30'000ms}) {
        Plan simpler = plan_;
        simpler.faults[fault].lasts = lasts;
        if (plan_.faults[fault].lasts <= lasts || does(simpler)) break;
      }
    }
  }

  Plan plan_;
  Report report_;
  const RunPlan& run_;
  const GoOn& go_on_;
  std::uint64_t runs_ = 0;
  std::uint64_t variants_ = 1;
  bool stopped_ = false;
};

}  // namespace

Shrunk shrink(const Plan& plan, const Report& report, const RunPlan& run, const GoOn& go_on) {
  return Shrinker(plan, report, run, go_on).shrink();
}

}  // namespace skerry::simulations
