#include "sync/transaction.h"

#include <gtest/gtest.h>

#include <set>

#include "core/random.h"
#include "crdt/payload.h"
#include "sync/limits.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

KeyAccess open(Transaction& transaction, BytesView name) {
  return transaction.key(name).value();
}
void add(Transaction& transaction, BytesView key, BytesView member) {
  ASSERT_TRUE(open(transaction, key).write().set_add(member).has_value());
}

TEST(Transaction, IsOneBatchOfTheLog) {
  Host host;
  const EventLog& log = host.state().log;
  {
    Transaction transaction = host.begin();
    add(transaction, "k", "m");
    add(transaction, "l", "m");
    ASSERT_TRUE(open(transaction, "k").write().remove().has_value());
    EXPECT_EQ(transaction.events(), 3u);
    EXPECT_EQ(log.end(), log.first()) << "nothing is told before the batch is complete";
  }
  ASSERT_EQ(log.end() - log.first(), 3u);
  for (Position position = log.first(); position < log.end(); ++position) {
    EXPECT_EQ(log.batch_at(position), (EventBatch{1, 3}));
  }
  EXPECT_EQ(host.state().context.complete_to(host->self()), 3u);
}

TEST(Transaction, WithoutAWriteIsNoBatch) {
  Host host;
  host.begin().key("k").value().kind();
  EXPECT_EQ(host->take_segment(), std::nullopt);
  EXPECT_EQ(host.state().next, 1u);
}

TEST(Transaction, DependsOnTheLatestOfWhatItSaw) {
  Host host;
  host.set("early", "v");
  host.set("late", "v");
  Transaction transaction = host.begin();
  EXPECT_EQ(transaction.depends_on(), 0u);
  open(transaction, "never written");
  EXPECT_EQ(transaction.depends_on(), 0u);
  open(transaction, "early");
  EXPECT_EQ(transaction.depends_on(), 1u);
  open(transaction, "late");
  open(transaction, "early");
  EXPECT_EQ(transaction.depends_on(), 2u);
  add(transaction, "mine", "m");
  EXPECT_EQ(transaction.depends_on(), 3u);
}

TEST(Transaction, ThatCountsOrScansKeysDependsOnTheLastThatCameOrWent) {
  Host host;
  host.set("k", "v");
  host.set("l", "v");
  host.set("k", "w");
  Transaction counting = host.begin();
  EXPECT_EQ(counting.size(), 2u);
  EXPECT_EQ(counting.depends_on(), 2u);
  Transaction scanning = host.begin();
  ASSERT_TRUE(scanning.scan(0, 10, [](BytesView, Kind) {}).has_value());
  EXPECT_GE(scanning.depends_on(), 2u);
}

TEST(Transaction, ReadsWhatItHasWritten) {
  Host host;
  Transaction transaction = host.begin();
  add(transaction, "k", "m");
  EXPECT_TRUE(open(transaction, "k").contains("m").value());
  EXPECT_EQ(transaction.size(), 1u);
}

TEST(Transaction, KeepsAnotherOpenKeyUsable) {
  Host host;
  Transaction transaction = host.begin();
  KeyAccess one = open(transaction, "one");
  KeyAccess other = open(transaction, "other");
  ASSERT_TRUE(other.write().set("v", {}).has_value());
  ASSERT_TRUE(one.write().set("w", {}).has_value());
  Bytes scratch;
  EXPECT_EQ(one.string(scratch), "w");
  EXPECT_EQ(other.string(scratch), "v");
}

// --- limits: a definite error, and nothing changed

TEST(Transaction, RefusesAKeyThatIsTooLong) {
  Host host;
  Transaction transaction = host.begin();
  EXPECT_TRUE(transaction.key(Bytes(address_bytes_max, 'k')).has_value());
  EXPECT_EQ(transaction.key(Bytes(address_bytes_max + 1, 'k')).error().code, ErrorCode::too_large);
}

TEST(Transaction, HoldsSoManyEventsAndNoMore) {
  Host host;
  {
    Transaction transaction = host.begin();
    for (std::size_t i = 0; i < batch_events_max; ++i) add(transaction, "k", std::to_string(i));
    const auto beyond = open(transaction, "k").write().set_add("beyond");
    EXPECT_EQ(beyond.error().code, ErrorCode::too_large);
    EXPECT_EQ(open(transaction, "k").count(), batch_events_max);
    EXPECT_FALSE(open(transaction, "k").contains("beyond").value());
  }
  EXPECT_EQ(host.state().log.end() - host.state().log.first(), batch_events_max);
  EXPECT_EQ(host.state().log.batch_at(1).count, batch_events_max);
  add(*std::make_unique<Transaction>(*host, host.state(), host.now()), "k", "the next batch takes it");
}

TEST(Transaction, HoldsSoManyBytesAndNoMore) {
  Host host;
  Transaction transaction = host.begin();
  const Bytes value(value_bytes_max, 'v');
  std::size_t written = 0;
  while (open(transaction, std::to_string(written)).write().set(value, {})) ++written;
  EXPECT_EQ(written, batch_bytes_max / value_bytes_max);
  EXPECT_EQ(open(transaction, std::to_string(written)).kind(), std::nullopt);
}

// --- FLUSHDB

TEST(Transaction, RemovesAllByOneEvent) {
  Host host;
  host.set("k", "v");
  host.on("l", [](KeyAccess& access) { EXPECT_TRUE(access.write().set_add("m").has_value()); });
  const Position before = host.state().log.end();
  ASSERT_TRUE(host.begin().remove_all().has_value());
  EXPECT_TRUE(host.cells().empty());
  EXPECT_EQ(host.begin().size(), 0u);
  ASSERT_EQ(host.state().log.end() - before, 1u);
  EXPECT_EQ(host.state().log.type_at(before), EventType::range);
  EXPECT_EQ(host.state().log.address_at(before), (Bytes{"\0\0", 2}));

  ASSERT_TRUE(host.begin().remove_all().has_value());
  EXPECT_EQ(host.state().log.end() - before, 1u) << "nothing was left to remove";
}

TEST(Transaction, RemovesAllOfItsOwnSpaceOnly) {
  Host host;
  host.set("k", "v");
  {
    Transaction elsewhere = host.begin(1);
    add(elsewhere, "k", "m");
  }
  ASSERT_TRUE(host.begin(1).remove_all().has_value());
  EXPECT_EQ(host.get("k"), "v");
  EXPECT_EQ(host.begin(1).size(), 0u);
}

TEST(Transaction, ThatRemovesMoreCountersThanABatchHoldsResetsThemInBatchesBefore) {
  Host host;
  const std::size_t counters = batch_events_max + 10;
  for (std::size_t i = 0; i < counters; ++i) {
    host.on(std::to_string(i), [](KeyAccess& access) { EXPECT_TRUE(access.write().increment(1).has_value()); });
  }
  const EventLog& log = host.state().log;
  const Position before = log.end();
  ASSERT_TRUE(host.begin().remove_all().has_value());
  EXPECT_EQ(log.end() - before, counters + 1) << "a reset for each counter, then the range";
  EXPECT_EQ(log.type_at(log.end() - 1), EventType::range);
  for (Position position = before; position < log.end(); ++position) {
    ASSERT_LE(log.batch_at(position).count, batch_events_max);
  }
  EXPECT_EQ(host.begin().size(), 0u);
  EXPECT_EQ(host.state().tallied, 0u);
  EXPECT_EQ(host.cells().size(), counters) << "what is left of each: how much of it was seen";
}

TEST(Transaction, ARangeSparesWhatIsOnlyResets) {
  crdt::Cell cell;
  const core::ReplicaId id = replica_named('a');
  cell.insert({id, 1}, crdt::presence_payload({1}));
  cell.insert({id, 2}, crdt::resets_payload({1}, {{id, {.birth = 1, .count = 1, .sum = 1}}}));
  crdt::Cell other;
  other.insert({id, 9}, crdt::resets_payload({1}, {{id, {.birth = 4, .count = 1, .sum = 1}}}));
  SparedDots dots;
  dots.add(other);
  dots.add(cell);
  crdt::CausalContext spared;
  spared.add({id, 2});
  spared.add({id, 9});
  EXPECT_EQ(dots.take(), spared);
}

// --- SCAN

TEST(Transaction, ScansAFewKeysAtATime) {
  Host host;
  for (int i = 0; i < 10; ++i) host.set(std::to_string(i), "v");
  std::uint64_t cursor = 0;
  std::vector<std::string> seen;
  int calls = 0;
  do {
    const std::size_t before = seen.size();
    Transaction transaction = host.begin();
    const auto next = transaction.scan(cursor, 3, [&](BytesView key, Kind kind) {
      EXPECT_EQ(kind, Kind::string);
      seen.emplace_back(key);
    });
    EXPECT_LE(seen.size() - before, 3u);
    cursor = next.value();
    ++calls;
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 10u) << "nobody wrote meanwhile: each once";
  EXPECT_GE(calls, 4);
}

TEST(Transaction, ScanMeetsEveryKeyThatWasThereAllTheTime) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    core::Random random(seed);
    Host host('a', 4'000, MemoryStore::Mode::by_hand);
    std::set<std::string> there, seen;
    const auto name = [](std::uint64_t number) { return "key " + std::to_string(number); };
    for (int i = 0; i < 40; ++i) there.insert(name(random.below(60)));
    for (const std::string& key : there) host.set(key, "v");
    std::uint64_t cursor = 0;
    do {
      {
        Transaction transaction = host.begin();
        cursor = transaction.scan(cursor, 1 + random.below(6), [&](BytesView key, Kind) { seen.emplace(key); }).value();
      }
      for (std::uint64_t changes = random.below(4); changes > 0; --changes) {
        const std::string key = name(random.below(60));
        if (random.chance(0.5)) {
          host.set(key, "w");
        } else {
          host.remove(key);
          there.erase(key);
        }
      }
      host.commit();
      host.store().sync();
      for (std::uint64_t steps = random.below(4); steps > 0; --steps) host->flush_step(host.now());
      if (host.store().flushing() && random.chance(0.5)) host.store().complete_flush();
    } while (cursor != 0);
    for (const std::string& key : there) EXPECT_TRUE(seen.contains(key)) << key;
  }
}

TEST(Transaction, ScanShowsNoKeyThatHasExpired) {
  Host host;
  host.on("k", [&](KeyAccess& access) {
    EXPECT_TRUE(access.write().set("v", host.now().wall + std::chrono::milliseconds(10)).has_value());
  });
  host.pass(20);
  const auto next = host.begin().scan(0, 10, [](BytesView, Kind) { ADD_FAILURE() << "an expired key"; });
  EXPECT_EQ(next.value(), 0u);
  EXPECT_EQ(host.begin().size(), 1u) << "nobody has removed it yet";
}

}  // namespace
}  // namespace skerry::sync
