#include "simulations/profile.h"

#include "simulations/contract_disk.h"

namespace skerry::simulations {

Profile protocol_profile() {
  return {.name = "protocol",
          .disk = [](Disk::Setup setup) { return std::make_unique<ContractDisk>(std::move(setup)); },
          .keys = {}};
}

}  // namespace skerry::simulations
