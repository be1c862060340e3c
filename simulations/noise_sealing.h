// Sessions as the product has them: the Noise handshake (edge/secure_session.h) and sealed records (edge/record.h),
// with keys that come from the seed.
#pragma once

#include <vector>

#include "edge/secure_session.h"
#include "simulations/sealing.h"
#include "simulations/streams.h"

namespace skerry::simulations {

class NoiseKeys final : public Keys {
 public:
  NoiseKeys(const Streams& streams, std::size_t hosts);

  std::unique_ptr<Sealing> session(HostIndex dialler, HostIndex answerer) override;

 private:
  struct HostKeys {
    edge::SessionIdentity identity;
    edge::SeenDials seen;
  };

  core::Random random_;  // of ephemeral keys
  edge::RecordLimits limits_;
  std::vector<HostKeys> hosts_;  // not changed: sessions refer to it
};

}  // namespace skerry::simulations
