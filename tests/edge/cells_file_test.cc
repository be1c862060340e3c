#include "edge/cells_file.h"

#include <gtest/gtest.h>

#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using edge::CellsFile;
using sync::Row;

constexpr auto no_pause = [] { return true; };

class ACellsFile : public testing::Test {
 protected:
  std::unique_ptr<CellsFile> open() {
    auto opened = CellsFile::open(path, {.files = edge::system_files,
                                         .incarnation_if_new = incarnation(1),
                                         .wal_bytes = 200'000,
                                         .writer_cache_bytes = 1 << 20,
                                         .reader_cache_bytes = 1 << 20});
    EXPECT_TRUE(opened.has_value()) << opened.error().detail;
    return opened ? std::move(*opened) : nullptr;
  }
  static std::vector<Row> rows(int count) {
    std::vector<Row> rows;
    for (int i = 0; i < count; ++i) rows.push_back({std::to_string(100'000 + i), Bytes(100, 'v')});
    return rows;
  }

  TemporaryDirectory directory;
  const std::string path = directory / "cells.db";
};

TEST_F(ACellsFile, KnowsHowFarItIsComplete) {
  EXPECT_EQ(open()->complete_to_found(), 0u);
  ASSERT_TRUE(open()->write({.complete_to = 77, .rows = rows(3), .facts = {{"f", "1"}}}, no_pause));
  EXPECT_EQ(open()->complete_to_found(), 77u);
  ASSERT_TRUE(open()->write({.complete_to = 78, .rows = {}, .facts = {{"f", std::nullopt}}}, no_pause));
  const auto cells = open();
  EXPECT_EQ(cells->complete_to_found(), 78u);
  EXPECT_EQ(cells->fact("f").value(), std::nullopt);
  EXPECT_EQ(cells->read("100002").value(), Bytes(100, 'v'));
}

TEST_F(ACellsFile, PausesAfterEachRowAndShowsNothingUntilTheEnd) {
  const auto cells = open();
  std::size_t pauses = 0;
  ASSERT_TRUE(cells->write({.complete_to = 1, .rows = rows(5'000), .facts = {}}, [&] {
    if (++pauses % 500 == 0) {
      EXPECT_EQ(cells->read("100000").value(), std::nullopt);
    }
    return true;
  }));
  EXPECT_EQ(pauses, 5'000u);
  EXPECT_EQ(cells->read("100000").value(), Bytes(100, 'v'));
}

TEST_F(ACellsFile, MayBeCalledOffAndWritesTheSameLater) {
  const auto cells = open();
  std::size_t pauses = 0;
  const auto done =
      cells->write({.complete_to = 1, .rows = rows(5'000), .facts = {}}, [&] { return ++pauses < 3'000; });
  EXPECT_EQ(done.error().code, core::ErrorCode::no_space);
  EXPECT_EQ(pauses, 3'000u);
  ASSERT_TRUE(cells->give_back());
  EXPECT_EQ(cells->read("100000").value(), std::nullopt);
  ASSERT_TRUE(cells->write({.complete_to = 1, .rows = rows(5'000), .facts = {}}, no_pause));
  EXPECT_EQ(cells->read("100000").value(), Bytes(100, 'v'));
}

TEST_F(ACellsFile, ItsWriteAheadLogGoesAfterACheckpoint) {
  const auto cells = open();
  EXPECT_FALSE(cells->checkpoint_due());
  ASSERT_TRUE(cells->write({.complete_to = 1, .rows = rows(5'000), .facts = {}}, no_pause));
  EXPECT_TRUE(cells->checkpoint_due());
  ASSERT_TRUE(cells->checkpoint());
  ASSERT_TRUE(cells->write({.complete_to = 2, .rows = rows(1), .facts = {}}, no_pause));
  EXPECT_FALSE(cells->checkpoint_due());
  ASSERT_TRUE(cells->settle());
  EXPECT_EQ(std::filesystem::file_size(path + "-wal"), 0u);
}

TEST_F(ACellsFile, DamageIsNamedAndNeverServed) {
  ASSERT_TRUE(open()->write({.complete_to = 1, .rows = rows(2), .facts = {{"secret fact", "1"}}}, no_pause));
  execute(path, "UPDATE facts SET value = x'01'");
  const auto fact = open()->fact("secret fact");
  ASSERT_FALSE(fact);
  EXPECT_EQ(fact.error().code, ErrorCode::corrupt);
  EXPECT_EQ(fact.error().detail.find(path + ": a row of the table `facts` is damaged"), 0u) << fact.error().detail;
  EXPECT_EQ(fact.error().detail.find("secret"), std::string::npos);
  EXPECT_FALSE(open()->facts("", [](BytesView, BytesView) { return true; }));

  // A whole row under another key is damage too.
  execute(path, "UPDATE rows SET key = x'393939' WHERE key = CAST('100000' AS BLOB)");
  EXPECT_EQ(open()->read("999").error().code, ErrorCode::corrupt);

  execute(path, "UPDATE store SET value = x'0102' WHERE key = CAST('complete_to' AS BLOB)");
  const auto opened = CellsFile::open(path, {.files = edge::system_files, .incarnation_if_new = std::nullopt});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("`store` is damaged"), std::string::npos) << opened.error().detail;
}

}  // namespace
}  // namespace skerry::tests
