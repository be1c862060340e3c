// The profile of a world in which the product runs as it ships, but for sockets and threads.
#pragma once

#include "simulations/profile.h"

namespace skerry::simulations {

// The real store on files that forget; Noise sessions and their records between hosts.
Profile full_profile();

}  // namespace skerry::simulations
