#include "sync/sweeper.h"

#include <algorithm>

#include "tests/sync/counting_store.h"
#include "tests/sync/derived_check.h"

namespace skerry::sync {
namespace {

Keyspace::Options small(std::size_t rows_a_flush) {
  Keyspace::Options options{.self = replica_named('a'), .cache_bytes = 100'000};
  options.ranges.removed_at_once = 0;
  options.ranges.rows_swept_a_flush = rows_a_flush;
  return options;
}

void add(Host& host, const std::string& key, int first, int last) {
  for (int i = first; i < last; ++i) {
    host.on(key, [&](KeyAccess& access) { return access.write().set_add("member " + std::to_string(i)).value(); });
    if (i % 200 == 0) host.flush();
  }
  host.flush();
}

std::size_t rows_of(Host& host) {
  std::size_t rows = 0;
  EXPECT_TRUE(host.store().scan({}, {}, [&](BytesView, BytesView) { return ++rows > 0; }).has_value());
  return rows;
}

TEST(Sweeper, NothingIsLeftOfARemovedKey) {
  Host host(small(100), MemoryStore::Mode::automatic);
  add(host, "k", 0, 1'000);
  ASSERT_GT(rows_of(host), 1'000u);
  host.remove("k");
  host.flush();
  EXPECT_GT(rows_of(host), 800u) << "a flush takes so many along and no more";
  host.sweep();
  EXPECT_EQ(rows_of(host), 0u);
}

TEST(Sweeper, NothingIsLeftOfARemovedSpace) {
  Host host(small(100), MemoryStore::Mode::automatic);
  for (int i = 0; i < 500; ++i) {
    host.set("key " + std::to_string(i), "v");
    if (i % 200 == 0) host.flush();
  }
  add(host, "k", 0, 500);
  EXPECT_TRUE(host.begin().remove_all().has_value());
  host.sweep();
  EXPECT_EQ(rows_of(host), 0u);
}

TEST(Sweeper, WhatIsWrittenMeanwhileStays) {
  Host host(small(50), MemoryStore::Mode::automatic);
  add(host, "k", 0, 1'000);
  EXPECT_TRUE(host.begin().remove_all().has_value());
  host.flush();
  ASSERT_TRUE(host->sweeps());
  add(host, "k", 300, 310);
  host.set("other", "v");
  host.sweep();
  expect_rows_right(host);
  expect_derived_right(host);
  EXPECT_EQ(host.on("k", [](KeyAccess& access) { return access.count(); }), 10u);
}

TEST(Sweeper, GoesOnAfterARestartWhereverItWas) {
  Host host(small(50), MemoryStore::Mode::automatic);
  add(host, "k", 0, 1'000);
  host.remove("k");
  host.flush();
  host.flush();
  const std::size_t rows = rows_of(host);
  host.restart();
  EXPECT_TRUE(host->sweeps());
  EXPECT_EQ(host.on("k", [](KeyAccess& access) { return access.count(); }), 0u);
  host.on("k", [](KeyAccess& access) { return access.write().set_add("member 7").value(); });
  EXPECT_EQ(host.on("k", [](KeyAccess& access) { return access.count(); }), 1u);
  host.flush();
  EXPECT_LT(rows_of(host), rows);
  host.sweep();
  expect_rows_right(host);
  EXPECT_EQ(host.on("k", [](KeyAccess& access) { return access.count(); }), 1u);
}

TEST(Sweeper, ASecondRemovalOfTheSameKeyIsSweptToo) {
  Host host(small(50), MemoryStore::Mode::automatic);
  add(host, "k", 0, 500);
  host.remove("k");
  host.flush();
  host.flush();
  add(host, "k", 0, 500);  // also where it has been already
  host.remove("k");
  host.sweep();
  EXPECT_EQ(rows_of(host), 0u);
}

// What is removed while a flush is under way is no part of that flush: the removal may be lost, and then nothing was.
TEST(Sweeper, AFlushHoldsNothingOfARemovalThatCameAfterIt) {
  Host host(small(1), MemoryStore::Mode::by_hand);
  add(host, "k", 0, 10);
  host.remove("k");  // pending for long
  add(host, "k", 0, 10);
  host->flush_step(host.now());  // the end of the flush before
  host.on("k", [&](KeyAccess& access) { return access.write().set_add("one that is dirty").value(); });
  host.commit();
  host.store().sync();
  ASSERT_TRUE(host->sweeps());
  host->flush_step(host.now());
  host.remove("k");
  host.commit();
  for (int i = 0; i < 100 && !host.store().flushing(); ++i) host->flush_step(host.now());
  ASSERT_TRUE(host.store().flushing());
  host.store().complete_flush();
  host.crash();
  EXPECT_EQ(host.on("k", [](KeyAccess& access) { return access.count(); }), 11u);
  EXPECT_TRUE(host.on("k", [](KeyAccess& access) { return access.contains("one that is dirty").value(); }));
  host.sweep();
  EXPECT_EQ(host.on("k", [](KeyAccess& access) { return access.count(); }), 11u);
  expect_rows_right(host);
}

// Its flush may end at the lsn where the one before did; it is in the store only when the store says so.
TEST(Sweeper, NothingIsTakenForSweptBeforeTheStoreHasIt) {
  Host host(small(100), MemoryStore::Mode::by_hand);
  add(host, "k", 0, 10);
  host.remove("k");
  host.flush();
  host->flush_step(host.now());  // the end of that one
  ASSERT_TRUE(host->sweeps());
  for (int i = 0; i < 100; ++i) host->flush_step(host.now());
  ASSERT_TRUE(host.store().flushing());
  EXPECT_TRUE(host->sweeps());
  EXPECT_EQ(host.cells(), (std::map<Bytes, crdt::Cell>()));
  host.store().complete_flush();
  host.sweep();
  EXPECT_EQ(rows_of(host), 0u);
}

TEST(Sweeper, ADamagedRowEndsTheSweepAndNothingElse) {
  Host host(small(50), MemoryStore::Mode::automatic);
  add(host, "k", 0, 500);
  host.remove("k");
  host.store().damage_row(core::encode({Space{0}, "k", Kind::set, "member 250"}));
  host.sweep();
  EXPECT_FALSE(host->sweeps());
  EXPECT_EQ(host.kind("k"), std::nullopt);
  host.set("other", "v");
  EXPECT_EQ(host.get("other"), "v");
}

// What a flush holds besides dirty items, and how much is dirty, is bounded all the way; in the end there is no row.
TEST(Sweeper, ALargeSetGoesInBoundedSlices) {
  constexpr int members = 100'000;
  constexpr std::size_t rows_a_flush = 2'000;
  CountingStore store;
  Keyspace keyspace(store, small(rows_a_flush));
  const Now now = at_milliseconds(0);
  ASSERT_TRUE(keyspace.load(now).has_value());
  const auto flush = [&] {
    if (auto segment = keyspace.take_segment()) store.append(std::move(*segment));
    do {
      keyspace.flush_step(now);
    } while (store.flushed_to() < keyspace.staged_to());
    keyspace.flush_step(now);
  };
  for (int i = 0; i < members; ++i) {
    ASSERT_TRUE(keyspace.begin(Space{0}, now).key("k")->write().set_add("member " + std::to_string(i)).has_value());
    if (i % 500 == 0) flush();
  }
  flush();
  ASSERT_TRUE(keyspace.begin(Space{0}, now).key("k")->write().remove().value());
  if (auto segment = keyspace.take_segment()) store.append(std::move(*segment));
  store.reset();
  std::size_t read_at_once = 0;
  while (keyspace.flush_due(at_milliseconds(3'600'000))) {
    const std::size_t before = store.rows_read();
    keyspace.flush_step(now);
    read_at_once = std::max(read_at_once, store.rows_read() - before);
    ASSERT_FALSE(keyspace.full());
  }
  EXPECT_LE(read_at_once, 1'100u);
  EXPECT_LE(store.flush_rows_max(), rows_a_flush + 10);
  std::size_t rows = 0;
  ASSERT_TRUE(store.scan({}, {}, [&](BytesView, BytesView) { return ++rows > 0; }).has_value());
  EXPECT_EQ(rows, 0u);
}

}  // namespace
}  // namespace skerry::sync
