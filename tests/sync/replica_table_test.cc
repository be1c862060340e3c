#include "sync/replica_table.h"

#include <gtest/gtest.h>

namespace skerry::sync {
namespace {

core::ReplicaId id(std::uint8_t number) {
  core::ReplicaId made;
  made.bytes[15] = number;
  return made;
}

TEST(ReplicaTable, GivesNumbersInTheOrderOfTheFirstAsking) {
  ReplicaTable table;
  EXPECT_EQ(table.index_of(id(9)), 0u);
  EXPECT_EQ(table.index_of(id(4)), 1u);
  EXPECT_EQ(table.index_of(id(9)), 0u);
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(*table.at(1), id(4));
  EXPECT_EQ(table.at(2), nullptr);
}

}  // namespace
}  // namespace skerry::sync
