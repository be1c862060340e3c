#include "simulations/full_profile.h"

#include "simulations/noise_sealing.h"
#include "simulations/sqlite_disk.h"

namespace skerry::simulations {

Profile full_profile() {
  return {
      .name = "full",
      .disk = [](Disk::Setup setup) { return std::make_unique<SqliteDisk>(std::move(setup)); },
      .keys = [](const Streams& streams, std::size_t hosts) { return std::make_unique<NoiseKeys>(streams, hosts); }};
}

}  // namespace skerry::simulations
