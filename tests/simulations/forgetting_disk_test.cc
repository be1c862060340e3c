#include "simulations/forgetting_disk.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

using Fault = ForgettingDisk::Fault;
using Refusal = ForgettingDisk::Refusal;

class AForgettingDisk : public testing::Test {
 protected:
  void write(const std::string& path, core::BytesView bytes) {
    const auto file = disk.open_or_make(path);
    ASSERT_TRUE(file);
    EXPECT_TRUE(disk.write(*file, 0, bytes));
    EXPECT_TRUE(disk.sync(*file));
    disk.close(*file);
  }
  std::string bytes(const std::string& path) {
    const auto file = disk.open(path);
    if (!file) return "none";
    const std::string found(*disk.read(*file, 0, 100));
    disk.close(*file);
    return found;
  }

  ForgettingDisk disk{core::Random(1)};
};

TEST_F(AForgettingDisk, ASyncedFileNeedsASyncedName) {
  ASSERT_EQ(disk.make_directory("/a"), true);
  ASSERT_EQ(disk.make_directory("/a/"), false);
  ASSERT_TRUE(disk.sync_directory("/"));
  write("/a/kept", "1");
  ASSERT_TRUE(disk.sync_directory("/a/"));
  write("/a/nameless", "2");
  EXPECT_EQ(bytes("/a/nameless"), "2");
  disk.lose_power(Survival::nothing);
  EXPECT_EQ(bytes("/a/kept"), "1");
  EXPECT_EQ(bytes("/a/nameless"), "none");
}

TEST_F(AForgettingDisk, ADirectoryThatIsLostTakesItsFilesAlong) {
  ASSERT_EQ(disk.make_directory("/a"), true);
  write("/a/file", "1");
  ASSERT_TRUE(disk.sync_directory("/a"));
  disk.lose_power(Survival::nothing);
  EXPECT_EQ(disk.exists("/a"), false);
  EXPECT_EQ(bytes("/a/file"), "none");
  EXPECT_EQ(disk.open_or_make("/a/file").error(), Refusal::missing);
}

TEST_F(AForgettingDisk, ARenameHappensOrNotAndARemovalToo) {
  write("/old", "old");
  write("/new", "new");
  write("/other", "other");
  ASSERT_TRUE(disk.sync_directory("/"));
  int renamed = 0, removed = 0;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(disk.rename("/new", "/old"));
    ASSERT_TRUE(disk.remove("/other"));
    EXPECT_EQ(bytes("/old"), "new");
    disk.lose_power(std::nullopt);
    const bool is_new = bytes("/old") == "new";
    EXPECT_EQ(bytes("/new"), is_new ? "none" : "new");
    if (!is_new) {
      EXPECT_EQ(bytes("/old"), "old");
    }
    renamed += is_new ? 1 : 0;
    removed += bytes("/other") == "none" ? 1 : 0;
    write("/old", "old");
    write("/new", "new");
    write("/other", "other");
    ASSERT_TRUE(disk.sync_directory("/"));
  }
  EXPECT_GT(renamed, 5);
  EXPECT_LT(renamed, 45);
  EXPECT_GT(removed, 5);
  EXPECT_LT(removed, 45);
}

TEST_F(AForgettingDisk, AKillLeavesWhatWasWritten) {
  const auto file = disk.open_or_make("/file");
  ASSERT_TRUE(disk.write(*file, 0, "written"));
  EXPECT_TRUE(disk.try_lock(*file));
  EXPECT_FALSE(disk.try_lock(*file));
  disk.unlock(*file);
  disk.close(*file);
  disk.kill();
  EXPECT_EQ(bytes("/file"), "written");
  disk.lose_power(Survival::nothing);
  EXPECT_EQ(bytes("/file"), "none");
}

TEST_F(AForgettingDisk, StopsBeforeTheOperationThatWasNamed) {
  const auto file = disk.open_or_make("/file");  // 0
  disk.plan({.at = 2, .fault = Fault::stop, .lasts = false});
  EXPECT_TRUE(disk.write(*file, 0, "first"));  // 1
  EXPECT_EQ(disk.struck(), "");
  EXPECT_EQ(disk.write(*file, 0, "other").error(), Refusal::io_error);
  EXPECT_EQ(disk.struck(), "operation 2: write /file");
  EXPECT_EQ(disk.sync(*file).error(), Refusal::io_error);
  EXPECT_EQ(disk.exists("/file").error(), Refusal::io_error);
  EXPECT_EQ(disk.operations(), 5u);
  disk.close(*file);
  disk.kill();
  EXPECT_EQ(bytes("/file"), "first");
}

TEST_F(AForgettingDisk, FailsOnceOrForGood) {
  write("/file", "bytes");
  const auto file = disk.open("/file");
  disk.plan({.at = disk.operations(), .fault = Fault::io_error, .lasts = false});
  EXPECT_EQ(disk.read(*file, 0, 1).error(), Refusal::io_error);
  EXPECT_EQ(disk.read(*file, 0, 1), "b");
  disk.plan({.at = disk.operations(), .fault = Fault::io_error, .lasts = true});
  EXPECT_EQ(disk.read(*file, 0, 1).error(), Refusal::io_error);
  EXPECT_EQ(disk.sync(*file).error(), Refusal::io_error);
  disk.close(*file);
  disk.kill();
  EXPECT_EQ(bytes("/file"), "bytes");
}

TEST_F(AForgettingDisk, MayFailToSyncAndThenBeWellAgain) {
  write("/file", "bytes");
  const auto file = disk.open("/file");
  disk.plan({.at = 0, .fault = Fault::sync_error, .lasts = true});
  EXPECT_TRUE(disk.write(*file, 0, "BYTES"));
  EXPECT_EQ(disk.sync(*file).error(), Refusal::io_error);
  EXPECT_EQ(disk.sync(*file).error(), Refusal::io_error);
  EXPECT_NE(disk.end_plan().find("sync /file"), std::string::npos);
  EXPECT_EQ(disk.end_plan(), "");
  EXPECT_TRUE(disk.sync(*file));
  disk.close(*file);
}

TEST_F(AForgettingDisk, AFullDiskCanBeReadAndPerhapsOverwritten) {
  write("/file", "bytes");
  const auto file = disk.open("/file");
  disk.plan({.at = 0, .fault = Fault::full_to_grow, .lasts = true});
  EXPECT_EQ(disk.read(*file, 0, 5), "bytes");
  EXPECT_TRUE(disk.write(*file, 0, "BYTES"));
  EXPECT_EQ(disk.write(*file, 5, "more").error(), Refusal::full);
  EXPECT_EQ(disk.open_or_make("/other").error(), Refusal::full);
  EXPECT_EQ(disk.make_directory("/directory").error(), Refusal::full);
  EXPECT_EQ(disk.take_space(*file).error(), Refusal::full);
  EXPECT_TRUE(disk.resize(*file, 2));
  EXPECT_TRUE(disk.sync(*file));
  disk.plan({.at = 0, .fault = Fault::full, .lasts = true});
  EXPECT_EQ(disk.write(*file, 0, "no").error(), Refusal::full);
  disk.close(*file);
}

TEST_F(AForgettingDisk, MayBeSmall) {
  write("/file", "bytes");
  const auto file = disk.open("/file"), other = disk.open_or_make("/other");
  ASSERT_TRUE(disk.allocate(*other, 3));
  ASSERT_TRUE(disk.allocate(*other, 1));
  EXPECT_EQ(disk.bytes_used(), 8u);
  disk.set_capacity(10);
  EXPECT_EQ(disk.allocate(*other, 6).error(), Refusal::full);
  EXPECT_EQ(disk.resize(*other, 6).error(), Refusal::full);
  EXPECT_EQ(disk.write(*file, 4, "SSSS").error(), Refusal::full);
  EXPECT_EQ(disk.read(*file, 0, 9), "byteSSS") << "as far as it goes";
  EXPECT_TRUE(disk.write(*file, 0, "BYTE")) << "what is there is there";
  EXPECT_TRUE(disk.resize(*other, 0));
  EXPECT_TRUE(disk.write(*file, 7, "333"));
  EXPECT_EQ(disk.write(*file, 10, "1").error(), Refusal::full);
  disk.close(*file);
  disk.close(*other);
}

}  // namespace
}  // namespace skerry::simulations
