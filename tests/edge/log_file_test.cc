#include "edge/log_file.h"

#include <gtest/gtest.h>

#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

using core::BytesView;
using core::ErrorCode;
using edge::LogFile;
using sync::Lsn;
using sync::Segment;

class ALogFile : public testing::Test {
 protected:
  std::unique_ptr<LogFile> open() {
    auto opened =
        LogFile::open(path, {.files = edge::system_files, .incarnation_if_new = incarnation(1), .wal_bytes = 100'000});
    EXPECT_TRUE(opened.has_value()) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  void make(Lsn entries) {
    const auto log = open();
    for (Lsn lsn = 1; lsn <= entries; ++lsn)
      ASSERT_TRUE(log->commit({{.first = lsn, .last = lsn, .bytes = "some bytes", .facts = {{"fact", "value"}}}}));
  }
  // How far a walk from the beginning gets, and why it ends.
  core::Error walk(Lsn from, Lsn to) {
    visited.clear();
    const auto done = open()->read(from, to, [&](Lsn first, Lsn, BytesView) {
      visited.push_back(first);
      return true;
    });
    EXPECT_FALSE(done.has_value());
    return done ? core::Error{ErrorCode::invalid, "it ended well"} : done.error();
  }
  core::Error open_error() {
    const auto opened =
        LogFile::open(path, {.files = edge::system_files, .incarnation_if_new = std::nullopt, .wal_bytes = 100'000});
    EXPECT_FALSE(opened.has_value());
    return opened ? core::Error{ErrorCode::invalid, "it opened"} : opened.error();
  }

  TemporaryDirectory directory;
  const std::string path = directory / "log.db";
  std::vector<Lsn> visited;
};

TEST_F(ALogFile, FindsItsEndsAndFactsAgain) {
  {
    const auto log = open();
    EXPECT_EQ(log->first_found(), 0u);
    EXPECT_EQ(log->last_found(), 0u);
    ASSERT_TRUE(log->commit({{.first = 1, .last = 5, .bytes = "a", .facts = {{"x", "1"}, {"y", "1"}}},
                             {.first = 6, .last = 6, .bytes = "b", .facts = {{"x", "2"}, {"y", std::nullopt}}}}));
  }
  const auto log = open();
  EXPECT_EQ(log->first_found(), 1u);
  EXPECT_EQ(log->last_found(), 6u);
  EXPECT_EQ(log->take_facts(), (std::map<core::Bytes, core::Bytes, std::less<>>{{"x", "2"}}));
}

TEST_F(ALogFile, ItsWriteAheadLogStaysWithinItsBound) {
  const auto log = open();
  std::size_t bytes_max = 0;
  int checkpoints = 0;
  for (Lsn lsn = 1; lsn <= 200; ++lsn) {
    ASSERT_TRUE(log->commit({{.first = lsn, .last = lsn, .bytes = core::Bytes(3'000, 'x'), .facts = {}}}));
    bytes_max = std::max<std::size_t>(bytes_max, std::filesystem::file_size(path + "-wal"));
    if (!log->checkpoint_due()) continue;
    ++checkpoints;
    ASSERT_TRUE(log->checkpoint());
  }
  EXPECT_GT(checkpoints, 3);
  EXPECT_LT(bytes_max, 120'000u);
  ASSERT_TRUE(log->settle());
  EXPECT_EQ(std::filesystem::file_size(path + "-wal"), 0u);
  ASSERT_TRUE(log->settle());  // and nothing more to do
}

TEST_F(ALogFile, ADamagedSegmentEndsTheWalk) {
  make(5);
  for (const char* damage : {"bytes = x'00'", "checksum = checksum + 1", "format = 9", "last = 4"}) {
    execute(path, "UPDATE segments SET " + std::string(damage) + " WHERE first = 3");
    const core::Error error = walk(1, 5);
    EXPECT_EQ(error.code, ErrorCode::corrupt);
    EXPECT_NE(error.detail.find("`segments` is damaged"), std::string::npos) << error.detail;
    EXPECT_EQ(visited, (std::vector<Lsn>{1, 2})) << damage;
  }
}

TEST_F(ALogFile, AMissingSegmentEndsTheWalk) {
  make(5);
  execute(path, "DELETE FROM segments WHERE first = 3");
  const core::Error error = walk(1, 5);
  EXPECT_EQ(error.code, ErrorCode::corrupt);
  EXPECT_NE(error.detail.find("lacks its entry 3"), std::string::npos) << error.detail;
  EXPECT_EQ(visited, (std::vector<Lsn>{1, 2}));
  EXPECT_NE(walk(3, 5).detail.find("lacks its entry 3"), std::string::npos);
  EXPECT_EQ(visited, std::vector<Lsn>{});
  EXPECT_TRUE(open()->read(4, 5, [](Lsn, Lsn, BytesView) { return true; }));
  execute(path, "DELETE FROM segments WHERE first = 5");
  EXPECT_NE(walk(4, 5).detail.find("lacks its entry 5"), std::string::npos);
}

TEST_F(ALogFile, DamageToItsEndOrItsFactsIsSeenAtOnce) {
  make(5);
  execute(path, "UPDATE facts SET value = x'01'");
  EXPECT_NE(open_error().detail.find("`facts` is damaged"), std::string::npos);
  execute(path, "DELETE FROM facts; UPDATE segments SET last = 9 WHERE first = 5");
  EXPECT_NE(open_error().detail.find("`segments` is damaged"), std::string::npos);
}

}  // namespace
}  // namespace skerry::tests
