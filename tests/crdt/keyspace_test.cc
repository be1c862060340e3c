// The reference keyspace: deltas in any order.  What it shows in every short history is tests/crdt/histories_test.cc.
#include "crdt/keyspace.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/random.h"
#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

Bytes place(BytesView key, Kind kind, BytesView member = {}) {
  return core::encode({{}, key, kind, member});
}

TEST_F(TwoRegions, DeltasCarryJustTheirPlaces) {
  ASSERT_TRUE(east("k")->set("v", {}));
  ASSERT_TRUE(east("h")->hash_set("f", "v"));
  const Bytes places[] = {place("h", Kind::hash, "f")};
  const Delta delta = east_.delta_of(places);
  ASSERT_EQ(delta.covers.size(), 1u);
  EXPECT_EQ(delta.covers[0].dot, (Dot{replica_number(1), 2}));
  EXPECT_EQ(delta.seen, east_.context());
  west_.join(delta, at_seconds(1000));
  EXPECT_EQ(west("h").field("f"), "v");
  EXPECT_EQ(west_.context().greatest(replica_number(1)), 2u);
  EXPECT_EQ(west_.context().complete_to(replica_number(1)), 0u);
}

TEST_F(TwoRegions, ARangeRemovalGoesWithTheCellsOfItsKeyAndWithWhatItRemoved) {
  ASSERT_TRUE(east("h")->hash_set("f", "v"));
  ASSERT_TRUE(east("h")->hash_set("g", "v"));
  ASSERT_TRUE(east("h")->remove());
  ASSERT_TRUE(east("h")->hash_set("f", "w"));
  const Bytes places[] = {place("h", Kind::hash, "f")};
  const Delta delta = east_.delta_of(places);
  EXPECT_EQ(delta.covers.size(), 4u) << "or the field g could arrive later, and stay";
  EXPECT_EQ(delta.cells.size(), 1u);
}

TEST_F(TwoRegions, ARemovedCellDoesNotComeBackWithAnOldDelta) {
  ASSERT_TRUE(east("s")->set_add("a"));
  const Delta old = east_.delta_beyond({});
  sync();
  EXPECT_EQ(west("s")->set_remove("a"), true);
  sync();
  east_.join(old, at_seconds(1000));
  west_.join(old, at_seconds(1000));
  EXPECT_FALSE(east("s").contains("a"));
  EXPECT_TRUE(west_.cells().empty());
}

TEST_F(TwoRegions, RemoveAllKeepsUnseenIncrementsAndNothingElse) {
  ASSERT_TRUE(east("k")->set("v", at_seconds(2000)));
  EXPECT_EQ(west("c")->increment(10), 10);
  EXPECT_EQ(west("h")->hash_increment("n", 10), 10);
  sync();
  EXPECT_EQ(west("c")->increment(1), 11);
  ASSERT_TRUE(east_.remove_all(at_seconds(1000)));
  EXPECT_EQ(east("k").kind(), std::nullopt);
  EXPECT_EQ(east("c").kind(), std::nullopt);
  sync();
  EXPECT_EQ(east("c").string(), "1");
  EXPECT_EQ(east("h").kind(), std::nullopt);
  EXPECT_EQ(east("k").kind(), std::nullopt);
}

// Deltas of single addresses, in any order and often twice, also where a command wrote several addresses: whatever is
// left out in between, in the end all hold the same.
TEST(Deltas, ConvergeInAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    core::Random random(seed);
    std::vector<Keyspace> replicas;
    for (std::uint8_t i = 0; i < 3; ++i) replicas.emplace_back(replica_number(i));
    std::vector<Delta> deltas;
    for (int step = 0; step < 60; ++step) {
      Keyspace& replica = replicas[random.below(3)];
      if (!deltas.empty() && random.chance(0.5)) {
        replica.join(deltas[random.below(deltas.size())], at_seconds(1000));
        continue;
      }
      const std::size_t before = replica.records().size();
      OpenKey key(replica, random.chance(0.7) ? "one" : "two", at_seconds(1000));
      const BytesView member = random.chance(0.5) ? "m" : "n";
      switch (random.below(7)) {
        case 0:
          ASSERT_TRUE(key->set("5", {}));
          break;
        case 1:
          (void)key->increment(1);
          break;
        case 2:
          (void)key->hash_increment(member, 1);
          break;
        case 3:
          (void)key->set_add(member);
          break;
        case 4:
          (void)key->expire(at_seconds(2000));
          break;
        case 5:
          (void)key->hash_remove(member);
          break;
        default:
          ASSERT_TRUE(key->remove());
          break;
      }
      for (std::size_t i = before; i < replica.records().size(); ++i) {
        const Bytes places[] = {replica.records()[i].place};
        deltas.push_back(replica.delta_of(places));
      }
    }
    for (int round = 0; round < 2; ++round) {
      for (Keyspace& to : replicas) {
        for (const Keyspace& from : replicas) to.join(from.delta_beyond(to.context()), at_seconds(1000));
      }
    }
    for (const Keyspace& replica : replicas) {
      ASSERT_EQ(replica.context(), replicas[0].context()) << seed;
      ASSERT_EQ(replica.cells(), replicas[0].cells()) << seed;
      for (const auto& [address, cell] : replica.cells()) {
        for (const Cell::Entry& entry : cell.entries()) ASSERT_TRUE(replica.context().contains(entry.dot));
      }
    }
  }
}

}  // namespace
}  // namespace skerry::crdt
