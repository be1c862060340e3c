// The dots this replica has seen: for each replica all up to some sequence, and a few intervals beyond.
// A value: copy it, compare it.  Equal sets of dots are equal contexts (the form is canonical).
// Source: Almeida, Shoker, Baquero: Delta State Replicated Data Types (2018), causal contexts; intervals beyond the
// vector as in Malkhi and Terry: Concise Version Vectors in WinFS (2007).
#pragma once

#include <span>
#include <vector>

#include "crdt/dot.h"

namespace skerry::crdt {

// Both ends included; 1 <= first <= last.
struct Interval {
  Sequence first = 0;
  Sequence last = 0;
  auto operator<=>(const Interval&) const = default;
};

class CausalContext {
 public:
  // The dots of one replica.  `intervals` is never empty, sorted, and with gaps between neighbours.
  struct Part {
    ReplicaId replica;
    std::vector<Interval> intervals;
    auto operator<=>(const Part&) const = default;
  };

  bool empty() const { return parts_.empty(); }
  bool contains(const Dot& dot) const;
  bool contains_any(const ReplicaId& replica, Interval interval) const;  // whether one of these dots is in here
  // Whether every dot of `other` is in here.
  bool covers(const CausalContext& other) const;
  // The last sequence up to which no dot of `replica` is missing; 0 if the first one is.
  Sequence complete_to(const ReplicaId& replica) const;
  // The greatest sequence of `replica` seen; 0 if none.
  Sequence greatest(const ReplicaId& replica) const;

  void add(const Dot& dot);
  void add(const ReplicaId& replica, Interval interval);  // REQUIRES 1 <= first <= last
  void add(const CausalContext& other);                   // the union
  void remove(const Dot& dot);
  void remove(const CausalContext& other);  // the difference
  CausalContext without(const CausalContext& other) const;  // as remove(), of a copy
  CausalContext intersection(const CausalContext& other) const;

  // In the order of replica ids.
  std::span<const Part> parts() const { return parts_; }
  std::size_t interval_count() const;

  auto operator<=>(const CausalContext&) const = default;

 private:
  std::vector<Part> parts_;  // sorted by replica; mostly a handful
};

}  // namespace skerry::crdt
