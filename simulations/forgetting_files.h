// A forgetting disk as edge's store sees it, beside SQLite: its lock, its witness, and the making of its files.
#pragma once

#include "edge/file.h"
#include "simulations/forgetting_disk.h"
#include "simulations/forgetting_vfs.h"

namespace skerry::simulations {

class ForgettingFiles final : public edge::Files {
 public:
  // Both outlive it.  REQUIRES `vfs` to be of the same disk.
  ForgettingFiles(ForgettingDisk& disk, const ForgettingVfs& vfs) : disk_(disk), vfs_(vfs) {}

  const char* vfs() const override { return vfs_.name(); }
  std::string process() const override { return "simulated"; }
  core::Result<std::unique_ptr<edge::File>> open(const std::string& path) const override;
  core::Result<std::unique_ptr<edge::File>> open_or_make(const std::string& path) const override;
  core::Result<bool> exists(const std::string& path) const override;
  core::Result<void> rename(const std::string& from, const std::string& to) const override;
  core::Result<bool> make_directory(const std::string& path) const override;
  core::Result<void> sync_directory(const std::string& path) const override;

 private:
  ForgettingDisk& disk_;
  const ForgettingVfs& vfs_;
};

}  // namespace skerry::simulations
