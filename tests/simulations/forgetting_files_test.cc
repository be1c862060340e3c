#include "simulations/forgetting_files.h"

#include <gtest/gtest.h>

#include "edge/data_directory.h"

namespace skerry::simulations {
namespace {

class ForgettingFilesTest : public testing::Test {
 protected:
  ForgettingDisk disk{core::Random(1)};
  ForgettingVfs vfs{disk, "files"};
  ForgettingFiles files{disk, vfs};
};

TEST_F(ForgettingFilesTest, DoWhatTheSystemsDo) {
  ASSERT_TRUE(edge::make_directories(files, "/a/b/c"));
  EXPECT_EQ(files.exists("/a/b/c"), true);
  EXPECT_EQ(*files.open("/a/b/c/file"), nullptr);
  auto file = files.open_or_make("/a/b/c/file");
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(3, "def"));
  ASSERT_TRUE((*file)->write_at(0, "abc"));
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->read_at(0, 2), "ab");
  ASSERT_TRUE(files.rename("/a/b/c/file", "/a/b/c/other"));
  EXPECT_EQ(files.exists("/a/b/c/file"), false);
  ASSERT_TRUE(files.sync_directory("/a/b/c/"));
  file->reset();
  disk.lose_power(Survival::nothing);
  file = files.open("/a/b/c/other");
  EXPECT_EQ((*file)->read_at(0, 100), "abcdef");
  ASSERT_TRUE((*file)->truncate(0));
  EXPECT_EQ((*file)->read_at(0, 100), "");
}

TEST_F(ForgettingFilesTest, AreLockedByOne) {
  {
    const auto first = edge::DataDirectory::open(files, "/data");
    ASSERT_TRUE(first) << first.error().detail;
    const auto second = edge::DataDirectory::open(files, "/data");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, core::ErrorCode::busy);
    // The same in each run: a number of this process would be chance, and change what a torn write leaves.
    EXPECT_NE(second.error().detail.find("(process simulated)"), std::string::npos) << second.error().detail;
  }
  EXPECT_TRUE(edge::DataDirectory::open(files, "/data"));
}

TEST_F(ForgettingFilesTest, SayWhatTheSystemsSay) {
  disk.plan({.at = 0, .fault = ForgettingDisk::Fault::full, .lasts = true});
  EXPECT_EQ(files.open_or_make("/file").error().detail,
            "/file: cannot make: No space left on device; free some space on the disk");
  disk.plan({.at = 0, .fault = ForgettingDisk::Fault::io_error, .lasts = true});
  EXPECT_EQ(files.open("/file").error().detail,
            "/file: cannot open: Input/output error; look at the system's log for the disk's state, then start again");
  EXPECT_EQ(files.sync_directory("/").error().detail,
            "/: cannot sync this directory: Input/output error; look at the system's log for the disk's state, then "
            "start again");
}

}  // namespace
}  // namespace skerry::simulations
