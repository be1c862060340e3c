#include "edge/reserve.h"

#include <gtest/gtest.h>

#include "tests/edge/temporary_directory.h"

namespace skerry::tests {
namespace {

using edge::File;
using edge::Reserve;

// The system's files, where none can have space for more than so many bytes.
class LimitedFiles final : public edge::Files {
 public:
  std::size_t bytes_max = 1'000'000;
  bool makes_files = true;

  const char* vfs() const override { return nullptr; }
  std::string process() const override { return "1"; }
  core::Result<std::unique_ptr<File>> open(const std::string& path) const override {
    return edge::system_files.open(path);
  }
  core::Result<std::unique_ptr<File>> open_or_make(const std::string& path) const override {
    if (!makes_files) return edge::fail_with_errno(path, "make", ENOSPC);
    auto file = edge::system_files.open_or_make(path);
    if (!file) return file;
    return std::make_unique<Limited>(*this, std::move(*file));
  }
  core::Result<bool> exists(const std::string& path) const override { return edge::system_files.exists(path); }
  core::Result<void> rename(const std::string&, const std::string&) const override { return {}; }
  core::Result<bool> make_directory(const std::string&) const override { return false; }
  core::Result<void> sync_directory(const std::string&) const override { return {}; }

 private:
  class Limited final : public File {
   public:
    Limited(const LimitedFiles& files, std::unique_ptr<File> file) : files_(files), file_(std::move(file)) {}
    core::Result<core::Bytes> read_at(std::size_t offset, std::size_t size) const override {
      return file_->read_at(offset, size);
    }
    core::Result<void> write_at(std::size_t offset, core::BytesView bytes) override {
      return file_->write_at(offset, bytes);
    }
    core::Result<void> truncate(std::size_t size) override { return file_->truncate(size); }
    // As some file systems do, it gets as far as it can.
    core::Result<void> allocate(std::size_t size) override {
      const core::Result<void> done = file_->allocate(std::min(size, files_.bytes_max));
      if (!done || size <= files_.bytes_max) return done;
      return edge::fail_with_errno("reserve", "set space aside for", ENOSPC);
    }
    core::Result<void> sync() override { return file_->sync(); }
    core::Result<bool> try_lock() override { return file_->try_lock(); }

   private:
    const LimitedFiles& files_;
    std::unique_ptr<File> file_;
  };
};

class AReserve : public testing::Test {
 protected:
  Reserve open(std::size_t bytes) {
    auto reserve = Reserve::open(files, path, bytes);
    EXPECT_TRUE(reserve.has_value()) << reserve.error().detail;
    return std::move(*reserve);
  }
  std::size_t on_disk() const { return std::filesystem::file_size(path); }

  TemporaryDirectory directory;
  const std::string path = directory / "reserve";
  LimitedFiles files;
};

TEST_F(AReserve, IsTakenAndGivenBackInPieces) {
  Reserve reserve = open(160'000);
  EXPECT_EQ(reserve.bytes(), 160'000u);
  for (std::size_t left = 150'000; left > 0; left -= 10'000) {
    EXPECT_EQ(reserve.give(), true);
    EXPECT_EQ(reserve.bytes(), left);
    EXPECT_EQ(on_disk(), left);
  }
  EXPECT_EQ(reserve.give(), true);
  EXPECT_EQ(reserve.give(), false);
  EXPECT_EQ(on_disk(), 0u);
  EXPECT_EQ(reserve.refill(0), true);
  EXPECT_EQ(on_disk(), 160'000u);
}

TEST_F(AReserve, TakesWhatThereIs) {
  files.bytes_max = 95'000;
  Reserve reserve = open(160'000);
  EXPECT_EQ(reserve.bytes(), 90'000u);
  EXPECT_EQ(on_disk(), 90'000u) << "less than a piece is left to others";
  files.bytes_max = 125'000;
  EXPECT_EQ(reserve.refill(0), false);
  EXPECT_EQ(on_disk(), 120'000u);
  files.bytes_max = 160'000;
  EXPECT_EQ(reserve.refill(1), false) << "there is nothing beyond";
  EXPECT_EQ(reserve.bytes(), 160'000u);
  files.bytes_max = 200'000;
  EXPECT_EQ(reserve.refill(40'000), true);
  EXPECT_EQ(reserve.refill(40'001), false);
  EXPECT_EQ(on_disk(), 160'000u) << "what is beyond was only looked at";
}

TEST_F(AReserve, OfALifeBeforeIsFoundAndMayBeGivenUp) {
  open(160'000);
  EXPECT_EQ(open(32'000).bytes(), 32'000u);
  EXPECT_EQ(on_disk(), 32'000u) << "it was longer";
  ASSERT_TRUE(Reserve::give_up(files, path));
  EXPECT_EQ(on_disk(), 0u);
  ASSERT_TRUE(Reserve::give_up(files, directory / "nothing"));
}

TEST_F(AReserve, MayNotEvenHaveAFile) {
  files.makes_files = false;
  Reserve reserve = open(160'000);
  EXPECT_EQ(reserve.bytes(), 0u);
  EXPECT_EQ(reserve.give(), false);
  EXPECT_EQ(reserve.refill(0), false);
  files.makes_files = true;
  EXPECT_EQ(reserve.refill(0), true);
}

TEST_F(AReserve, OfNothingIsWhole) {
  Reserve reserve = open(0);
  EXPECT_EQ(reserve.bytes(), reserve.bytes_wanted());
  EXPECT_EQ(reserve.give(), false);
}

}  // namespace
}  // namespace skerry::tests
