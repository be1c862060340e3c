#include "sync/unseen.h"

#include <gtest/gtest.h>

#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

// A log of nothing but what its test says; dots count from 1.
class Unseen : public testing::Test {
 protected:
  static Bytes address(const std::string& key, Kind kind = Kind::string, const std::string& member = "") {
    return core::encode({Space{0}, key, kind, member});
  }
  void append(EventType type, const Bytes& at, core::Sequence first = 0) {
    LogEntry entry;
    entry.type = type;
    entry.dot = {replica_named('a'), next_ += first == 0 ? 0 : first};
    entry.first = first == 0 ? 0 : next_ - first;
    entry.batch = {entry.dot.sequence, 1};
    entry.address = at;
    entry.lsn = next_++;
    log_.append(entry);
  }
  std::optional<std::vector<Bytes>> find(const std::vector<core::Sequence>& sequences, const std::string& key,
                                         const UnseenAims& aims = {.entries_max = 100, .addresses_max = 100}) {
    crdt::CausalContext unseen;
    for (const core::Sequence sequence : sequences) unseen.add({replica_named('a'), sequence});
    Bytes prefix;
    core::put_key_prefix(prefix, Space{0}, key);
    return unseen_addresses(staging_, log_, unseen, prefix, aims);
  }

  ReplicaTable replicas_;
  Staging staging_{replicas_, 0};
  EventLog log_{1};
  core::Sequence next_ = 1;
};

using Addresses = std::vector<Bytes>;

TEST_F(Unseen, NothingUnseenNeedsNoLookAtTheLog) {
  append(EventType::cell, address("k"));
  EXPECT_EQ(find({}, "k", {.entries_max = 0, .addresses_max = 0}), Addresses{});
}

TEST_F(Unseen, FindsEachAddressOfTheKeyOnce) {
  append(EventType::cell, address("k", Kind::set, "seen"));
  append(EventType::cell, address("k", Kind::set, "m"));
  append(EventType::cell, address("other"));
  append(EventType::cell, address("k", Kind::set, "m"));
  append(EventType::cell, address("k"));
  EXPECT_EQ(find({2, 3, 4, 5}, "k"), (Addresses{address("k"), address("k", Kind::set, "m")}));
}

TEST_F(Unseen, RemovalsAreNoCells) {
  append(EventType::range, address("k", Kind::row));
  EXPECT_EQ(find({1}, "k"), Addresses{});
}

TEST_F(Unseen, AVoidEventStandsForAllItsSequences) {
  append(EventType::cell, address("k"));
  append(EventType::void_, {}, 10);  // 2 to 12
  EXPECT_EQ(find({1, 5, 12}, "k"), Addresses{address("k")});
}

TEST_F(Unseen, SaysNothingIfADotIsNotThereOrTooFarBack) {
  append(EventType::cell, address("k"));
  append(EventType::cell, address("k"));
  EXPECT_EQ(find({1, 99}, "k"), std::nullopt);
  EXPECT_EQ(find({1}, "k", {.entries_max = 1, .addresses_max = 9}), std::nullopt);
  EXPECT_EQ(find({1}, "k", {.entries_max = 2, .addresses_max = 9}), Addresses{address("k")});
}

TEST_F(Unseen, SaysNothingIfThereAreTooManyAddresses) {
  append(EventType::cell, address("k", Kind::set, "m"));
  append(EventType::cell, address("k", Kind::set, "n"));
  EXPECT_EQ(find({1, 2}, "k", {.entries_max = 9, .addresses_max = 1}), std::nullopt);
}

TEST_F(Unseen, TheOpenBatchComesBeforeTheLog) {
  append(EventType::cell, address("k", Kind::set, "m"));
  staging_.add(EventType::cell, Dot{replica_named('a'), 2}, nullptr,
               [](Bytes& to) { to.append(address("k", Kind::set, "n")); });
  EXPECT_EQ(find({1, 2}, "k"), (Addresses{address("k", Kind::set, "m"), address("k", Kind::set, "n")}));
  EXPECT_EQ(find({2}, "k", {.entries_max = 0, .addresses_max = 9}), Addresses{address("k", Kind::set, "n")});
}

}  // namespace
}  // namespace skerry::sync
