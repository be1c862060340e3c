#include "edge/sqlite.h"

#include <gtest/gtest.h>

#include "edge/file.h"
#include "tests/edge/temporary_directory.h"

namespace skerry::tests {
namespace {

using core::BytesView;
using core::ErrorCode;
using core::Result;
using edge::Database;
using edge::Statement;
using edge::system_files;

class Sqlite : public testing::Test {
 protected:
  std::unique_ptr<Database> open(Database::Role role) {
    EXPECT_TRUE(system_files.open_or_make(path).has_value());
    auto database = Database::open(path, role, nullptr);
    EXPECT_TRUE(database.has_value()) << database.error().detail;
    return std::move(*database);
  }
  std::unique_ptr<Database> writer_with_table() {
    auto writer = open(Database::Role::writer);
    EXPECT_TRUE(writer->start_writing());
    EXPECT_TRUE(writer->execute("CREATE TABLE things(id INTEGER PRIMARY KEY, value BLOB NOT NULL)"));
    return writer;
  }
  std::size_t wal_file_bytes() const { return std::filesystem::file_size(path + "-wal"); }

  TemporaryDirectory directory;
  const std::string path = directory / "things.db";
};

TEST_F(Sqlite, WritesAndReadsNumbersAndBytes) {
  const auto writer = writer_with_table();
  Result<Statement> insert = writer->prepare("INSERT INTO things VALUES(?1, ?2)");
  ASSERT_TRUE(insert);
  const core::Bytes binary("\0'\xff", 3);
  insert->bind(1, std::int64_t{INT64_MIN});
  insert->bind(2, binary);
  ASSERT_TRUE(insert->run());
  insert->bind(1, std::int64_t{7});
  insert->bind(2, BytesView());  // empty is not NULL, which the table would refuse
  ASSERT_TRUE(insert->run());

  const auto reader = open(Database::Role::reader);
  Result<Statement> select = reader->prepare("SELECT id, value FROM things ORDER BY id");
  ASSERT_TRUE(select);
  EXPECT_FALSE(select->busy());
  ASSERT_EQ(select->step(), true);
  EXPECT_TRUE(select->busy());
  EXPECT_EQ(select->integer(0), INT64_MIN);
  EXPECT_EQ(select->blob(1), binary);
  ASSERT_EQ(select->step(), true);
  EXPECT_EQ(select->blob(1), "");
  EXPECT_EQ(select->step(), false);
  EXPECT_EQ(reader->integer("SELECT count(*) FROM things"), 2);
  EXPECT_EQ(reader->integer("SELECT id FROM things WHERE id = 8"), 0);
}

TEST_F(Sqlite, AWriterSyncsEachCommitAndCheckpointsOnlyWhenAsked) {
  const auto writer = writer_with_table();
  EXPECT_EQ(writer->integer("PRAGMA synchronous"), 2);
  EXPECT_EQ(writer->integer("PRAGMA wal_autocheckpoint"), 0);
  EXPECT_EQ(writer->integer("PRAGMA mmap_size"), 0);
  EXPECT_EQ(writer->integer("PRAGMA trusted_schema"), 0);
  const std::string header = bytes_of(path);
  ASSERT_TRUE(writer->execute("INSERT INTO things VALUES(1, zeroblob(100000))"));
  EXPECT_EQ(bytes_of(path), header);
  EXPECT_GT(writer->wal_bytes(), 100'000u);

  ASSERT_TRUE(writer->checkpoint(Database::Checkpoint::passive));
  EXPECT_GT(bytes_of(path).size(), 100'000u);
  // The log is written from its start again.
  const std::size_t before = wal_file_bytes();
  ASSERT_TRUE(writer->execute("INSERT INTO things VALUES(2, x'00')"));
  EXPECT_EQ(wal_file_bytes(), before);
  EXPECT_LT(writer->wal_bytes(), 20'000u);

  ASSERT_TRUE(writer->checkpoint(Database::Checkpoint::truncate));
  EXPECT_EQ(wal_file_bytes(), 0u);
  EXPECT_EQ(writer->wal_bytes(), 0u);
}

TEST_F(Sqlite, ATruncatingCheckpointDoesNotWaitForReaders) {
  const auto writer = writer_with_table();
  ASSERT_TRUE(writer->execute("INSERT INTO things VALUES(1, x'01')"));
  const auto reader = open(Database::Role::reader);
  Result<Statement> select = reader->prepare("SELECT value FROM things");
  ASSERT_EQ(select->step(), true);
  ASSERT_TRUE(writer->execute("INSERT INTO things VALUES(2, x'02')"));
  EXPECT_TRUE(writer->checkpoint(Database::Checkpoint::truncate));
  EXPECT_GT(wal_file_bytes(), 0u);
  select->reset();
  EXPECT_TRUE(writer->checkpoint(Database::Checkpoint::truncate));
  EXPECT_EQ(wal_file_bytes(), 0u);
}

TEST_F(Sqlite, AReaderCannotWrite) {
  writer_with_table();
  const auto reader = open(Database::Role::reader);
  const Result<void> done = reader->execute("INSERT INTO things VALUES(1, x'00')");
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().detail.find(path), std::string::npos);
}

TEST_F(Sqlite, OpeningLeavesAStrangersFileAsItIs) {
  {
    const auto stranger = open(Database::Role::writer);
    ASSERT_TRUE(stranger->execute("CREATE TABLE theirs(x)"));
  }
  const std::string before = bytes_of(path);
  { open(Database::Role::writer); }
  EXPECT_EQ(bytes_of(path), before);
}

TEST_F(Sqlite, ErrorsNameTheFileAndWhatToDo) {
  const auto missing = Database::open(directory / "missing.db", Database::Role::writer, nullptr);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
  EXPECT_NE(missing.error().detail.find("missing.db: cannot open"), std::string::npos) << missing.error().detail;

  write_bytes(path, std::string(4096, 'x'));
  const auto other = open(Database::Role::writer)->integer("SELECT count(*) FROM sqlite_schema");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::corrupt);
  EXPECT_NE(other.error().detail.find("the file is damaged"), std::string::npos) << other.error().detail;
}

}  // namespace
}  // namespace skerry::tests
