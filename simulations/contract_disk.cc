#include "simulations/contract_disk.h"

#include <utility>

namespace skerry::simulations {

void ContractDisk::commit() {
  commit_again_ = committing_ > 0;
  if (commit_again_ || store_.undurable() == 0 || store_.failure()) return;
  committing_ = store_.undurable();
  timeline_.after(latency(), [this, life = life_] {
    if (life == life_) committed();
  });
}

void ContractDisk::committed() {
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

void ContractDisk::write_flush() {
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

void ContractDisk::become_good() {
  factor_ = 1;
  refusals_ = 0;
  options_.stall_chance = 0;
}

core::Result<void> ContractDisk::crash(Loss) {
  ++life_;
  committing_ = 0;
  commit_again_ = false;
  flushing_ = false;
  if (store_.flushing() && random_.chance(0.5)) store_.write_flush();
  store_.crash(random_.below(store_.undurable() + 1));
  return {};
}

}  // namespace skerry::simulations
