#include "edge/store_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include "edge/file.h"
#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

using core::ErrorCode;
using edge::open_store_file;
using edge::StoreFile;

constexpr edge::StoreFileFormat format{.name = "a test",
                                       .application_id = 0x1234,
                                       .version = 3,
                                       .page_bytes = 8192,
                                       .schema = "CREATE TABLE things(id INTEGER PRIMARY KEY);"};

class AStoreFile : public testing::Test {
 protected:
  core::Error error() {
    const auto opened = open_store_file(edge::system_files, path, format, std::nullopt);
    EXPECT_FALSE(opened.has_value());
    return opened ? core::Error{ErrorCode::invalid, "it opened"} : opened.error();
  }

  TemporaryDirectory directory;
  const std::string path = directory / "test.db";
};

TEST_F(AStoreFile, BelongsToTheIncarnationItWasMadeFor) {
  EXPECT_NE(error().detail.find("missing"), std::string::npos);
  {
    const auto made = open_store_file(edge::system_files, path, format, incarnation(1));
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(made->incarnation, incarnation(1));
    EXPECT_EQ(made->writer->integer("PRAGMA page_size"), format.page_bytes);
    EXPECT_TRUE(made->writer->execute("INSERT INTO things VALUES(1)"));
    EXPECT_EQ(made->reader->integer("SELECT count(*) FROM things"), 1);
  }
  const auto again = open_store_file(edge::system_files, path, format, incarnation(2));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->incarnation, incarnation(1));
}

// SQLite tells by its lock that it is not alone with the file; without it another program that merely looks takes
// itself for the last user, and deletes the write-ahead log on its way out.
TEST_F(AStoreFile, IsLockedAgainstOtherProgramsEachTimeItIsOpened) {
  std::vector<int> strangers;  // closed behind SQLite's own, for to close one is to drop the locks
  for (int round = 0; round < 3; ++round) {
    const auto opened = open_store_file(edge::system_files, path, format, incarnation(1));
    ASSERT_TRUE(opened) << opened.error().detail;
    strangers.push_back(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x4000'0002;  // SHARED_FIRST and SHARED_SIZE of SQLite's file format
    lock.l_len = 510;
    ASSERT_EQ(::fcntl(strangers.back(), F_OFD_GETLK, &lock), 0);
    EXPECT_EQ(lock.l_type, F_RDLCK) << "round " << round;
  }
  for (const int stranger : strangers) ::close(stranger);
}

TEST_F(AStoreFile, AnEmptyFileIsMadeOnlyWhereThatIsRight) {
  ASSERT_TRUE(edge::system_files.open_or_make(path));
  EXPECT_EQ(error().code, ErrorCode::corrupt);
  EXPECT_EQ(bytes_of(path), "");
  EXPECT_TRUE(open_store_file(edge::system_files, path, format, incarnation(1)));
}

TEST_F(AStoreFile, AnotherKindOrANewerVersionIsRefusedAndLeftAlone) {
  ASSERT_TRUE(open_store_file(edge::system_files, path, format, incarnation(1)));
  execute(path, "PRAGMA user_version=4; PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string before = bytes_of(path);
  EXPECT_EQ(error().code, ErrorCode::unsupported);
  EXPECT_EQ(error().detail, path +
                                ": this file has version 4, and this build reads no newer than 3: use the skerry that "
                                "wrote it, or a newer one");
  EXPECT_EQ(bytes_of(path), before);
  execute(path, "PRAGMA user_version=0");
  EXPECT_EQ(error().code, ErrorCode::corrupt);
  execute(path, "PRAGMA user_version=2");
  EXPECT_TRUE(open_store_file(edge::system_files, path, format, std::nullopt));
  execute(path, "PRAGMA application_id=99");
  EXPECT_EQ(error().code, ErrorCode::corrupt);
  EXPECT_NE(error().detail.find("not a test of skerry"), std::string::npos) << error().detail;
}

TEST_F(AStoreFile, ADamagedNameIsNoName) {
  ASSERT_TRUE(open_store_file(edge::system_files, path, format, incarnation(1)));
  execute(path, "UPDATE store SET value = CAST(substr(value, 1, length(value) - 1) || x'ff' AS BLOB)");
  EXPECT_EQ(error().code, ErrorCode::corrupt);
  EXPECT_NE(error().detail.find("whose it is"), std::string::npos) << error().detail;
  execute(path, "DELETE FROM store");
  EXPECT_EQ(error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace skerry::tests
