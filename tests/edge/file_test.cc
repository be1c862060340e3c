#include "edge/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/edge/temporary_directory.h"

namespace skerry::tests {
namespace {

using edge::File;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

TEST(File, WhatIsMadeIsForThisUserOnly) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(0);
  ASSERT_TRUE(edge::make_directories(directory / "a/b//c/"));
  ASSERT_TRUE(edge::make_directories(directory / "a/b/c"));  // and again
  ASSERT_TRUE(File::open_or_make(directory / "a/b/c/file"));
  ::umask(before);
  EXPECT_EQ(mode_of(directory / "a"), 0700u);
  EXPECT_EQ(mode_of(directory / "a/b/c"), 0700u);
  EXPECT_EQ(mode_of(directory / "a/b/c/file"), 0600u);
}

TEST(File, AMissingFileIsAnAbsenceAndAFileInTheWayAnError) {
  const TemporaryDirectory directory;
  const auto missing = File::open(directory / "missing");
  ASSERT_TRUE(missing);
  EXPECT_FALSE(missing->has_value());
  EXPECT_EQ(edge::exists(directory / "missing"), false);
  write_bytes(directory / "file", "x");
  const auto made = edge::make_directories(directory / "file/inner");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail.find("file/inner: cannot make this directory"), std::string::npos)
      << made.error().detail;
  EXPECT_FALSE(File::open(directory / "file/inner").has_value());
  EXPECT_EQ(edge::exists(directory / "file"), true);
  EXPECT_FALSE(edge::exists(directory / "file/inner").has_value());
}

TEST(File, BytesAreWrittenWhereTheyBelong) {
  const TemporaryDirectory directory;
  auto file = File::open_or_make(directory / "file");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write_at(3, "def"));
  ASSERT_TRUE(file->write_at(0, "abc"));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(file->read(100), "abcdef");
  EXPECT_EQ(file->read(2), "ab");
  ASSERT_TRUE(file->rename(directory / "other"));
  EXPECT_EQ(file->path(), directory / "other");
  EXPECT_EQ(bytes_of(directory / "other"), "abcdef");
  EXPECT_FALSE(std::filesystem::exists(directory / "file"));
  ASSERT_TRUE(file->truncate());
  EXPECT_EQ(bytes_of(directory / "other"), "");
}

TEST(File, OnlyOneOpenerHoldsTheLock) {
  const TemporaryDirectory directory;
  std::optional<File> first = std::move(*File::open_or_make(directory / "lock"));
  const auto second = File::open_or_make(directory / "lock");
  EXPECT_EQ(first->try_lock(), true);
  EXPECT_EQ(second->try_lock(), false);
  first.reset();
  EXPECT_EQ(second->try_lock(), true);
}

}  // namespace
}  // namespace skerry::tests
