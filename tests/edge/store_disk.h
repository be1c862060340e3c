// SqliteStore on a directory of its own, as the contract of every store wants it, and a few ways to hurt it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "edge/sqlite.h"
#include "edge/sqlite_store.h"
#include "tests/edge/temporary_directory.h"

namespace skerry::tests {

inline core::ReplicaId incarnation(std::uint8_t number) {
  core::ReplicaId id;
  id.bytes.fill(number);
  return id;
}

inline std::unique_ptr<edge::SqliteStore> open_store(const std::string& path, std::size_t reserve_bytes = 1 << 16) {
  core::Result<std::unique_ptr<edge::SqliteStore>> store = edge::SqliteStore::open(
      path, {.incarnation_if_new = incarnation(7), .pace = {}, .rest = {}, .reserve_bytes = reserve_bytes});
  EXPECT_TRUE(store.has_value()) << store.error().detail;
  return store ? std::move(*store) : nullptr;
}

// Why the directory does not open.
inline core::Error open_error(const std::string& path) {
  const core::Result<std::unique_ptr<edge::SqliteStore>> store =
      edge::SqliteStore::open(path, {.incarnation_if_new = incarnation(8), .pace = {}, .rest = {}});
  EXPECT_FALSE(store.has_value());
  return store ? core::Error{core::ErrorCode::invalid, "it opened"} : store.error();
}

// Runs `sql` on a file that nobody has open.
inline void execute(const std::string& path, const std::string& sql) {
  auto database = edge::Database::open(path, edge::Database::Role::writer, nullptr);
  ASSERT_TRUE(database.has_value()) << database.error().detail;
  const auto done = (*database)->execute(sql);
  ASSERT_TRUE(done.has_value()) << done.error().detail;
}

class SqliteDisk {
 public:
  SqliteDisk() : store_(open_store(path())) {}

  std::string path() const { return directory_ / "data"; }
  edge::SqliteStore& store() { return *store_; }
  void sync() {
    store_->commit_appended();
    store_->checkpoint_log();
  }
  void complete_flush() { store_->write_flush(); }
  void crash() {
    store_.reset();
    store_ = open_store(path());
  }
  void close() { store_.reset(); }
  void damage_row(core::BytesView key) {
    store_.reset();
    std::string hex;
    for (const char byte : key) {
      constexpr char digits[] = "0123456789abcdef";
      hex += digits[static_cast<std::uint8_t>(byte) >> 4];
      hex += digits[byte & 0xf];
    }
    // The last byte of the value becomes another.
    execute(path() + "/cells.db",
            "UPDATE rows SET value = CAST(substr(value, 1, length(value) - 1) || x'ff' AS BLOB)"
            " WHERE key = x'" +
                hex + "'");
    store_ = open_store(path());
  }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<edge::SqliteStore> store_;
};

}  // namespace skerry::tests
