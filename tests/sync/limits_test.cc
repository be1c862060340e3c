// What happens at the limits of a batch, of a range removal, of a value: a definite error, or another road.
#include "sync/limits.h"

#include <gtest/gtest.h>

#include "sync/chunk_builder.h"
#include "sync/wire.h"
#include "tests/sync/deltas.h"
#include "tests/sync/derived_check.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

constexpr std::size_t many = batch_events_max + 10;

std::string name(std::size_t number) {
  return std::to_string(number);
}

struct AtTheLimit : testing::Test {
  // Fields that were counted, more than a batch may hold the resets of.
  void count_fields(const std::string& key, std::size_t fields) {
    for (std::size_t from = 0; from < fields; from += batch_events_max / 2) {
      host.on(key, [&](KeyAccess& access) {
        for (std::size_t i = from; i < std::min(fields, from + batch_events_max / 2); ++i)
          ASSERT_TRUE(access.write().hash_increment(name(i), 1).has_value());
      });
    }
  }
  // Keys or fields that were counted and removed, with other events between the removals.
  void leave_resets_of_keys(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = "counter " + name(i);
      host.on(key, [](KeyAccess& access) { ASSERT_TRUE(access.write().increment(1).has_value()); });
      host.remove(key);
    }
  }
  void leave_resets_of_fields(const std::string& key, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      host.on(key, [&](KeyAccess& access) {
        ASSERT_TRUE(access.write().hash_increment(name(i), 1).has_value());
        ASSERT_TRUE(access.write().hash_set("stays", "v").has_value());
        ASSERT_TRUE(access.write().hash_remove(name(i)).has_value());
      });
    }
  }
  LogEntry newest() { return host.state().log.at(host.state().log.end() - 1); }
  bool batches_keep_their_limit() {
    const EventLog& log = host.state().log;
    for (Position position = log.first(); position < log.end(); ++position) {
      if (log.batch_at(position).count > batch_events_max) return false;
    }
    return true;
  }
  void expect_only_resets() {
    for (const auto& [address, cell] : host.cells()) ASSERT_TRUE(crdt::only_resets(cell));
  }

  Host host;
};

// --- counters

TEST_F(AtTheLimit, AKeyOfManyCountersExpires) {
  count_fields("h", many);
  host.on("h", [&](KeyAccess& access) { ASSERT_TRUE(access.write().expire(host.now().wall + 1s).has_value()); });
  host.pass(1'000);
  ASSERT_TRUE(host->remove_expired(host.now()).has_value());
  EXPECT_EQ(host.state().keys, 0u);
  EXPECT_EQ(host.cells().size(), many);
  expect_only_resets();
  EXPECT_EQ(newest().type, EventType::range);
  EXPECT_TRUE(batches_keep_their_limit());
  expect_derived_right(host);
  host.restart();
  EXPECT_EQ(host.cells().size(), many);
}

TEST_F(AtTheLimit, AKeyOfManyCountersIsRemovedOrReplacedByAClient) {
  count_fields("h", many);
  EXPECT_TRUE(host.remove("h"));
  expect_only_resets();
  count_fields("h", many);
  host.set("h", "v");
  EXPECT_EQ(host.get("h"), "v");
  EXPECT_EQ(host.state().tallied, 0u);
  EXPECT_TRUE(batches_keep_their_limit());
}

TEST_F(AtTheLimit, AnotherReplicaRemovesAnExpiredKeyOfManyCounters) {
  crdt::Keyspace peer(replica_named('b'));
  crdt::Keyspace::Key key = peer.key("h", host.now().wall);
  crdt::KeyWriter write(key, host.now().wall);
  // Added to a delta one by one they would take a while: a few hundred, each of a long name, are too many bytes.
  const std::string longest(address_bytes_max - 20, 'f');
  for (std::size_t i = 0; i < 600; ++i) ASSERT_TRUE(write.hash_increment(longest + name(i), 1).has_value());
  ASSERT_TRUE(write.expire(host.now().wall + 1s).has_value());
  hear(host, peer);
  host.pass(1'000 + expiry_by_another_after / 1ms);
  ASSERT_TRUE(host->remove_expired(host.now()).has_value());
  expect_only_resets();
}

TEST_F(AtTheLimit, ABatchThatHasBegunIsNotTornByResets) {
  count_fields("h", many);
  const auto cells = host.cells();
  Transaction transaction = host.begin();
  auto other = transaction.key("other");
  ASSERT_TRUE(other && other->write().set("v", {}).has_value());
  auto key = transaction.key("h");
  EXPECT_EQ(key->write().remove().error().code, ErrorCode::too_large);
  EXPECT_EQ(key->write().set("v", {}).error().code, ErrorCode::too_large);
  EXPECT_EQ(transaction.remove_all().error().code, ErrorCode::too_large);
  EXPECT_EQ(transaction.events(), 1u);
  EXPECT_EQ(key->count(), many);
}

TEST_F(AtTheLimit, FlushInABatchIsOneWithItWhereItFits) {
  count_fields("h", 100);
  {
    Transaction transaction = host.begin();
    auto other = transaction.key("other");
    ASSERT_TRUE(other && other->write().set("v", {}).has_value());
    ASSERT_TRUE(transaction.remove_all().has_value());
  }
  EXPECT_EQ(newest().batch.count, 102u);
  expect_only_resets();
}

// The last command of a batch that is nearly full.
TEST_F(AtTheLimit, FlushInABatchWithoutRoomIsRefusedAsAWhole) {
  count_fields("h", 100);
  Transaction transaction = host.begin();
  auto other = transaction.key("other");
  ASSERT_TRUE(other.has_value());
  for (std::size_t i = 0; i < batch_events_max - 100; ++i) ASSERT_TRUE(other->write().set_add(name(i)).has_value());
  EXPECT_EQ(transaction.remove_all().error().code, ErrorCode::too_large);
  EXPECT_EQ(transaction.events(), batch_events_max - 100);
  EXPECT_EQ(transaction.size(), 2u);
}

// --- range removals

TEST_F(AtTheLimit, ARemovedKeySparesScatteredResetsAsOne) {
  leave_resets_of_fields("h", range_holes_max);
  EXPECT_TRUE(host.remove("h"));
  EXPECT_GT(newest().range.interval_count(), range_holes_max / 2) << "few enough to be spared one by one";
  leave_resets_of_fields("h", range_holes_max + 1);
  EXPECT_TRUE(host.remove("h"));
  EXPECT_LT(newest().range.interval_count(), 5u);
  EXPECT_EQ(host.cells().size(), range_holes_max + 1);
  expect_only_resets();
  expect_derived_right(host);
  const Position end = host.state().log.end();
  host.on("h", [](KeyAccess& access) { ASSERT_TRUE(access.write().hash_set("f", "v").has_value()); });
  EXPECT_TRUE(host.remove("h"));
  EXPECT_EQ(host.state().log.end(), end + 2) << "written again once, not each time";
}

TEST_F(AtTheLimit, WhatIsLeftOfMoreCountersThanAContextHasPiecesIsFlushedAndReadAgain) {
  leave_resets_of_keys(context_intervals_max + 10);
  host.set("k", "v");
  ASSERT_TRUE(host.begin().remove_all().has_value());
  EXPECT_LT(newest().range.interval_count(), 10u);
  EXPECT_EQ(host.state().keys, 0u);
  EXPECT_EQ(host.state().leftover, context_intervals_max + 10);
  EXPECT_TRUE(batches_keep_their_limit());
  host.restart();
  EXPECT_EQ(host.state().leftover, context_intervals_max + 10);
}

TEST_F(AtTheLimit, IncrementsThatAFlushHadNotSeenSurviveItsRewriting) {
  crdt::Keyspace peer(replica_named('b'));
  crdt::Keyspace::Key key = peer.key("counter 7", host.now().wall);
  crdt::KeyWriter write(key, host.now().wall);
  ASSERT_TRUE(write.increment(10).has_value());
  hear(host, peer);
  ASSERT_TRUE(write.increment(5).has_value());
  leave_resets_of_keys(range_holes_max + 1);
  host.set("k", "v");
  ASSERT_TRUE(host.begin().remove_all().has_value());
  hear(host, peer);
  EXPECT_EQ(host.get("counter 7"), "5");
}

// --- bytes

TEST_F(AtTheLimit, ABatchOfLongAddressesFitsAMessage) {
  const std::string longest(address_bytes_max - 10, 'k');
  {
    Transaction transaction = host.begin();
    auto key = transaction.key(longest);
    std::size_t members = 0;
    while (key->write().set_add(name(members)).has_value()) ++members;
    EXPECT_EQ(members, batch_bytes_max / address_bytes_max);
    EXPECT_EQ(key->count(), members);
    EXPECT_EQ(key->write().set_add("one more").error().code, ErrorCode::too_large);
  }
  host.commit();
  SpaceState& state = host.state();
  const ChunkSource source{state.log, [&](BytesView address) { return host->cell(state, address); }, host.store(),
                           host->replicas(), Space{0}};
  LogWalk walk;
  auto chunk = build_chunk(source, walk, {}, {});
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ((*chunk)->covers.size(), state.log.end() - 1);
  (*chunk)->number = 1;
  Encoder encoder;
  Decoder decoder(Space{0});
  std::optional<Message> told;
  const auto frames = encoder.encode(Message(**chunk));
  ASSERT_TRUE(frames.has_value());
  for (const core::Bytes& frame : *frames) {
    auto decoded = decoder.decode(frame);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    told = std::move(*decoded);
  }
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(std::get<Chunk>(*told).cells.size(), (*chunk)->cells.size());
}

// A thousand events at one long address say it once.
TEST_F(AtTheLimit, ABatchOfManyWritesOfOneKeyFitsAMessage) {
  const std::string longest(address_bytes_max, 'k');
  for (int batch = 0; batch < 8; ++batch) {
    host.on(longest, [](KeyAccess& access) {
      while (access.write().increment(1).has_value()) {
      }
    });
  }
  host.commit();
  SpaceState& state = host.state();
  const ChunkSource source{state.log, [&](BytesView address) { return host->cell(state, address); }, host.store(),
                           host->replicas(), Space{0}};
  LogWalk walk;
  const auto chunk = build_chunk(source, walk, {}, {.events = 10'000});
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ((*chunk)->covers.size(), state.log.end() - 1);
  EXPECT_EQ((*chunk)->cells.size(), 1u);
}

TEST_F(AtTheLimit, ACellCountsWithWhatOthersWroteIntoIt) {
  const std::string value(value_bytes_max, 'v');
  crdt::Keyspace peer(replica_named('b'));
  for (int i = 0; i < 5; ++i) {
    crdt::Keyspace::Key key = peer.key(name(i), host.now().wall);
    ASSERT_TRUE(crdt::KeyWriter(key, host.now().wall).set(value, {}).has_value());
    host.pass(1);
    host.set(name(i), "1");
  }
  hear(host, peer);
  Transaction transaction = host.begin();
  int written = 0;
  for (int i = 0; i < 5; ++i) {
    auto key = transaction.key(name(i));
    written += key->write().increment(1).has_value() ? 1 : 0;
  }
  EXPECT_EQ(written, 4);
}

TEST_F(AtTheLimit, AWriteThatIsBegunDoesItsPartOnTheDeadline) {
  const std::string value(value_bytes_max, 'v');
  const auto deadline = host.now().wall + 1h;
  host.set("4", "v");
  host.on("4", [&](KeyAccess& access) { ASSERT_TRUE(access.write().expire(deadline).has_value()); });
  Transaction transaction = host.begin();
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(transaction.key(name(i))->write().set(value, {}).has_value());
  EXPECT_EQ(transaction.key("4")->deadline(), std::nullopt);
  EXPECT_EQ(transaction.key("5")->write().set("v", {}).error().code, ErrorCode::too_large);
}

TEST_F(AtTheLimit, AValueIsNotLongerThanPeersTake) {
  const std::string longest(value_bytes_max, 'v');
  host.set("k", longest);
  EXPECT_EQ(host.get("k"), longest);
  const Position end = host.state().log.end();
  host.on("k", [&](KeyAccess& access) {
    EXPECT_EQ(access.write().set(longest + "v", {}).error().code, ErrorCode::too_large);
  });
  host.on("h", [&](KeyAccess& access) {
    EXPECT_EQ(access.write().hash_set("f", longest + "v").error().code, ErrorCode::too_large);
  });
  EXPECT_EQ(host.state().log.end(), end);
}

}  // namespace
}  // namespace skerry::sync
