#include "edge/scan.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace skerry::edge {
namespace {

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back("name" + std::to_string(i));
  return made;
}

TEST(ScanPage, ASmallKeyIsOnePage) {
  const ScanPage page(ScanOptions(), 512);
  for (const std::string& name : names(512)) EXPECT_TRUE(page.holds(name));
  EXPECT_EQ(page.next_cursor(), 0u);
}

TEST(ScanPage, PagesHoldEachNameExactlyOnce) {
  const auto all = names(10'000);
  std::multiset<std::string> found;
  std::size_t pages = 0;
  ScanOptions options;
  do {
    const ScanPage page(options, all.size());
    for (const std::string& name : all) {
      if (page.holds(name)) found.insert(name);
    }
    options.cursor = page.next_cursor();
    ++pages;
  } while (options.cursor != 0);
  EXPECT_EQ(found.size(), all.size());
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), all.size());
  EXPECT_GT(pages, 10u);
  EXPECT_LE(pages, 65u);
}

TEST(ScanPage, ANameThatStaysIsFoundThoughTheSizeChanges) {
  for (const std::string& name : names(200)) {
    bool found = false;
    ScanOptions options;
    std::uint64_t size = 5'000;
    do {
      const ScanPage page(options, size);
      found |= page.holds(name);
      options.cursor = page.next_cursor();
      size = size % 3 == 0 ? size * 2 : size / 2 + 1;
    } while (options.cursor != 0);
    EXPECT_TRUE(found) << name;
  }
}

TEST(ScanReply, PutsTheCursorBeforeTheElements) {
  Bytes bytes;
  Reply reply(bytes, Protocol::resp2);
  ScanReply scan(reply);
  scan.add().bulk("a");
  scan.add().bulk("b");
  scan.send(17);
  EXPECT_EQ(bytes, "*2\r\n$2\r\n17\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n");
}

}  // namespace
}  // namespace skerry::edge
