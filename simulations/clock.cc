#include "simulations/clock.h"

#include <chrono>

namespace skerry::simulations {

using core::Instant;
using core::WallTime;

namespace {

constexpr std::int64_t epoch_milliseconds = 1'700'000'000'000;  // when every world begins: 2023-11-14 22:13:20 UTC
constexpr std::int64_t million = 1'000'000;

WallTime true_wall(Instant world) {
  const auto elapsed = std::chrono::floor<std::chrono::milliseconds>(world.time_since_epoch());
  return core::from_unix_milliseconds(epoch_milliseconds + elapsed.count());
}

}  // namespace

// Integers throughout: the same with every compiler.  A drift of 5,000 ppm stays exact for a simulated fortnight.
Instant Clock::local(Instant world) const {
  const std::int64_t elapsed = world.time_since_epoch().count();
  return Instant(core::Duration(elapsed + elapsed / million * options_.drift_ppm +
                                elapsed % million * options_.drift_ppm / million));
}

Instant Clock::world_at(Instant local_time) const {
  if (local_time == core::never) return core::never;
  const std::int64_t wanted = local_time.time_since_epoch().count();
  const std::int64_t rate = million + options_.drift_ppm;
  const std::int64_t rounding = 2;  // of the divisions here and in local()
  Instant world{core::Duration(wanted / rate * million + wanted % rate * million / rate - rounding)};
  while (local(world) < local_time) world += core::Duration(1);
  return world;
}

WallTime Clock::unfrozen(Instant world) const {
  return true_wall(local(world)) + offset_;
}

core::Now Clock::at(Instant world) const {
  return {local(world), frozen_at_ ? *frozen_at_ : unfrozen(world)};
}

void Clock::freeze(Instant world) {
  if (!frozen_at_) frozen_at_ = unfrozen(world);
}

void Clock::thaw(Instant world) {
  if (!frozen_at_) return;
  offset_ -= unfrozen(world) - *frozen_at_;
  frozen_at_.reset();
}

void Clock::correct(Instant world) {
  frozen_at_.reset();
  offset_ += true_wall(world) - unfrozen(world);
}

}  // namespace skerry::simulations
