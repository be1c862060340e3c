// The contract of every store, and what only the disk of a simulation can do.
#include "sync/memory_store.h"

#include <gtest/gtest.h>

#include "tests/edge/store_contract.h"

namespace skerry::tests {
namespace {

using sync::MemoryStore;

class MemoryDisk {
 public:
  Store& store() { return store_; }
  void sync() { store_.sync(); }
  void complete_flush() { store_.complete_flush(); }
  void crash() { store_.crash(); }
  void damage_row(BytesView key) {
    store_.crash();
    store_.damage_row(key);
  }

 private:
  MemoryStore store_{MemoryStore::Mode::by_hand};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryDisk);

Segment segment(Lsn lsn, Bytes bytes) {
  return {.first = lsn, .last = lsn, .bytes = bytes, .facts = {{"last", std::move(bytes)}}};
}

TEST(MemoryStore, InAutomaticModeEverythingIsDurableAtOnce) {
  MemoryStore store(MemoryStore::Mode::automatic);
  store.append(segment(1, "a"));
  EXPECT_EQ(store.durable_to(), 1u);
  store.flush({.complete_to = 1, .rows = {{"k", "v"}}, .facts = {}});
  EXPECT_FALSE(store.flushing());
  store.crash();
  EXPECT_EQ(store.durable_to(), 1u);
  EXPECT_EQ(store.flushed_to(), 1u);
  EXPECT_EQ(row(store, "k"), "v");
}

TEST(MemoryStore, ACrashMayKeepAnyPrefixOfWhatWasNotDurable) {
  for (Lsn kept = 0; kept <= 3; ++kept) {
    MemoryStore store(MemoryStore::Mode::by_hand);
    store.append(segment(1, "durable"));
    store.sync();
    for (Lsn lsn = 2; lsn <= 4; ++lsn) store.append(segment(lsn, std::to_string(lsn)));
    EXPECT_EQ(store.undurable(), 3u);
    store.crash(kept);
    EXPECT_EQ(store.durable_to(), 1 + kept);
    EXPECT_EQ(store.log_fact("last").value(), kept == 0 ? "durable" : std::to_string(1 + kept));
    EXPECT_EQ(log_from(store, 1).size(), 1 + kept);
  }
}

TEST(MemoryStore, SegmentsBecomeDurableOneByOne) {
  MemoryStore store(MemoryStore::Mode::by_hand);
  for (Lsn lsn = 1; lsn <= 3; ++lsn) store.append(segment(lsn, std::to_string(lsn)));
  store.sync_one();
  EXPECT_EQ(store.durable_to(), 1u);
  EXPECT_EQ(store.appended_to(), 3u);
  EXPECT_EQ(store.log_fact("last").value(), "3");
}

TEST(MemoryStore, AFlushMayReachTheDiskBeforeAnyoneKnows) {
  MemoryStore store(MemoryStore::Mode::by_hand);
  store.append(segment(1, "a"));
  store.sync();
  store.flush({.complete_to = 1, .rows = {{"k", "v"}}, .facts = {}});
  store.write_flush();
  EXPECT_TRUE(store.flushing());
  EXPECT_EQ(store.flushed_to(), 0u);
  EXPECT_EQ(row(store, "k"), "v");
  store.crash();
  EXPECT_FALSE(store.flushing());
  EXPECT_EQ(store.flushed_to(), 1u);
  EXPECT_EQ(row(store, "k"), "v");
}

TEST(MemoryStore, AfterAFailureNothingBecomesDurable) {
  MemoryStore store(MemoryStore::Mode::by_hand);
  store.append(segment(1, "a"));
  store.sync();
  store.append(segment(2, "b"));
  store.flush({.complete_to = 1, .rows = {{"k", "v"}}, .facts = {}});
  store.fail_writes({ErrorCode::io, "the disk is full"});
  ASSERT_TRUE(store.failure().has_value());
  EXPECT_EQ(store.failure()->detail, "the disk is full");
  store.append(segment(3, "c"));
  store.append(segment(4, "d"));
  store.sync();
  store.complete_flush();
  EXPECT_EQ(store.durable_to(), 1u);
  EXPECT_EQ(store.flushed_to(), 0u);
  EXPECT_EQ(row(store, "k"), std::nullopt);
  store.crash();
  EXPECT_FALSE(store.failure().has_value());
  EXPECT_EQ(store.appended_to(), 1u);
}

TEST(MemoryStore, ACopyIsADiskImageToComeBackTo) {
  MemoryStore store(MemoryStore::Mode::automatic);
  store.append(segment(1, "a"));
  const MemoryStore last_week = store;
  store.append(segment(2, "b"));
  store = last_week;
  EXPECT_EQ(store.durable_to(), 1u);
  EXPECT_EQ(store.log_fact("last").value(), "a");
}

}  // namespace
}  // namespace skerry::tests
