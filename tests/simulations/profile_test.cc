#include "simulations/profile.h"

#include <gtest/gtest.h>

#include "simulations/contract_disk.h"

namespace skerry::simulations {
namespace {

TEST(ProtocolProfile, HasTheContractOfTheStoreAsItsDisk) {
  Timeline timeline;
  const Profile profile = protocol_profile();
  EXPECT_STREQ(profile.name, "protocol");
  const std::unique_ptr<Disk> disk =
      profile.disk({.timeline = timeline, .options = {}, .replica = {}, .random = core::Random(1), .events = {}});
  EXPECT_NE(dynamic_cast<ContractDisk*>(disk.get()), nullptr);
  EXPECT_EQ(disk->store().appended_to(), 0u);
}

}  // namespace
}  // namespace skerry::simulations
