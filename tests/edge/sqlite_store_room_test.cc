// The store on a small disk that is really full.  (At every I/O: tests/simulations/full_disk_test.cc.)
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <atomic>
#include <thread>

#include "edge/sqlite_store.h"
#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

using core::Bytes;
using edge::File;
using edge::SqliteStore;
using sync::Lsn;
using sync::Room;

constexpr std::size_t reserve_bytes = 1 << 20;

// The system's files, where whoever has set space aside keeps it for as long as `keep` takes.
class KeepingFiles final : public edge::Files {
 public:
  std::function<void()> keep;

  const char* vfs() const override { return edge::system_files.vfs(); }
  std::string process() const override { return edge::system_files.process(); }
  core::Result<std::unique_ptr<File>> open(const std::string& at) const override { return edge::system_files.open(at); }
  core::Result<std::unique_ptr<File>> open_or_make(const std::string& at) const override {
    auto file = edge::system_files.open_or_make(at);
    if (!file) return file;
    return std::make_unique<Keeping>(*this, std::move(*file));
  }
  core::Result<bool> exists(const std::string& at) const override { return edge::system_files.exists(at); }
  core::Result<void> rename(const std::string& from, const std::string& to) const override {
    return edge::system_files.rename(from, to);
  }
  core::Result<bool> make_directory(const std::string& at) const override {
    return edge::system_files.make_directory(at);
  }
  core::Result<void> sync_directory(const std::string& at) const override {
    return edge::system_files.sync_directory(at);
  }

 private:
  class Keeping final : public File {
   public:
    Keeping(const KeepingFiles& files, std::unique_ptr<File> file) : files_(files), file_(std::move(file)) {}
    core::Result<Bytes> read_at(std::size_t offset, std::size_t size) const override {
      return file_->read_at(offset, size);
    }
    core::Result<void> write_at(std::size_t offset, core::BytesView bytes) override {
      return file_->write_at(offset, bytes);
    }
    core::Result<void> truncate(std::size_t size) override { return file_->truncate(size); }
    core::Result<void> allocate(std::size_t size) override {
      const core::Result<void> done = file_->allocate(size);
      if (files_.keep) files_.keep();
      return done;
    }
    core::Result<void> sync() override { return file_->sync(); }
    core::Result<bool> try_lock() override { return file_->try_lock(); }

   private:
    const KeepingFiles& files_;
    std::unique_ptr<File> file_;
  };
};

class ASmallDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(path);
    mounted = ::mount("none", path.c_str(), "tmpfs", 0, "size=4m") == 0;
    if (!mounted) GTEST_SKIP() << "mounting needs root";
    open();
  }
  void TearDown() override {
    store.reset();
    if (mounted) ::umount(path.c_str());
  }
  void open() {
    store.reset();
    store = open_store(data, reserve_bytes);
    ASSERT_NE(store, nullptr);
  }
  void grow(const char* size = "size=40m") { ASSERT_EQ(::mount("none", path.c_str(), "tmpfs", MS_REMOUNT, size), 0); }

  void append(std::size_t size) {
    const Lsn lsn = store->appended_to() + 1;
    store->append({.first = lsn, .last = lsn, .bytes = Bytes(size, 'x'), .facts = {}});
  }
  void commit() {
    store->commit_appended();
    store->checkpoint_log();
  }
  // That can be read.
  Lsn segments() const {
    Lsn count = 0;
    EXPECT_TRUE(store->read_log(1, [&](Lsn, Lsn, core::BytesView) { return ++count > 0; }));
    return count;
  }
  void fill(Room until) {
    for (int i = 0; i < 10'000 && store->room() < until; ++i) {
      append(10'000);
      commit();
    }
    ASSERT_EQ(store->room(), until);
  }
  // Of the rows there may be, each `step`th.
  void flush(std::size_t rows, std::size_t size, std::size_t step = 1) {
    sync::Flush flush{.complete_to = store->durable_to(), .rows = {}, .facts = {}};
    for (std::size_t i = 0; i < rows; ++i)
      flush.rows.push_back({"key " + std::to_string(1'000 + i * step), Bytes(size, 'v')});
    store->flush(std::move(flush));
    store->write_flush();
  }

  TemporaryDirectory directory;
  const std::string path = directory / "small", data = path + "/data";
  bool mounted = false;
  std::unique_ptr<SqliteStore> store;
};

TEST_F(ASmallDisk, IsAMomentOfSmallCommitsAndThenOfNone) {
  fill(Room::scarce);
  EXPECT_EQ(store->durable_to(), store->appended_to()) << "from the reserve";
  EXPECT_NE(store->shortage().find("free some space"), std::string::npos) << store->shortage();
  Lsn before = store->durable_to();
  append(10);
  commit();
  EXPECT_EQ(store->durable_to(), before + 1);
  fill(Room::none);
  before = store->durable_to();
  EXPECT_EQ(store->appended_to(), before + 1) << "what waits is not called durable";
  EXPECT_FALSE(store->has_appended()) << "and is not tried again and again";
  EXPECT_EQ(segments(), before) << "what is there can be read";
  EXPECT_FALSE(store->failure()) << store->failure()->detail;
}

TEST_F(ASmallDisk, IsEnoughAgainOnceThereIsSpace) {
  fill(Room::none);
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::none);
  int moved = 0;
  store->set_listener([&] { ++moved; });
  grow();
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::enough);
  EXPECT_GT(moved, 0);
  EXPECT_EQ(store->durable_to(), store->appended_to());
  EXPECT_EQ(std::filesystem::file_size(data + "/reserve"), reserve_bytes);
  append(10);
  commit();
  EXPECT_EQ(store->durable_to(), store->appended_to());
  EXPECT_EQ(segments(), store->durable_to());
}

// More than SQLite's cache holds, too, so that the disk is full before the commit has come to its end.
TEST_F(ASmallDisk, KeepsACommitThatIsLargerThanItself) {
  append(10);
  for (int i = 0; i < 3; ++i) append(2 << 20);
  commit();
  EXPECT_EQ(store->room(), Room::none);
  EXPECT_EQ(store->durable_to(), 0u);
  append(10);
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::none);
  EXPECT_FALSE(store->failure()) << store->failure()->detail;
  grow();
  store->look_for_room();
  EXPECT_EQ(store->durable_to(), 5u);
  EXPECT_EQ(segments(), 5u);
  open();
  EXPECT_EQ(store->durable_to(), 5u);
}

TEST_F(ASmallDisk, KeepsAFlushUntilItCanBeWritten) {
  append(10);
  commit();
  store->settle_cells();
  flush(1'000, 5'000);
  EXPECT_EQ(store->room(), Room::scarce);
  EXPECT_TRUE(store->flushing());
  EXPECT_FALSE(store->has_flush()) << "not now";
  EXPECT_EQ(std::filesystem::file_size(data + "/cells.db-wal"), 0u) << "what it took in vain was given back";
  EXPECT_EQ(store->flushed_to(), 0u);
  EXPECT_EQ(store->read("key 1000"), std::nullopt);
  append(10);
  commit();
  EXPECT_EQ(store->durable_to(), 2u);
  store->look_for_room();
  EXPECT_FALSE(store->has_flush()) << "still no space";
  grow();
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::scarce) << "the flush comes first";
  ASSERT_TRUE(store->has_flush());
  store->write_flush();
  EXPECT_FALSE(store->flushing());
  EXPECT_EQ(store->read("key 1999"), Bytes(5'000, 'v'));
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::enough);
}

// To look for space is to take it, for a moment: a flush that is being written would find none then.
TEST_F(ASmallDisk, IsNotLookedAtWhileAFlushIsWritten) {
  std::atomic<bool> taken = false, looked = false, written = false, looks = false;
  std::thread looker;
  KeepingFiles files;
  files.keep = [&] {
    if (!looks) return;
    taken = true;
    written.wait(false);
  };
  const auto look = [&](core::Duration) {
    if (!looks || looker.joinable()) return;
    looker = std::thread([&] {
      store->look_for_room();
      looked = true;
    });
    while (!taken && !looked) std::this_thread::yield();
  };
  store.reset();
  auto opened = SqliteStore::open(data, {.incarnation_if_new = incarnation(7),
                                         .pace = {.rows = 100, .rest = {}},
                                         .rest = look,
                                         .reserve_bytes = reserve_bytes,
                                         .files = &files});
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  store = std::move(*opened);
  append(10);
  commit();
  store->settle_cells();
  flush(1'000, 5'000);
  ASSERT_EQ(store->room(), Room::scarce);
  grow("size=14m");
  store->look_for_room();
  ASSERT_TRUE(store->has_flush());
  looks = true;
  store->write_flush();
  written = true;
  written.notify_all();
  ASSERT_TRUE(looker.joinable());
  looker.join();
  looks = false;
  EXPECT_FALSE(store->flushing()) << store->shortage();
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::enough);
  store.reset();  // before its files
}

// A row of a few bytes may cost a page: space that was not enough for a flush once is not filled again each second.
TEST_F(ASmallDisk, TriesAFlushOnlyWithMoreThanWasNotEnough) {
  grow();
  append(10);
  commit();
  flush(8'000, 900);
  store->settle_cells();
  ASSERT_EQ(store->room(), Room::enough);
  const std::size_t free = std::filesystem::space(path).available, left = 4 << 20;
  write_bytes(path + "/other", Bytes(free - left, 'x'));
  append(10);
  commit();
  flush(2'000, 10, 4);
  ASSERT_EQ(store->room(), Room::scarce);
  int tries = 0;
  for (int looks = 0; looks < 30; ++looks) {
    store->look_for_room();
    if (!store->has_flush()) continue;
    ++tries;
    store->write_flush();
    ASSERT_TRUE(store->flushing()) << "it did fit";
  }
  EXPECT_LT(tries, 10);
  std::filesystem::resize_file(path + "/other", free - 6 * left);
  store->look_for_room();
  ASSERT_TRUE(store->has_flush());
  store->write_flush();
  EXPECT_FALSE(store->flushing());
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::enough);
}

TEST_F(ASmallDisk, OpensWithTheHelpOfTheReserve) {
  fill(Room::scarce);
  const Lsn durable = store->durable_to();
  store.reset();
  // Somebody else takes the rest, and SQLite needs a few pages to begin.
  write_bytes(path + "/other", Bytes(4 << 20, 'x'));
  open();
  EXPECT_EQ(store->room(), Room::scarce);
  EXPECT_EQ(store->durable_to(), durable);
  EXPECT_EQ(segments(), durable);
}

TEST_F(ASmallDisk, ThatIsFullFromTheStartSaysSo) {
  store.reset();
  std::filesystem::remove_all(data);
  write_bytes(path + "/other", Bytes(4 << 20, 'x'));
  const core::Error error = open_error(data);
  EXPECT_NE(error.detail.find("free some space"), std::string::npos) << error.detail;
  std::filesystem::resize_file(path + "/other", 3 << 20);
  open();
  EXPECT_EQ(store->room(), Room::scarce) << "no space for the reserve";
  EXPECT_NE(store->shortage().find("reserve"), std::string::npos) << store->shortage();
}

TEST_F(ASmallDisk, OfWhichMostIsFreeIsLikeAnyOther) {
  EXPECT_EQ(store->room(), Room::enough);
  EXPECT_EQ(std::filesystem::file_size(data + "/reserve"), reserve_bytes);
  append(10);
  commit();
  flush(10, 10);
  EXPECT_EQ(store->flushed_to(), 1u);
  store->look_for_room();
  EXPECT_EQ(store->room(), Room::enough);
}

}  // namespace
}  // namespace skerry::tests
