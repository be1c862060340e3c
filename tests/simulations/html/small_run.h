// A run in which little happens, so that a test can say what its page shows: host 0 is cut off from both others for 15
// s, host 2 loses power, host 1 is held, and a dozen writes go through all that, one of a key that would break a page.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "simulations/html/page.h"
#include "tests/simulations/quiet_world.h"

namespace skerry::simulations::html {

inline const core::Bytes hostile_key = "</script><img src=x onerror=alert(1)>\"'&\xff";

inline Plan small_plan() {
  Plan plan = quiet_plan(3);
  for (const Path path : {Path{0, 1}, Path{1, 0}, Path{0, 2}, Path{2, 0}}) {
    plan.faults.push_back({.at = 10s, .kind = FaultKind::cut, .host = path.from, .other = path.to, .lasts = 15s});
  }
  plan.faults.push_back({.at = 30s, .kind = FaultKind::clock_step, .host = 0, .amount = 1'500});
  plan.faults.push_back({.at = 35s, .kind = FaultKind::crash, .host = 2, .lasts = 6s, .amount = 1, .noticed = false});
  plan.faults.push_back({.at = 45s, .kind = FaultKind::pause, .host = 1, .lasts = 5s});
  for (HostIndex i = 0; i < 12; ++i) {
    const core::Bytes key = i == 4 ? hostile_key : "cart/" + std::to_string(i);
    plan.operations.push_back(operation(2s + i * 4s, i % 3, {{.verb = Verb::set_add, .key = key, .member = "milk"}}));
  }
  return plan;
}

// Something to make a page of.
class ObservedRun {
 public:
  explicit ObservedRun(const Plan& plan) : plan_(plan), chronicle_(plan.conditions.hosts.size()) {
    World world(plan_);
    world.record(chronicle_);
    report_ = world.run();
  }
  Report& report() { return report_; }
  const Chronicle& chronicle() const { return chronicle_; }
  Subject subject() const {
    std::vector<std::string> names = plain_names(chronicle_.hosts());
    if (names.size() == 3) names = {"eu-west", "us-east", "<ap>"};
    return {"A cut & a crash", "skerry-simulate --seed 1", names, plan_.conditions, report_, chronicle_};
  }

 private:
  Plan plan_;
  Chronicle chronicle_;
  Report report_;
};

inline std::size_t times(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

}  // namespace skerry::simulations::html
