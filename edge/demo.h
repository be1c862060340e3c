// `skerry demo`: three regions on this machine, and what happens to them.
#pragma once

#include "edge/command_line.h"

namespace skerry::edge {

// To standard output, mistakes to standard error.  The exit code.  REQUIRES start_entropy, and that no other thread
// runs yet.
int run_demo(const DemoCommand& command);

}  // namespace skerry::edge
