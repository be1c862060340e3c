#include "simulations/plan.h"

#include <algorithm>

#include "core/random.h"
#include "simulations/streams.h"
#include "simulations/workload.h"

namespace skerry::simulations {

using namespace std::chrono_literals;
using core::Random;

namespace {

constexpr const char* names[] = {"cut",       "slow path",  "crash",      "pause",
                                 "slow disk", "sync error", "clock step", "clock freeze"};
static_assert(std::size(names) == fault_kind_count);

// Each class of faults has a stream of chance of its own.  One draw a statement: compilers differ in the order in which
// they evaluate arguments.
class Faults {
 public:
  explicit Faults(const Conditions& conditions)
      : conditions_(conditions), hosts_(conditions.hosts.size()), random_(class_random("none")) {}

  std::vector<Fault> draw() {
    const FaultCounts& counts = conditions_.faults;
    each("partitions", counts.partitions, [this] { partition(); });
    each("cuts", counts.cuts, [this] { cut(); });
    each("flaps", counts.flaps, [this] { flap(); });
    each("swizzles", counts.swizzles, [this] { swizzle(); });
    each("slow paths", counts.slow_paths, [this] { slow_path(); });
    each("crashes", counts.crashes, [this] { crash(); });
    each("storms", counts.storms, [this] { storm(); });
    each("pauses", counts.pauses, [this] { add(FaultKind::pause, lasts(10ms, 2min), 0); });
    each("slow disks", counts.slow_disks, [this] { slow_disk(); });
    each("sync errors", counts.sync_errors, [this] { add(FaultKind::sync_error, 0s, any(1, 3)); });
    each("clock steps", counts.clock_steps, [this] { clock_step(); });
    each("clock freezes", counts.clock_freezes, [this] { add(FaultKind::clock_freeze, lasts(1s, 2min), 0); });
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const Fault& left, const Fault& right) { return left.at < right.at; });
    return std::move(faults_);
  }

 private:
  Random class_random(core::BytesView name) const {
    return Streams(conditions_.seed).stream("faults/" + core::Bytes(name));
  }
  template <class Draw>
  void each(core::BytesView name, std::uint32_t count, Draw&& draw) {
    random_ = class_random(name);
    for (; count > 0; --count) draw();
  }

  std::int64_t any(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  Duration when() { return Duration(any(0, conditions_.duration.count())); }
  // Short ones as often as long ones: uniform in the number of doublings.
  Duration lasts(Duration low, Duration high) {
    while (low < high && random_.chance(0.85)) low *= 2;
    return std::min(low, high);
  }
  std::int64_t slowness(std::int64_t most) { return std::min(most, std::int64_t{2} << random_.below(10)); }
  HostIndex host() { return static_cast<HostIndex>(random_.below(hosts_)); }
  HostIndex other_than(HostIndex host) {
    return static_cast<HostIndex>((host + 1 + random_.below(hosts_ - 1)) % hosts_);
  }

  void add(FaultKind kind, Duration lasts, std::int64_t amount) {
    Fault fault{.at = when(), .kind = kind, .lasts = lasts, .amount = amount};
    fault.host = host();
    faults_.push_back(fault);
  }
  void cut_path(Duration at, HostIndex from, HostIndex to, Duration lasts) {
    faults_.push_back({.at = at, .kind = FaultKind::cut, .host = from, .other = to, .lasts = lasts});
  }

  // Any set of hosts from all others; half of them both ways.  A set of one is an island, or the hub.
  void partition() {
    const Duration at = when();
    const Duration time = lasts(100ms, 2min);
    const bool both_ways = random_.chance(0.5);
    std::vector<bool> inside;
    for (std::size_t i = 0; i < hosts_; ++i) inside.push_back(random_.chance(0.5));
    for (HostIndex from = 0; from < hosts_; ++from) {
      for (HostIndex to = 0; to < hosts_; ++to) {
        if (inside[from] != inside[to] && (both_ways || inside[from])) cut_path(at, from, to, time);
      }
    }
  }
  void cut() {
    const HostIndex from = host();
    const HostIndex to = other_than(from);
    const Duration at = when();
    cut_path(at, from, to, lasts(10ms, 2min));
  }
  void flap() {
    const HostIndex from = host();
    const HostIndex to = other_than(from);
    const Duration period = lasts(20ms, 20s);
    Duration at = when();
    for (std::int64_t times = any(3, 12); times > 0; --times, at += period) {
      cut_path(at, from, to, period / 2);
      if (random_.chance(0.5)) cut_path(at, to, from, period / 2);
    }
  }
  // FoundationDB's swizzle-clog.
  void swizzle() {
    const Duration begin = when();
    const Duration spread = lasts(1s, 60s);
    for (HostIndex from = 0; from < hosts_; ++from) {
      for (HostIndex to = 0; to < hosts_; ++to) {
        if (from == to || random_.chance(0.5)) continue;
        const Duration at(any(0, spread.count()));
        const Duration healed(any(spread.count(), 2 * spread.count()));
        cut_path(begin + at, from, to, healed - at);
      }
    }
  }
  void slow_path() {
    const HostIndex from = host();
    faults_.push_back({.at = when(),
                       .kind = FaultKind::slow_path,
                       .host = from,
                       .other = other_than(from),
                       .lasts = lasts(1s, 2min),
                       .amount = slowness(128)});
  }
  void slow_disk() {
    const std::int64_t factor = slowness(1'000);
    add(FaultKind::slow_disk, lasts(1s, 60s), factor);
  }
  void crash() {
    const Duration at = when();
    crash(at, lasts(10ms, 60s));
  }
  void crash(Duration at, Duration lasts) {
    Fault fault{.at = at, .kind = FaultKind::crash, .host = host(), .lasts = lasts, .amount = any(1, 12)};
    fault.noticed = random_.chance(0.5);
    faults_.push_back(fault);
  }
  void storm() {
    Duration at = when();
    const HostIndex one = host();
    for (std::int64_t times = any(3, 8); times > 0; --times) {
      crash(at, lasts(1ms, 2s));
      faults_.back().host = one;
      at += faults_.back().lasts;
      at += lasts(1ms, 2s);
    }
  }
  void clock_step() {
    const Duration step = lasts(1ms, 24h * 365);
    const std::int64_t milliseconds = step / 1ms;
    add(FaultKind::clock_step, 0s, random_.chance(0.5) ? milliseconds : -milliseconds);
  }

  const Conditions& conditions_;
  std::size_t hosts_;
  Random random_;  // of the class that is being drawn
  std::vector<Fault> faults_;
};

}  // namespace

const char* name_of(FaultKind kind) {
  return names[static_cast<std::size_t>(kind)];
}

Plan draw_plan(const Conditions& conditions) {
  return {conditions, draw_workload(conditions), Faults(conditions).draw()};
}

std::string to_text(const Fault& fault) {
  std::string text = std::to_string(fault.at / 1ms) + " ms: " + name_of(fault.kind) + " " + std::to_string(fault.host);
  if (fault.kind == FaultKind::cut || fault.kind == FaultKind::slow_path) text += " → " + std::to_string(fault.other);
  if (fault.amount != 0) text += ", " + std::to_string(fault.amount);
  if (fault.lasts != 0s) text += ", for " + std::to_string(fault.lasts / 1ms) + " ms";
  if (fault.kind == FaultKind::crash && !fault.noticed) text += ", unnoticed";
  return text;
}

}  // namespace skerry::simulations
