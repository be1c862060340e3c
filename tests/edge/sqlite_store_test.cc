// The contract of every store on SQLite; then what only this one does: its directory, its threads, its failures.
#include "edge/sqlite_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "tests/edge/store_contract.h"
#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

using edge::SqliteStore;

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreContract, SqliteDisk);

class ASqliteStore : public testing::Test {
 protected:
  void append(Lsn count, const Bytes& bytes) {
    const Lsn first = disk.store().appended_to() + 1;
    disk.store().append({.first = first, .last = first + count - 1, .bytes = bytes, .facts = {}});
  }
  void commit(Lsn count) {
    append(count, "segment");
    disk.sync();
  }
  void flush(Lsn complete_to) {
    disk.store().flush({.complete_to = complete_to, .rows = {{"key", "value"}}, .facts = {}});
    disk.complete_flush();
  }
  std::string file(const std::string& name) const { return disk.path() + "/" + name; }
  void expect_refused(ErrorCode code, const std::string& words) const {
    const core::Error error = open_error(disk.path());
    EXPECT_EQ(error.code, code) << error.detail;
    EXPECT_NE(error.detail.find(words), std::string::npos) << error.detail;
    EXPECT_EQ(error.detail.find(disk.path()), 0u) << error.detail;
  }

  SqliteDisk disk;
};

TEST_F(ASqliteStore, KeepsItsIncarnationAndItsFilesToItself) {
  EXPECT_EQ(disk.store().incarnation(), incarnation(7));
  commit(1);
  flush(1);
  for (const char* name : {"log.db", "log.db-wal", "cells.db", "cells.db-wal", "witness", "lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat(file(name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
  disk.close();
  const auto again = SqliteStore::open(disk.path(), {.incarnation_if_new = incarnation(9), .pace = {}, .rest = {}});
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->incarnation(), incarnation(7));
}

TEST_F(ASqliteStore, ASecondOpenerIsRefused) {
  expect_refused(ErrorCode::busy, "another process has this data directory open");
}

TEST_F(ASqliteStore, CommitsAllThatWasAppendedAndSaysSo) {
  int moved = 0;
  disk.store().set_listener([&] { ++moved; });
  EXPECT_FALSE(disk.store().has_appended());
  disk.store().commit_appended();
  EXPECT_EQ(moved, 0);
  for (int i = 0; i < 10; ++i) append(3, "segment");
  EXPECT_TRUE(disk.store().has_appended());
  disk.store().commit_appended();
  EXPECT_FALSE(disk.store().has_appended());
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(disk.store().durable_to(), 30u);

  EXPECT_FALSE(disk.store().has_flush());
  disk.store().write_flush();
  EXPECT_EQ(moved, 1);
  disk.store().flush({.complete_to = 30, .rows = {}, .facts = {}});
  EXPECT_TRUE(disk.store().has_flush());
  disk.store().write_flush();
  EXPECT_FALSE(disk.store().has_flush());
  EXPECT_EQ(moved, 2);
}

TEST_F(ASqliteStore, AFlushRestsAtItsPaceUntilItIsHurried) {
  disk.close();
  int rests = 0;
  SqliteStore* running = nullptr;
  const auto rest = [&](core::Duration duration) {
    EXPECT_EQ(duration, std::chrono::milliseconds(3));
    if (++rests == 4) running->hurry();
  };
  auto store = SqliteStore::open(
      disk.path(),
      {.incarnation_if_new = incarnation(7), .pace = {.rows = 10, .rest = std::chrono::milliseconds(3)}, .rest = rest});
  ASSERT_TRUE(store);
  running = store->get();
  std::vector<Row> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({std::to_string(1'000 + i), "value"});
  running->flush({.complete_to = 0, .rows = {rows.begin(), rows.begin() + 35}, .facts = {}});
  running->write_flush();
  EXPECT_EQ(rests, 3);
  running->flush({.complete_to = 0, .rows = rows, .facts = {}});
  running->write_flush();
  EXPECT_EQ(rests, 4);
  running->flush({.complete_to = 0, .rows = {rows.begin(), rows.begin() + 10}, .facts = {}});  // the next rests again
  running->write_flush();
  EXPECT_EQ(rests, 5);
}

TEST_F(ASqliteStore, TwoLentThreadsAndTheLoopWorkAtOnce) {
  std::atomic<bool> ending = false;
  std::thread committing([&] {
    while (!ending || disk.store().has_appended()) {
      disk.store().commit_appended();
      disk.store().checkpoint_log();
    }
  });
  std::thread flushing([&] {
    while (!ending || disk.store().has_flush()) disk.store().write_flush();
  });
  int flushes = 0;
  for (Lsn round = 0; round < 300 || flushes < 3; ++round) {
    append(2, "segment");
    if (!disk.store().flushing() && disk.store().durable_to() > disk.store().flushed_to()) {
      // Every row of one flush says the same: nobody may ever see two of them mixed.
      const Bytes value = std::to_string(++flushes);
      std::vector<Row> rows;
      for (int i = 0; i < 50; ++i) rows.push_back({std::to_string(100 + i), value});
      disk.store().flush({.complete_to = disk.store().durable_to(), .rows = rows, .facts = {}});
    }
    const Pairs seen = scan(disk.store(), "", "");
    for (const auto& [key, value] : seen) EXPECT_EQ(value, seen.front().second);
    EXPECT_LE(disk.store().flushed_to(), disk.store().durable_to());
  }
  ending = true;
  committing.join();
  flushing.join();
  EXPECT_FALSE(disk.store().failure().has_value());
  EXPECT_EQ(disk.store().durable_to(), disk.store().appended_to());
  EXPECT_EQ(row(disk.store(), "100"), std::to_string(flushes));
}

// --- what was lost is noticed

TEST_F(ASqliteStore, ALogThatLostItsEndIsRefused) {
  commit(3);
  const std::string before = bytes_of(file("log.db")), wal = bytes_of(file("log.db-wal"));
  commit(4);
  disk.close();
  write_bytes(file("log.db"), before);
  write_bytes(file("log.db-wal"), wal);
  expect_refused(ErrorCode::corrupt, "log.db: the log ends at entry 3, but had reached 7");
}

// One flipped bit in a frame, and SQLite drops that commit and all that follow without a word.
TEST_F(ASqliteStore, AFlippedBitInTheWriteAheadLogIsNoticed) {
  commit(1);
  const std::size_t whole = bytes_of(file("log.db-wal")).size();
  commit(1);
  // As after a kill: a clean close would empty the write-ahead log.
  const TemporaryDirectory copy;
  std::filesystem::copy(disk.path(), copy / "data");
  EXPECT_EQ(open_store(copy / "data")->durable_to(), 2u);
  std::filesystem::remove_all(copy / "data");
  std::filesystem::copy(disk.path(), copy / "data");
  std::string wal = bytes_of(copy / "data/log.db-wal");
  wal[whole + 1'000] = static_cast<char>(wal[whole + 1'000] ^ 1);
  write_bytes(copy / "data/log.db-wal", wal);
  const core::Error error = open_error(copy / "data");
  EXPECT_EQ(error.code, ErrorCode::corrupt);
  EXPECT_NE(error.detail.find("the log ends at entry 1, but had reached 2"), std::string::npos) << error.detail;
}

TEST_F(ASqliteStore, AMissingFileIsNamed) {
  commit(3);
  flush(3);
  disk.close();
  for (const char* name : {"log.db", "cells.db", "witness"}) {
    std::filesystem::rename(file(name), file("away"));
    expect_refused(ErrorCode::corrupt, std::string(name) + ": this file is missing");
    EXPECT_FALSE(std::filesystem::exists(file(name)));
    std::filesystem::rename(file("away"), file(name));
  }
  EXPECT_EQ(open_store(disk.path())->durable_to(), 3u);
}

TEST_F(ASqliteStore, AMakingThatWasInterruptedIsFinished) {
  disk.close();
  for (const std::vector<const char*>& missing :
       {std::vector{"cells.db"}, std::vector{"cells.db", "witness"}, std::vector{"cells.db", "witness", "log.db"}}) {
    for (const char* name : missing) std::filesystem::remove(file(name));
    const auto store = open_store(disk.path());
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(store->incarnation(), incarnation(7));
  }
}

TEST_F(ASqliteStore, CellsThatAreAheadOfTheLogAreRefused) {
  commit(5);
  flush(5);
  disk.close();
  execute(file("log.db"), "DELETE FROM segments");
  std::filesystem::remove(file("witness"));
  expect_refused(ErrorCode::corrupt,
                 "log.db: the log ends at entry 0, but cells.db holds the effect of entries up to 5");
}

TEST_F(ASqliteStore, AGapBetweenRowsAndLogIsRefused) {
  commit(2);
  flush(2);
  commit(2);
  commit(2);
  disk.close();
  execute(file("log.db"), "DELETE FROM segments WHERE first = 1");
  EXPECT_EQ(open_store(disk.path())->flushed_to(), 2u);
  execute(file("log.db"), "DELETE FROM segments WHERE first = 3");
  expect_refused(ErrorCode::corrupt,
                 "log.db: the log begins at entry 5, but cells.db holds the effect of entries up to 2 only");
}

TEST_F(ASqliteStore, FilesOfTwoIncarnationsAreRefused) {
  commit(1);
  disk.close();
  const TemporaryDirectory other;
  SqliteStore::open(other / "data", {.incarnation_if_new = incarnation(9), .pace = {}, .rest = {}})->reset();
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file("cells.db") + end);
  std::filesystem::copy(other / "data/cells.db", file("cells.db"));
  expect_refused(ErrorCode::corrupt, "log.db is of incarnation 0707");
}

TEST_F(ASqliteStore, ANewerVersionIsRefused) {
  commit(1);
  disk.close();
  execute(file("cells.db"), "PRAGMA user_version=2");
  expect_refused(ErrorCode::unsupported, "cells.db: this file has version 2, and this build reads no newer than 1");
}

// --- failures

TEST_F(ASqliteStore, AFailedCommitSetsFailureAndStays) {
  commit(1);
  int moved = 0;
  disk.store().set_listener([&] { ++moved; });
  // A table that went away fails a write as a broken disk does.
  execute(file("log.db"), "DROP TABLE segments");
  append(1, "segment");
  disk.sync();
  ASSERT_TRUE(disk.store().failure().has_value());
  EXPECT_NE(disk.store().failure()->detail.find(file("log.db")), std::string::npos);
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(disk.store().durable_to(), 1u);
  append(1, "dropped");
  append(1, "dropped");
  EXPECT_FALSE(disk.store().has_appended());
  disk.store().flush({.complete_to = 1, .rows = {{"key", "value"}}, .facts = {}});
  EXPECT_FALSE(disk.store().flushing());
  disk.complete_flush();
  EXPECT_EQ(disk.store().flushed_to(), 0u);
  EXPECT_EQ(moved, 1);
}

}  // namespace
}  // namespace skerry::tests
