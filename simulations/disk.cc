#include "simulations/disk.h"

#include <algorithm>
#include <utility>

namespace skerry::simulations {

namespace {

constexpr Duration latency_max = std::chrono::seconds(30);  // however slow it is

}  // namespace

Duration Disk::latency() {
  const auto spread = static_cast<std::uint64_t>((options_.sync_max - options_.sync_min).count()) + 1;
  Duration latency = options_.sync_min + Duration(static_cast<std::int64_t>(random_.below(spread)));
  if (random_.chance(options_.stall_chance))
    latency += Duration(static_cast<std::int64_t>(random_.unit() * static_cast<double>(options_.stall_max.count())));
  return std::min(latency * factor_, latency_max);
}

void Disk::commit() {
  commit_again_ = committing_ > 0;
  if (commit_again_ || store_.undurable() == 0 || store_.failure()) return;
  committing_ = store_.undurable();
  timeline_.after(latency(), [this, life = life_] {
    if (life == life_) committed();
  });
}

void Disk::committed() {
  const std::size_t segments = std::exchange(committing_, 0);
  if (refusals_ > 0) {
    --refusals_;
    store_.fail_writes({core::ErrorCode::io, "The disk has refused a sync."});
    return moved_();
  }
  for (std::size_t i = 0; i < segments; ++i) store_.sync_one();
  const std::uint64_t life = life_;
  moved_();
  if (life == life_ && std::exchange(commit_again_, false)) commit();
}

void Disk::write_flush() {
  if (flushing_ || !store_.flushing() || store_.failure()) return;
  flushing_ = true;
  timeline_.after(latency(), [this, life = life_] {
    if (life != life_) return;
    store_.write_flush();
    timeline_.after(latency(), [this, life] {
      if (life != life_) return;
      flushing_ = false;
      store_.complete_flush();
      moved_();
    });
  });
}

void Disk::become_good() {
  factor_ = 1;
  refusals_ = 0;
  options_.stall_chance = 0;
}

void Disk::crash() {
  ++life_;
  committing_ = 0;
  commit_again_ = false;
  flushing_ = false;
  if (store_.flushing() && random_.chance(0.5)) store_.write_flush();
  store_.crash(random_.below(store_.undurable() + 1));
}

}  // namespace skerry::simulations
