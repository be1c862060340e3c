#include "edge/checked_row.h"

#include <gtest/gtest.h>

#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

using core::Bytes;
using core::BytesView;
using edge::RowChecker;
using edge::Table;

TEST(CheckedRow, AValueComesBackUnderItsOwnKeyOnly) {
  RowChecker checker(incarnation(1));
  Bytes stored = "what was there";
  checker.put(stored, Table::rows, "key", "value");
  EXPECT_EQ(checker.get(Table::rows, "key", stored), BytesView("value"));
  EXPECT_EQ(checker.get(Table::rows, "kez", stored), std::nullopt);
  EXPECT_EQ(checker.get(Table::rows, "ke", stored), std::nullopt);
  EXPECT_EQ(checker.get(Table::facts, "key", stored), std::nullopt);
  EXPECT_EQ(RowChecker(incarnation(2)).get(Table::rows, "key", stored), std::nullopt);
  checker.put(stored, Table::rows, "", "");
  EXPECT_EQ(checker.get(Table::rows, "", stored), BytesView(""));
}

TEST(CheckedRow, NoFlippedBitPasses) {
  RowChecker checker(incarnation(1));
  Bytes stored;
  checker.put(stored, Table::rows, "key", "a value of some length");
  for (std::size_t bit = 0; bit < 8 * stored.size(); ++bit) {
    Bytes damaged = stored;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(checker.get(Table::rows, "key", damaged), std::nullopt) << "bit " << bit;
  }
  for (std::size_t size = 0; size < stored.size(); ++size)
    EXPECT_EQ(checker.get(Table::rows, "key", BytesView(stored).substr(0, size)), std::nullopt) << size << " bytes";
}

// On disk: this form may never change under the same format byte.
TEST(CheckedRow, TheStoredFormIsFixed) {
  RowChecker checker(incarnation(1));
  Bytes stored;
  checker.put(stored, Table::rows, "key", "value");
  std::string hex;
  for (const char byte : stored) {
    constexpr char digits[] = "0123456789abcdef";
    hex += digits[static_cast<std::uint8_t>(byte) >> 4];
    hex += digits[byte & 0xf];
  }
  EXPECT_EQ(hex, "02ce1323f6abfd6d2476616c7565");
}

TEST(CheckedRow, AnErrorNamesTheFileAndTheTable) {
  const std::string detail = edge::damaged_row("data/cells.db", Table::rows);
  EXPECT_EQ(detail.find("data/cells.db: a row of the table `rows` is damaged"), 0u) << detail;
}

}  // namespace
}  // namespace skerry::tests
