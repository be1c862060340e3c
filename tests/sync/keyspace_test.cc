#include "sync/keyspace.h"

#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

TEST(Keyspace, AStringIsReadAsItWasWritten) {
  Host host;
  EXPECT_EQ(host.get("k"), std::nullopt);
  host.set("k", "v");
  EXPECT_EQ(host.get("k"), "v");
  host.set("k", "w");
  EXPECT_EQ(host.get("k"), "w");
  EXPECT_TRUE(host.remove("k"));
  EXPECT_EQ(host.get("k"), std::nullopt);
  EXPECT_FALSE(host.remove("k"));
}

TEST(Keyspace, WhatWasCommittedIsThereAfterACrash) {
  Host host('a', 1 << 20, MemoryStore::Mode::by_hand);
  host.set("durable", "v");
  host.commit();
  host.store().sync();
  host.set("appended", "v");
  host.commit();
  host.set("staged", "v");
  host.crash();
  EXPECT_EQ(host.get("durable"), "v");
  EXPECT_EQ(host.get("appended"), std::nullopt);
  EXPECT_EQ(host.get("staged"), std::nullopt);
}

TEST(Keyspace, WhatWasFlushedIsThereAfterARestart) {
  Host host;
  host.set("k", "v");
  host.set("gone", "v");
  host.flush();
  host.remove("gone");
  host.flush();
  host.restart();
  EXPECT_EQ(host.get("k"), "v");
  EXPECT_EQ(host.get("gone"), std::nullopt);
  EXPECT_EQ(host.begin().size(), 1u);
}

TEST(Keyspace, AnUnfinishedBlockOfSequencesIsAccountedForByOneVoidEvent) {
  Host host;
  host.set("k", "v");
  host.restart();
  EXPECT_EQ(host.state().context.complete_to(host->self()), sequence_block);
  EXPECT_EQ(host.state().next, sequence_block + 1);
  const auto entry = host.state().log.at(host.state().log.end() - 1);
  EXPECT_EQ(entry.type, EventType::void_);
  EXPECT_EQ(entry.first, 2u);
  EXPECT_EQ(entry.dot.sequence, sequence_block);
  const Position end = host.state().log.end();
  host.restart();
  EXPECT_EQ(host.state().log.end(), end) << "no block was begun, so none is unfinished";
}

TEST(Keyspace, WritesWaitForADiskThatIsTooFarBehind) {
  Host host('a', 1 << 30, MemoryStore::Mode::by_hand);
  const std::string value(1 << 20, 'v');  // of one key: hardly anything is dirty
  std::size_t appended = 0;
  for (; !host->full() && appended <= 2 * unsynced_bytes_max; appended += value.size()) {
    host.set("k", value);
    host.commit();
  }
  EXPECT_GE(appended + (1 << 20), unsynced_bytes_max);
  EXPECT_LE(appended, unsynced_bytes_max + (1 << 20));
  host.store().sync_one();
  host.store().sync_one();
  host->store_moved();
  EXPECT_FALSE(host->full());
  host.store().sync();
  for (appended = 0; appended < unsynced_bytes_max; appended += value.size()) {
    host.set("k", value);
    host.commit();
    host.store().sync();
    EXPECT_FALSE(host->full()) << "what is durable counts no more";
  }
}

}  // namespace
}  // namespace skerry::sync
