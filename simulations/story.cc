#include "simulations/story.h"

#include <cstdio>

namespace skerry::simulations {

namespace {

std::string line_at(Duration at, const std::string& what) {
  char time[32];
  std::snprintf(time, sizeof(time), "%10.3f s  ", std::chrono::duration<double>(at).count());
  return time + what + "\n";
}

std::string sentence(const Fault& fault) {
  const std::string host = "host " + std::to_string(fault.host);
  const std::string path = "from " + host + " to host " + std::to_string(fault.other);
  const std::string amount = std::to_string(fault.amount);
  char seconds[32];
  std::snprintf(seconds, sizeof(seconds), "%g s", std::chrono::duration<double>(fault.lasts).count());
  const std::string lasts = std::string(" for ") + seconds;
  switch (fault.kind) {
    case FaultKind::cut:
      return "nothing passes " + path + lasts;
    case FaultKind::slow_path:
      return path + " everything takes " + amount + " times as long" + lasts;
    case FaultKind::crash:
      return host + " ends at its yield " + amount + " from now, " +
             (fault.noticed ? "and the others are told" : "unnoticed") + "; it is back after " + seconds;
    case FaultKind::pause:
      return host + " does nothing" + lasts;
    case FaultKind::slow_disk:
      return host + "'s disk takes " + amount + " times as long" + lasts;
    case FaultKind::sync_error:
      return host + "'s next " + amount + " syncs fail, each of which ends the process";
    case FaultKind::clock_step:
      return host + "'s wall clock steps by " + amount + " ms";
    case FaultKind::clock_freeze:
      return host + "'s wall clock stands still" + lasts;
  }
  return {};
}

std::string sentence(const Operation& operation, std::uint16_t spaces) {
  std::string text = "host " + std::to_string(operation.host) + ": ";
  if (spaces > 1) text += "in space " + std::to_string(operation.space.number) + ": ";
  for (std::size_t i = 0; i < operation.commands.size(); ++i)
    text += (i == 0 ? "" : ", ") + to_text(operation.commands[i]);
  return text + (operation.commands.size() > 1 ? " (one batch)" : "");
}

}  // namespace

std::string story_of(const Plan& plan, const Report& report) {
  std::string text;
  auto fault = plan.faults.begin();
  auto operation = plan.operations.begin();
  // What happens at the same time: operations first, as in the world.
  while (fault != plan.faults.end() || operation != plan.operations.end()) {
    const bool fault_next =
        operation == plan.operations.end() || (fault != plan.faults.end() && fault->at < operation->at);
    text += fault_next ? line_at(fault->at, sentence(*fault))
                       : line_at(operation->at, sentence(*operation, plan.conditions.spaces));
    fault_next ? void(++fault) : void(++operation);
  }
  if (!report.violation || report.violated_at > plan.conditions.duration)
    text += line_at(plan.conditions.duration, "everything heals");
  if (!report.violation) return text;
  text += line_at(report.violated_at, report.violation->invariant + " is violated: " + report.violation->what);
  for (const std::string& detail : report.violation->details) text += "              " + detail + "\n";
  return text;
}

}  // namespace skerry::simulations
