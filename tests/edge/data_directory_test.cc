#include "edge/data_directory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/edge/temporary_directory.h"

namespace skerry::tests {
namespace {

using core::ErrorCode;
using edge::DataDirectory;

TEST(DataDirectory, KeepsASecondOpenerOutAndSaysWhoIsInside) {
  const TemporaryDirectory directory;
  const std::string path = directory / "data";
  auto first = DataDirectory::open(edge::system_files, path);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->path(), path);
  const auto second = DataDirectory::open(edge::system_files, path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
  EXPECT_EQ(second.error().detail, path + ": another process has this data directory open (process " +
                                       std::to_string(::getpid()) + "): end it, or use another directory");
  {
    const DataDirectory moved = std::move(*first);
    EXPECT_FALSE(DataDirectory::open(edge::system_files, path));
  }
  EXPECT_TRUE(DataDirectory::open(edge::system_files, path));
}

TEST(DataDirectory, RefusesWhatCannotBeADirectory) {
  const TemporaryDirectory directory;
  write_bytes(directory / "file", "");
  EXPECT_EQ(DataDirectory::open(edge::system_files, directory / "file").error().code, ErrorCode::io);
  EXPECT_EQ(DataDirectory::open(edge::system_files, "").error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace skerry::tests
