// Everything that is going to happen in a world from outside: what clients ask for and what fails, in order of time.
// Data, drawn before the first step, so that a part of it can be left out without moving the rest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulations/conditions.h"
#include "simulations/operation.h"

namespace skerry::simulations {

enum class FaultKind : std::uint8_t {
  cut,           // nothing passes from `host` to `other`
  slow_path,     // from `host` to `other` everything takes `amount` times as long
  crash,         // `host`, at its `amount`th yield from then on; it is back after `lasts`
  pause,         // `host` does nothing
  slow_disk,     // each sync and flush of `host` takes `amount` times as long
  sync_error,    // `amount` syncs of `host` fail, which ends the process each time
  clock_step,    // `host`'s wall clock moves by `amount` milliseconds
  clock_freeze,  // `host`'s wall clock stands still
};
inline constexpr std::size_t fault_kind_count = 8;
const char* name_of(FaultKind kind);

struct Fault {
  Duration at{};  // since the world began
  FaultKind kind = FaultKind::cut;
  HostIndex host = 0;
  HostIndex other = 0;
  Duration lasts{};
  std::int64_t amount = 0;
  bool noticed = true;  // crash: the others are told at once, because the machine lives on
};

struct Plan {
  Conditions conditions;
  std::vector<Operation> operations;  // sorted by time
  std::vector<Fault> faults;          // sorted by time
};

Plan draw_plan(const Conditions& conditions);

std::string to_text(const Fault& fault);

}  // namespace skerry::simulations
