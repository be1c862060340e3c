#include "simulations/full_profile.h"

#include "simulations/sqlite_disk.h"

namespace skerry::simulations {

Profile full_profile() {
  return {.name = "full", .disk = [](Disk::Setup setup) { return std::make_unique<SqliteDisk>(std::move(setup)); }};
}

}  // namespace skerry::simulations
