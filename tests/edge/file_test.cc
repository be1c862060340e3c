#include "edge/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "tests/edge/temporary_directory.h"

namespace skerry::tests {
namespace {

using edge::system_files;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

TEST(File, WhatIsMadeIsForThisUserOnly) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(0);
  ASSERT_TRUE(edge::make_directories(system_files, directory / "a/b//c/"));
  ASSERT_TRUE(edge::make_directories(system_files, directory / "a/b/c"));  // and again
  ASSERT_TRUE(system_files.open_or_make(directory / "a/b/c/file"));
  ::umask(before);
  EXPECT_EQ(mode_of(directory / "a"), 0700u);
  EXPECT_EQ(mode_of(directory / "a/b/c"), 0700u);
  EXPECT_EQ(mode_of(directory / "a/b/c/file"), 0600u);
}

TEST(File, AMissingFileIsAnAbsenceAndAFileInTheWayAnError) {
  const TemporaryDirectory directory;
  const auto missing = system_files.open(directory / "missing");
  ASSERT_TRUE(missing);
  EXPECT_EQ(*missing, nullptr);
  EXPECT_EQ(system_files.exists(directory / "missing"), false);
  write_bytes(directory / "file", "x");
  const auto made = edge::make_directories(system_files, directory / "file/inner");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail.find("file/inner: cannot make this directory"), std::string::npos)
      << made.error().detail;
  EXPECT_FALSE(system_files.open(directory / "file/inner").has_value());
  EXPECT_EQ(system_files.exists(directory / "file"), true);
  EXPECT_FALSE(system_files.exists(directory / "file/inner").has_value());
}

TEST(File, BytesAreWrittenWhereTheyBelong) {
  const TemporaryDirectory directory;
  auto file = system_files.open_or_make(directory / "file");
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write_at(3, "def"));
  ASSERT_TRUE((*file)->write_at(0, "abc"));
  ASSERT_TRUE((*file)->sync());
  EXPECT_EQ((*file)->read_at(0, 100), "abcdef");
  EXPECT_EQ((*file)->read_at(0, 2), "ab");
  EXPECT_EQ((*file)->read_at(4, 100), "ef");
  EXPECT_EQ((*file)->read_at(6, 100), "");
  ASSERT_TRUE(system_files.rename(directory / "file", directory / "other"));
  ASSERT_TRUE(system_files.sync_directory(edge::parent_of(directory / "other")));
  EXPECT_EQ(bytes_of(directory / "other"), "abcdef");
  EXPECT_FALSE(std::filesystem::exists(directory / "file"));
  ASSERT_TRUE((*file)->truncate(4));
  EXPECT_EQ(bytes_of(directory / "other"), "abcd");
  ASSERT_TRUE((*file)->allocate(6));
  EXPECT_EQ(bytes_of(directory / "other"), std::string("abcd\0\0", 6));
  ASSERT_TRUE((*file)->allocate(1));
  EXPECT_EQ(bytes_of(directory / "other").size(), 6u);
  ASSERT_TRUE((*file)->truncate(0));
  EXPECT_EQ(bytes_of(directory / "other"), "");
}

TEST(File, KnowsTheDirectoryOfAPath) {
  EXPECT_EQ(edge::parent_of("/a/b"), "/a/");
  EXPECT_EQ(edge::parent_of("/a/b//"), "/a/");
  EXPECT_EQ(edge::parent_of("/a"), "/");
  EXPECT_EQ(edge::parent_of("/"), "/");
  EXPECT_EQ(edge::parent_of("a/"), ".");
  EXPECT_EQ(edge::parent_of(""), ".");
}

TEST(File, AnErrorSaysWhatToDo) {
  const auto full = edge::fail_with_errno("/a/file", "write", ENOSPC);
  EXPECT_EQ(full.value().detail, "/a/file: cannot write: No space left on device; free some space on the disk");
  EXPECT_EQ(full.value().code, core::ErrorCode::no_space);
  EXPECT_EQ(edge::fail_with_errno("/a/file", "write", EDQUOT).value().code, core::ErrorCode::no_space);
  EXPECT_EQ(edge::fail_with_errno("/a/file", "write", EIO).value().code, core::ErrorCode::io);
  EXPECT_EQ(edge::fail_sync_with_errno("/a/file", ENOSPC).value().code, core::ErrorCode::io)
      << "what is on disk is unknown";
}

TEST(File, OnlyOneOpenerHoldsTheLock) {
  const TemporaryDirectory directory;
  std::unique_ptr<edge::File> first = std::move(*system_files.open_or_make(directory / "lock"));
  const auto second = system_files.open_or_make(directory / "lock");
  EXPECT_EQ(first->try_lock(), true);
  EXPECT_EQ((*second)->try_lock(), false);
  first.reset();
  EXPECT_EQ((*second)->try_lock(), true);
}

}  // namespace
}  // namespace skerry::tests
