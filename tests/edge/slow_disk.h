// A disk whose sync takes as long as a test wants, up to five seconds.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "edge/sqlite.h"

namespace skerry::edge {

// Lets no commit of the store at `data` through until it may go on: another writer has the log, and commits wait for
// it.
class SlowDisk {
 public:
  explicit SlowDisk(const std::string& data) {
    auto opened = Database::open(data + "/log.db", Database::Role::writer, nullptr);
    EXPECT_TRUE(opened.has_value());
    log_ = std::move(*opened);
    EXPECT_TRUE(log_->execute("BEGIN IMMEDIATE"));
  }
  void go_on() { EXPECT_TRUE(log_->execute("ROLLBACK")); }

 private:
  std::unique_ptr<Database> log_;
};

}  // namespace skerry::edge
