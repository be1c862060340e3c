// What a keyspace finds again, and what it refuses to start from.
#include <gtest/gtest.h>

#include "crdt/payload.h"
#include "sync/cell_rows.h"
#include "sync/segment.h"
#include "tests/sync/derived_check.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

const core::ReplicaId ours = replica_named('a');
const core::ReplicaId theirs = replica_named('b');

void write_some_of_everything(Host& host) {
  host.set("string", "v");
  host.on("counter", [](KeyAccess& key) { EXPECT_TRUE(key.write().increment(41).has_value()); });
  host.on("hash", [](KeyAccess& key) { EXPECT_TRUE(key.write().hash_set("f", "v").has_value()); });
  host.on("set", [](KeyAccess& key) { EXPECT_TRUE(key.write().set_add("m").has_value()); });
  host.on("sorted", [](KeyAccess& key) { EXPECT_TRUE(key.write().sorted_set_add("m", 1.5).has_value()); });
  host.on("expires", [&](KeyAccess& key) {
    EXPECT_TRUE(key.write().set("v", host.now().wall + std::chrono::hours(1)).has_value());
  });
  host.remove("counter");
}

TEST(KeyspaceLoad, FindsTheSameWhetherItWasFlushedOrNot) {
  Host logged, flushed;
  write_some_of_everything(logged);
  write_some_of_everything(flushed);
  flushed.flush();
  for (Host* host : {&logged, &flushed}) {
    const auto cells = host->cells();
    const crdt::CausalContext context = host->state().context;
    host->restart();
    EXPECT_EQ(host->cells(), cells);
    EXPECT_TRUE(host->state().context.covers(context));
    expect_derived_right(*host);
  }
  EXPECT_EQ(logged.cells(), flushed.cells());
}

TEST(KeyspaceLoad, FindsTheLogWithItsBatches) {
  Host host;
  {
    Transaction transaction = host.begin();
    EXPECT_TRUE(transaction.key("k").value().write().set_add("m").has_value());
    EXPECT_TRUE(transaction.key("k").value().write().remove().has_value());
  }
  const LogEntry added = host.state().log.at(1);
  const LogEntry removed = host.state().log.at(2);
  host.restart();
  const EventLog& log = host.state().log;
  for (const auto& [position, before] : {std::pair<Position, LogEntry>{1, added}, {2, removed}}) {
    EXPECT_EQ(log.at(position).dot, before.dot);
    EXPECT_EQ(log.at(position).type, before.type);
    EXPECT_EQ(log.at(position).batch, (EventBatch{1, 2}));
    EXPECT_EQ(log.at(position).address, before.address);
    EXPECT_EQ(log.at(position).range, before.range);
    EXPECT_EQ(log.at(position).lsn, before.lsn);
  }
}

// A flush reached the disk, and power went before anybody knew: its entries are replayed over the rows that have them.
TEST(KeyspaceLoad, RedoOverRowsThatHaveItAlreadyChangesNothing) {
  Host host('a', 64 << 20, MemoryStore::Mode::by_hand);
  write_some_of_everything(host);
  host.commit();
  host.store().sync();
  while (!host.store().flushing()) host->flush_step(host.now());
  host.store().write_flush();
  const auto cells = host.cells();
  for (int i = 0; i < 3; ++i) {
    host.crash();
    EXPECT_EQ(host.cells(), cells);
    expect_derived_right(host);
  }
  host.flush();
  EXPECT_EQ(host.cells(), cells);
}

TEST(KeyspaceLoad, RedoesRangesInTheirPlace) {
  Host host;
  const auto add = [&](const char* member) {
    host.on("k", [&](KeyAccess& key) { EXPECT_TRUE(key.write().set_add(member).has_value()); });
  };
  add("old");
  host.flush();
  host.remove("k");
  add("new");
  host.restart();
  ASSERT_EQ(host.cells().size(), 1u);
  host.on("k", [](KeyAccess& key) { EXPECT_TRUE(key.contains("new").value()); });
  expect_derived_right(host);
}

// --- sequences (I1)

TEST(KeyspaceLoad, NoSequenceIsEverUsedTwice) {
  Host host('a', 64 << 20, MemoryStore::Mode::by_hand);
  core::Sequence greatest = 0;
  for (int life = 0; life < 6; ++life) {
    EXPECT_GT(host.state().next, greatest);
    EXPECT_FALSE(host.state().context.contains({host->self(), host.state().next}));
    for (int i = 0; i < life; ++i) host.set("k", "v");
    greatest = host.state().next - 1;
    host.commit();
    host.crash(2);  // all that was appended happened to reach the disk
  }
}

TEST(KeyspaceLoad, EachSpaceAccountsForItsOwnUnfinishedBlock) {
  Host host;
  for (const std::uint16_t space : {0, 1}) {
    EXPECT_TRUE(host.begin(space).key("k").value().write().set_add("m").has_value());
  }
  host.state(2);
  host.restart();
  for (const std::uint16_t space : {0, 1}) {
    const EventLog& log = host.state(space).log;
    ASSERT_EQ(log.end() - log.first(), 2u);
    EXPECT_EQ(log.type_at(2), EventType::void_);
    EXPECT_EQ(log.interval_at(2), (crdt::Interval{2, sequence_block}));
    EXPECT_EQ(host.state(space).context.complete_to(host->self()), sequence_block);
  }
  EXPECT_TRUE(host.state(2).context.empty());
  EXPECT_EQ(host.state(2).next, 1u);
}

TEST(KeyspaceLoad, GoesOnFromTheGreatestStampAlsoWhenTheClockWasSetBack) {
  Host host;
  host.pass(60'000);
  host.set("k", "v");
  host.commit();
  const core::Stamp before = host->clock().last();
  host.pass(-60'000);
  host.restart();
  host.set("k", "w");
  EXPECT_GT(host->clock().last(), before);
  EXPECT_EQ(host.get("k"), "w");
}

// --- a disk that is not what it was

struct ADisk : testing::Test {
  // One write of ours, as a segment.
  Bytes segment_bytes() {
    ReplicaTable replicas;
    SegmentWriter writer(replicas);
    const Bytes address = core::encode({Space{0}, "k", Kind::set, "m"});
    SegmentEntry entry;
    entry.type = EventType::cell;
    entry.dot = {ours, 1};
    entry.batch = {1, 1};
    entry.address = address;
    crdt::Cell cell;
    cell.insert({ours, 1}, crdt::presence_payload({1}));
    writer.add(entry, &cell);
    return writer.take({1});
  }
  std::vector<Row> good_facts() { return {{replica_fact_key(0), replica_fact(ours)}}; }
  void append(Bytes bytes, std::vector<Row> facts, Lsn last = 1) {
    store.append({store.appended_to() + 1, last, std::move(bytes), std::move(facts)});
  }
  core::Result<void> load() {
    Keyspace keyspace(store, {ours, 1 << 20});
    return keyspace.load(at_milliseconds(0));
  }
  ErrorCode refusal() {
    const auto loaded = load();
    EXPECT_FALSE(loaded.has_value());
    return loaded ? ErrorCode::refused : loaded.error().code;
  }
  MemoryStore store{MemoryStore::Mode::automatic};
};

TEST_F(ADisk, IsLoadedWhenAllIsWell) {
  append(segment_bytes(), good_facts());
  EXPECT_TRUE(load().has_value());
}

TEST_F(ADisk, ThatIsNewIsLoaded) {
  EXPECT_TRUE(load().has_value());
}

TEST_F(ADisk, LacksTheReplicaThatItsLogNames) {
  append(segment_bytes(), {});
  EXPECT_EQ(refusal(), ErrorCode::corrupt);
}

TEST_F(ADisk, HasASegmentOfMoreOrFewerEntriesThanItSays) {
  append(segment_bytes(), good_facts(), 2);
  EXPECT_EQ(refusal(), ErrorCode::corrupt);
}

TEST_F(ADisk, HasASegmentThatIsNone) {
  append(Bytes("\0bytes", 6), good_facts());
  EXPECT_EQ(refusal(), ErrorCode::corrupt);
}

TEST_F(ADisk, HasASegmentOfANewerVersion) {
  Bytes bytes = segment_bytes();
  bytes[0] = 2;
  append(bytes, good_facts());
  EXPECT_EQ(refusal(), ErrorCode::unsupported);
}

TEST_F(ADisk, HasTwoFilesThatNumberReplicasDifferently) {
  append(segment_bytes(), good_facts());
  store.flush({1, {}, {{replica_fact_key(0), replica_fact(theirs)}}});
  EXPECT_EQ(refusal(), ErrorCode::corrupt);
}

TEST_F(ADisk, HasRowsThatKnowFewerReplicasThanTheLog) {
  append(segment_bytes(), {{replica_fact_key(0), replica_fact(ours)}, {replica_fact_key(1), replica_fact(theirs)}});
  store.flush({0, {}, {{replica_fact_key(0), replica_fact(ours)}}});
  EXPECT_TRUE(load().has_value());
}

TEST_F(ADisk, HasAReplicaUnderTwoNumbersOrANumberTooMany) {
  append(segment_bytes(), {{replica_fact_key(0), replica_fact(ours)}, {replica_fact_key(1), replica_fact(ours)}});
  EXPECT_EQ(refusal(), ErrorCode::corrupt);
  append(segment_bytes(), {{replica_fact_key(1), replica_fact(theirs)}, {replica_fact_key(3), replica_fact({})}}, 2);
  EXPECT_EQ(refusal(), ErrorCode::corrupt);
}

TEST_F(ADisk, HasFactsThatSayNothing) {
  const std::vector<Row> bad_facts_of_the_log = {
      {replica_fact_key(0), Bytes("short")},
      {Bytes("replica"), replica_fact(ours)},
      {space_fact_key(block_facts, Space{0}), Bytes("\2\200", 2)},
      {Bytes(block_facts) + "x", block_fact(1)},
  };
  for (const Row& bad : bad_facts_of_the_log) {
    store = MemoryStore(MemoryStore::Mode::automatic);
    std::vector<Row> facts = good_facts();
    facts.push_back(bad);
    append(segment_bytes(), facts);
    EXPECT_EQ(refusal(), ErrorCode::corrupt) << testing::PrintToString(bad.key);
  }
  ReplicaTable replicas;
  const std::vector<Row> bad_facts_of_the_rows = {
      {space_fact_key(space_facts, Space{0}), Bytes("\2", 1)},
      {Bytes(space_facts) + "x", space_fact({}, replicas)},
  };
  for (const Row& bad : bad_facts_of_the_rows) {
    store = MemoryStore(MemoryStore::Mode::automatic);
    append(segment_bytes(), good_facts());
    store.flush({1, {}, {bad}});
    EXPECT_EQ(refusal(), ErrorCode::corrupt) << testing::PrintToString(bad.key);
  }
}

TEST_F(ADisk, HasAFactOfANewerVersion) {
  append(segment_bytes(), good_facts());
  store.flush({1, {}, {{space_fact_key(space_facts, Space{0}), Bytes("\3")}}});
  EXPECT_EQ(refusal(), ErrorCode::unsupported);
}

// A store that keeps its promises cannot come to this; a file that was put in another's place can.
TEST_F(ADisk, HasRowsThatAreAheadOfTheLog) {
  struct Ahead final : Store {
    void append(Segment) override {}
    Lsn durable_to() const override { return 0; }
    Lsn appended_to() const override { return 0; }
    core::Result<void> read_log(Lsn, const SegmentVisitor&) const override { return {}; }
    core::Result<std::optional<Bytes>> log_fact(BytesView) const override { return std::nullopt; }
    core::Result<void> log_facts(BytesView, const RowVisitor&) const override { return {}; }
    core::Result<std::optional<Bytes>> read(BytesView) const override { return std::nullopt; }
    core::Result<void> scan(BytesView, BytesView, const RowVisitor&) const override { return {}; }
    core::Result<std::optional<Bytes>> row_fact(BytesView) const override { return std::nullopt; }
    core::Result<void> row_facts(BytesView, const RowVisitor&) const override { return {}; }
    void flush(Flush) override {}
    bool flushing() const override { return false; }
    Lsn flushed_to() const override { return 5; }
    Room room() const override { return Room::enough; }
    const std::optional<core::Error>& failure() const override { return none; }
    std::optional<core::Error> none;
  };
  Ahead ahead;
  Keyspace keyspace(ahead, {ours, 1 << 20});
  EXPECT_EQ(keyspace.load(at_milliseconds(0)).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace skerry::sync
