#include "simulations/streams.h"

#include "core/digest.h"

namespace skerry::simulations {

core::Random Streams::stream(core::BytesView name, std::uint64_t index) const {
  core::Bytes label;
  core::put_u64(label, seed_);
  core::put_u64(label, index);
  label.append(name);
  std::uint64_t seed = 0;
  const core::Digest128 digest = core::digest(label);
  for (std::size_t i = 0; i < sizeof(seed); ++i) seed = seed << 8 | digest[i];
  return core::Random(seed);
}

}  // namespace skerry::simulations
