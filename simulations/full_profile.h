// The profile of a world in which the product runs as it ships, but for sockets and threads.
#pragma once

#include "simulations/profile.h"

namespace skerry::simulations {

// The real store on files that forget.
Profile full_profile();

}  // namespace skerry::simulations
