// The disk of the full profile: the store that ships, with its SQLite files, its witness and its lock, on a disk in
// memory that forgets what was not synced.  In place of the two threads that a node lends it, the store's steps are
// events of the timeline: a step takes place at the end of its time, and a process that ends before that has got as far
// into it as chance says, to any of its I/Os.
#pragma once

#include <memory>

#include "edge/sqlite_store.h"
#include "simulations/disk.h"
#include "simulations/forgetting_files.h"

namespace skerry::simulations {

class SqliteDisk final : public Disk {
 public:
  explicit SqliteDisk(Setup setup);
  ~SqliteDisk() override;
  SqliteDisk(const SqliteDisk&) = delete;
  SqliteDisk& operator=(const SqliteDisk&) = delete;

  edge::SqliteStore& store() override { return *store_; }
  const edge::SqliteStore& store() const override { return *store_; }

  void commit() override;
  void write_flush() override { poke(cells_); }

  void slow_down(std::uint32_t factor) override { factor_ = factor; }
  // Each is an error of one I/O or of all that follow in a step, or a disk that is full.
  void refuse_syncs(std::uint32_t count) override { refusals_ = count; }
  bool end_within_io() override;
  void become_good() override;
  // The next process may end in turn while it opens the store, or meet an error and be started again.
  core::Result<void> crash(Loss loss) override;

  // --- for tests
  ForgettingVfs& vfs() { return vfs_; }
  // How often something was struck that was on its way: by an error, an end within an I/O, an end while opening.
  struct Counts {
    std::uint64_t errors = 0;
    std::uint64_t ends_within_io = 0;
    std::uint64_t ends_while_opening = 0;
    std::uint64_t errors_while_opening = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  // A thread that the node would lend (edge/worker.h).
  struct Thread {
    bool is_for_log;
    bool works = false;
    bool again = false;
    std::uint64_t round = 0;  // of what it does, so that an old event does nothing
  };

  void poke(Thread& thread);
  void work(Thread& thread);
  void run(const Thread& thread);
  void settle(const Thread& thread);
  void look_for_room_later();
  void after_work(Thread& thread);
  void commit_meanwhile();
  template <class Step>
  void take(Step&& step);
  bool plan_error(std::uint64_t within);
  std::uint64_t few_operations() { return random_.below(std::uint64_t{1} << random_.below(7)); }

  void moved();
  core::Result<void> open();
  void get_somewhere();
  void close(Loss loss);
  core::Result<void> recover();

  Timeline& timeline_;
  Options options_;
  core::Random random_;
  Events events_;
  ForgettingDisk disk_;
  ForgettingVfs vfs_;
  ForgettingFiles files_;
  edge::SqliteStore::Options store_options_;
  // Syncs are so quick that the loop waits for them itself.
  bool loop_commits_;
  std::unique_ptr<edge::SqliteStore> store_;

  std::uint64_t life_ = 0;
  Thread log_{.is_for_log = true};
  Thread cells_{.is_for_log = false};
  bool moved_posted_ = false;
  bool looks_ = false;
  std::uint32_t factor_ = 1;
  std::uint32_t refusals_ = 0;
  bool ends_within_io_ = false;
  bool good_ = false;
  Counts counts_;
};

}  // namespace skerry::simulations
