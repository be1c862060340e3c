// SQLite on a forgetting disk: a VFS that asks the disk what SQLite's own asks the operating system, and syncs
// directories when that does.  Its locks and the shared memory of write-ahead logs are those of one process, which all
// connections to one VFS are.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "simulations/forgetting_disk.h"

namespace skerry::simulations {

class ForgettingVfs {
 public:
  // Registers it with SQLite until it goes.  REQUIRES that no other VFS has the name.  The disk outlives it.
  ForgettingVfs(ForgettingDisk& disk, std::string name);
  // REQUIRES that no connection is open.
  ~ForgettingVfs();
  ForgettingVfs(const ForgettingVfs&) = delete;
  ForgettingVfs& operator=(const ForgettingVfs&) = delete;

  const char* name() const;

  // To see that a test would notice: whatever a connection asks for from now on with `PRAGMA synchronous`, it gets
  // this.
  enum class Synchronous { off = 0, normal = 1 };
  void weaken(Synchronous level);

  class State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace skerry::simulations
