// One root seed, split into named streams of chance: drawing from one leaves the others alone, so that a schedule with
// fewer faults keeps its network, and one with fewer writes its faults.
#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/random.h"

namespace skerry::simulations {

class Streams {
 public:
  explicit Streams(std::uint64_t seed) : seed_(seed) {}

  // The same name and index give the same stream, however often asked.
  core::Random stream(core::BytesView name, std::uint64_t index) const;
  core::Random stream(core::BytesView name) const { return stream(name, 0); }

 private:
  std::uint64_t seed_;
};

}  // namespace skerry::simulations
