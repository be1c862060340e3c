// Whatever a scenario file holds, the answer is a scenario that can become a plan or one short sentence.
#include <cstdint>
#include <cstdlib>

#include "simulations/scenario/scenario_file.h"

namespace {

using namespace skerry;
using namespace skerry::simulations;

void require(bool condition) {
  if (!condition) std::abort();
}

// What World takes for granted.
void require_promises(const Plan& plan) {
  const std::size_t hosts = plan.conditions.hosts.size();
  require(hosts >= 2 && plan.conditions.paths.size() == hosts * hosts);
  for (const Fault& fault : plan.faults) {
    require(fault.host < hosts && fault.other < hosts);
    require(fault.at >= Duration{} && fault.lasts >= Duration{} && fault.at <= plan.conditions.duration);
  }
  for (const Operation& operation : plan.operations) {
    require(operation.host < hosts && !operation.commands.empty());
    for (const Command& command : operation.commands) require(command.verb == Verb::flush || !command.key.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::BytesView text(reinterpret_cast<const char*>(data), size);
  core::Result<scenario::Scenario> scenario = scenario::parse_scenario(text, "test.toml");
  if (!scenario) {
    require(scenario.error().detail.size() < 8'000 && scenario.error().detail.find('\n') == std::string::npos);
    require(scenario.error().detail.substr(0, 10) == "test.toml:");
    return 0;
  }
  // Of clients a few, because there may be a million.
  for (scenario::Clients& clients : scenario->clients)
    clients.until = std::min(clients.until, clients.from + Duration(static_cast<std::int64_t>(50e9 / clients.rate)));
  require_promises(plan_of(*scenario, 1));
  return 0;
}
