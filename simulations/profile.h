// What of a world is pretended and what is the product's own, below the replica.
#pragma once

#include <functional>
#include <memory>

#include "simulations/disk.h"
#include "simulations/sealing.h"
#include "simulations/streams.h"

namespace skerry::simulations {

struct Profile {
  const char* name;  // as --profile has it
  std::function<std::unique_ptr<Disk>(Disk::Setup setup)> disk;
  // Empty: the network guards packets by its own word.
  std::function<std::unique_ptr<Keys>(const Streams& streams, std::size_t hosts)> keys;
};

// The store's contract in memory, frames as they are: the fastest.  (The other: simulations/full_profile.h.)
Profile protocol_profile();

}  // namespace skerry::simulations
