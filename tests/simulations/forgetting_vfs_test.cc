#include "simulations/forgetting_vfs.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

// A disk with one table on it, and SQLite itself, without what edge makes of it.
class AForgettingVfs : public testing::Test {
 protected:
  AForgettingVfs() {
    EXPECT_EQ(open(), SQLITE_OK);
    EXPECT_EQ(execute("CREATE TABLE things(id INTEGER PRIMARY KEY, value BLOB)"), SQLITE_OK);
  }
  ~AForgettingVfs() override { sqlite3_close(database); }

  int open() {
    return sqlite3_open_v2("/things.db", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs.name());
  }
  int execute(const char* sql) { return sqlite3_exec(database, sql, nullptr, nullptr, nullptr); }
  int number(sqlite3* of, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(of, sql, -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(of);
    const int found = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
    sqlite3_finalize(statement);
    return found;
  }
  void lose_power() {
    sqlite3_close(database);
    disk.lose_power(Survival::nothing);
    ASSERT_EQ(open(), SQLITE_OK);
  }

  ForgettingDisk disk{core::Random(1)};
  ForgettingVfs vfs{disk, "a test"};
  sqlite3* database = nullptr;
};

// EXTRA, because with FULL the removal of the last rollback journal may be lost, as SQLite's manual says.
TEST_F(AForgettingVfs, KeepsWhatIsCommittedWithARollbackJournalAndWithAWriteAheadLog) {
  for (const char* mode : {"PRAGMA journal_mode=DELETE", "PRAGMA journal_mode=WAL"}) {
    ASSERT_EQ(execute(mode), SQLITE_OK);
    ASSERT_EQ(execute("PRAGMA synchronous=EXTRA"), SQLITE_OK);
    for (int i = 0; i < 50; ++i)
      ASSERT_EQ(execute("INSERT INTO things(value) VALUES(zeroblob(3000))"), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    lose_power();
  }
  EXPECT_EQ(number(database, "SELECT count(*) FROM things"), 100);
  EXPECT_EQ(number(database, "PRAGMA integrity_check"), 0);  // "ok", as a number
}

TEST_F(AForgettingVfs, AWriterAndAReaderShareTheLogAndExcludeEachOther) {
  ASSERT_EQ(execute("PRAGMA journal_mode=WAL"), SQLITE_OK);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open_v2("/things.db", &other, SQLITE_OPEN_READWRITE, vfs.name()), SQLITE_OK);
  ASSERT_EQ(execute("BEGIN IMMEDIATE; INSERT INTO things(value) VALUES('one')"), SQLITE_OK);
  EXPECT_EQ(number(other, "SELECT count(*) FROM things"), 0);
  EXPECT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_BUSY);
  ASSERT_EQ(execute("COMMIT"), SQLITE_OK);
  EXPECT_EQ(number(other, "SELECT count(*) FROM things"), 1);
  EXPECT_EQ(sqlite3_wal_checkpoint_v2(other, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(number(database, "SELECT count(*) FROM things"), 1);
  sqlite3_close(other);
}

TEST_F(AForgettingVfs, TwoDisksAreTwoWorlds) {
  ForgettingDisk disk_there{core::Random(2)};
  ForgettingVfs vfs_there{disk_there, "another test"};
  sqlite3* there = nullptr;
  EXPECT_EQ(sqlite3_open_v2("/things.db", &there, SQLITE_OPEN_READWRITE, vfs_there.name()), SQLITE_CANTOPEN);
  sqlite3_close(there);
  EXPECT_EQ(sqlite3_vfs_find("a third"), nullptr);
}

TEST_F(AForgettingVfs, SaysWhyTheDiskRefused) {
  ASSERT_EQ(execute("PRAGMA journal_mode=WAL"), SQLITE_OK);
  ASSERT_EQ(execute("INSERT INTO things(value) VALUES('makes the log')"), SQLITE_OK);
  disk.plan({.at = 0, .fault = ForgettingDisk::Fault::full, .lasts = true});
  EXPECT_EQ(execute("INSERT INTO things(value) VALUES(zeroblob(9000))"), SQLITE_FULL);
  disk.plan({.at = 0, .fault = ForgettingDisk::Fault::io_error, .lasts = true});
  EXPECT_EQ(execute("INSERT INTO things(value) VALUES(zeroblob(9000))"), SQLITE_IOERR);
  disk.plan({.at = disk.operations() + 1'000, .fault = ForgettingDisk::Fault::io_error, .lasts = true});
  EXPECT_EQ(execute("INSERT INTO things(value) VALUES(zeroblob(9000))"), SQLITE_OK);
}

TEST_F(AForgettingVfs, WeakensWhatAConnectionAsksFor) {
  EXPECT_EQ(number(database, "PRAGMA synchronous"), 2);
  vfs.weaken(ForgettingVfs::Synchronous::normal);
  ASSERT_EQ(execute("PRAGMA synchronous=FULL"), SQLITE_OK);
  EXPECT_EQ(number(database, "PRAGMA synchronous"), 1);
  vfs.weaken(ForgettingVfs::Synchronous::off);
  ASSERT_EQ(execute("PRAGMA synchronous=FULL"), SQLITE_OK);
  EXPECT_EQ(number(database, "PRAGMA synchronous"), 0);
}

}  // namespace
}  // namespace skerry::simulations
