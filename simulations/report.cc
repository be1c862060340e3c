#include "simulations/report.h"

#include <algorithm>
#include <cstdio>

#include "simulations/json.h"

namespace skerry::simulations {

using json::decimal;
using json::quoted;
using Members = json::Object;

namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(value));
  return text;
}

std::string faults_object(const std::array<std::uint64_t, fault_kind_count>& faults) {
  Members members;
  for (std::size_t kind = 0; kind < fault_kind_count; ++kind)
    members.add(name_of(static_cast<FaultKind>(kind)), faults[kind]);
  return members.object();
}

std::string faults_text(const std::array<std::uint64_t, fault_kind_count>& faults) {
  std::string text;
  for (std::size_t kind = 0; kind < fault_kind_count; ++kind) {
    if (faults[kind] == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(name_of(static_cast<FaultKind>(kind))) + " " +
            std::to_string(faults[kind]);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::string to_text(const Report& report) {
  const Network::Counts& network = report.network;
  std::string text = "  happened  " + std::to_string(report.operations) + " operations, " +
                     std::to_string(report.events) + " events, " + std::to_string(network.frames) + " frames (" +
                     std::to_string(network.bytes) + " B), " + std::to_string(network.sessions) + " sessions, " +
                     std::to_string(network.packets_lost) + " packets lost, " +
                     std::to_string(network.packets_damaged) + " damaged, " + std::to_string(report.endings) +
                     " endings of processes\n";
  text += "  faults    " + faults_text(report.faults) + "\n";
  text += "  trace     " + hexadecimal(report.trace) + " after " + std::to_string(report.steps) + " steps\n";
  if (!report.violation)
    return text + "  holds; converged " + decimal(seconds(report.same_in.value_or(report.converged_in))) +
           " s after healing, nothing waits after " + decimal(seconds(report.converged_in)) + " s\n";
  text += "  VIOLATED " + report.violation->invariant + " at " + decimal(seconds(report.violated_at)) +
          " s: " + report.violation->what + "\n";
  for (const std::string& line : report.violation->details) text += "    " + line + "\n";
  return text;
}

std::string to_json(const Report& report) {
  Members members;
  members.add("seed", report.seed);
  members.add("profile", quoted(report.profile));
  members.add("holds", report.violation ? "false" : "true");
  if (report.violation) {
    members.add("invariant", quoted(report.violation->invariant));
    members.add("what", quoted(report.violation->what));
    members.add("violated_at_seconds", decimal(seconds(report.violated_at)));
    std::string details;
    for (const std::string& line : report.violation->details) details += (details.empty() ? "" : ",") + quoted(line);
    members.add("details", "[" + details + "]");
  } else {
    members.add("same_in_seconds", decimal(seconds(report.same_in.value_or(report.converged_in))));
    members.add("converged_in_seconds", decimal(seconds(report.converged_in)));
  }
  members.add("hosts", report.hosts);
  members.add("simulated_seconds", decimal(seconds(report.simulated)));
  members.add("trace", quoted(hexadecimal(report.trace)));
  members.add("steps", report.steps);
  members.add("operations", report.operations);
  members.add("events", report.events);
  members.add("endings", report.endings);
  members.add("sessions", report.network.sessions);
  members.add("frames", report.network.frames);
  members.add("bytes", report.network.bytes);
  members.add("packets_lost", report.network.packets_lost);
  members.add("packets_damaged", report.network.packets_damaged);
  members.add("faults", faults_object(report.faults));
  return members.object();
}

void Summary::add(const Report& report) {
  ++seeds;
  violations += report.violation.has_value();
  node_hours += static_cast<double>(report.hosts) * seconds(report.simulated) / 3600;
  slowest_convergence = std::max(slowest_convergence, report.converged_in);
  for (std::size_t kind = 0; kind < fault_kind_count; ++kind) faults[kind] += report.faults[kind];
}

std::string to_text(const Summary& summary) {
  return std::to_string(summary.seeds) + " seeds, " + std::to_string(summary.violations) + " violated; " +
         decimal(summary.node_hours) + " node-hours simulated; slowest convergence " +
         decimal(seconds(summary.slowest_convergence)) + " s after healing\n  faults: " + faults_text(summary.faults) +
         "\n";
}

std::string to_json(const Summary& summary) {
  Members members;
  members.add("seeds", summary.seeds);
  members.add("violations", summary.violations);
  members.add("node_hours", decimal(summary.node_hours));
  members.add("slowest_convergence_seconds", decimal(seconds(summary.slowest_convergence)));
  members.add("faults", faults_object(summary.faults));
  return members.object();
}

}  // namespace skerry::simulations
