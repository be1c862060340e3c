// What the clients of a world live through, for whoever writes that down.  A request is one operation at one host; its
// number is never used twice.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "simulations/operation.h"

namespace skerry::simulations {

// What nobody asks about may be left empty.
struct ClientEvents {
  // A process is there, and does it now or later.  Later it is answered, or the process has ended before.
  std::function<void(std::uint64_t request, const Operation& operation)> asked = {};
  // No process is there: nothing has happened, and the client knows.
  std::function<void(const Operation& operation)> refused = {};
  // What one of its commands is going to be answered; it may never leave.
  std::function<void(std::uint64_t request, const Operation& operation, const Command& command,
                     const std::string& answer)>
      told = {};
  // The client has the answers.
  std::function<void(std::uint64_t request)> answered = {};
  // The process has ended, with all requests that have not been answered.
  std::function<void(HostIndex host)> hung_up = {};
};

}  // namespace skerry::simulations
