// The disk of the protocol profile: the memory store, which obeys the store's contract.  Tears within a file belong to
// the full profile: the contract says that a segment and a flush are there as a whole or not at all.
#pragma once

#include "simulations/disk.h"
#include "sync/memory_store.h"

namespace skerry::simulations {

class ContractDisk final : public Disk {
 public:
  explicit ContractDisk(Setup setup)
      : timeline_(setup.timeline),
        options_(setup.options),
        random_(setup.random),
        moved_(std::move(setup.events.moved)) {}

  sync::MemoryStore& store() override { return store_; }
  const sync::MemoryStore& store() const override { return store_; }

  void commit() override;
  void write_flush() override;

  void slow_down(std::uint32_t factor) override { factor_ = factor; }
  void refuse_syncs(std::uint32_t count) override { refusals_ = count; }
  bool end_within_io() override { return false; }
  void become_good() override;
  core::Result<void> crash(Loss loss) override;

 private:
  Duration latency() { return draw_latency(options_, factor_, random_); }
  void committed();

  Timeline& timeline_;
  Options options_;
  core::Random random_;
  std::function<void()> moved_;
  sync::MemoryStore store_{sync::MemoryStore::Mode::by_hand};
  std::uint64_t life_ = 0;
  std::uint32_t factor_ = 1;
  std::uint32_t refusals_ = 0;
  std::size_t committing_ = 0;  // segments that are being synced
  bool commit_again_ = false;
  bool flushing_ = false;
};

}  // namespace skerry::simulations
