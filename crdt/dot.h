// A dot names one event, for ever (I1): a write or a removal in one space.
#pragma once

#include <compare>

#include "core/hybrid_clock.h"
#include "core/ids.h"

namespace skerry::crdt {

using core::ReplicaId;
using core::Sequence;

struct Dot {
  ReplicaId replica;
  Sequence sequence = 0;
  auto operator<=>(const Dot&) const = default;
};

// What a mutation is given for each event it makes.
struct Event {
  Dot dot;
  core::Stamp stamp;
};

}  // namespace skerry::crdt
