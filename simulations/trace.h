// A hash of all that happened, in order: two runs of one seed that differ anywhere differ here (I12).
// Not for secrets: 64 bits, mixed by multiplication as in FxHash and splitmix64.
#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/time.h"

namespace skerry::simulations {

class Trace {
 public:
  void add(std::uint64_t word);
  void add(core::BytesView bytes);
  void add(core::Instant when) { add(static_cast<std::uint64_t>(when.time_since_epoch().count())); }

  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x736b65727279;
};

}  // namespace skerry::simulations
