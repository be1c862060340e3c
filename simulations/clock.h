// The two clocks of one node, as wrong as its conditions say: a steady one that drifts, and a wall clock that is off,
// drifts with it, steps and freezes.
#pragma once

#include <optional>

#include "core/time.h"

namespace skerry::simulations {

class Clock {
 public:
  struct Options {
    std::chrono::milliseconds offset{0};
    int drift_ppm = 0;  // how much faster than the world's time; REQUIRES within +-100,000
  };

  explicit Clock(const Options& options) : options_(options) {}

  // What the node is told about time when the world's time is `world`.
  core::Now at(core::Instant world) const;
  // The first instant of the world at which the node's steady clock shows `local`; never for never.
  core::Instant world_at(core::Instant local) const;

  void step(std::chrono::milliseconds by) { offset_ += by; }
  // The wall clock stands still until thaw(), and then goes on from where it stood.
  void freeze(core::Instant world);
  void thaw(core::Instant world);
  // Somebody sets the wall clock right.
  void correct(core::Instant world);

 private:
  core::Instant local(core::Instant world) const;
  core::WallTime unfrozen(core::Instant world) const;

  Options options_;
  std::chrono::milliseconds offset_ = options_.offset;
  std::optional<core::WallTime> frozen_at_;
};

}  // namespace skerry::simulations
