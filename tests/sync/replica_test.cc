#include "sync/replica.h"

#include <gtest/gtest.h>

#include "tests/sync/cluster.h"

namespace skerry::sync {
namespace {

TEST(Replica, TellsItsPeerOfAWrite) {
  Cluster cluster({.replicas = 2});
  cluster.connect(0, 1);
  cluster.add(0, "cart", "milk");
  cluster.heal({{0, 1}});
  EXPECT_EQ(cluster.violation(), std::nullopt);
  EXPECT_TRUE(cluster.contains(1, "cart", "milk"));
}

}  // namespace
}  // namespace skerry::sync
