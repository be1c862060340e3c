// What every Store passes (sync/store.h).  A Disk is the outside of one store: it makes what was appended or flushed
// reach the disk, loses power, and damages rows.
//
//   struct Disk {
//     sync::Store& store();
//     void sync();                        // what was appended is durable when this returns
//     void complete_flush();              // the flush under way is complete when this returns
//     void crash();                       // what is not durable is gone; store() is a newly opened one
//     void damage_row(BytesView key);     // crashes, and one bit of the row's value is flipped
//   };
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sync/store.h"

namespace skerry::tests {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using sync::Flush;
using sync::Lsn;
using sync::Row;
using sync::Segment;
using sync::Store;

using Pairs = std::vector<std::pair<Bytes, Bytes>>;
struct SeenSegment {
  Lsn first, last;
  Bytes bytes;
  bool operator==(const SeenSegment&) const = default;
};
inline void PrintTo(const SeenSegment& segment, std::ostream* to) {
  *to << segment.first << ".." << segment.last << " " << segment.bytes;
}

inline Pairs scan(const Store& store, BytesView first, BytesView limit) {
  Pairs rows;
  const auto done = store.scan(first, limit, [&](BytesView key, BytesView value) {
    rows.emplace_back(key, value);
    return true;
  });
  EXPECT_TRUE(done.has_value()) << done.error().detail;
  return rows;
}

inline Pairs facts(const Store& store, BytesView prefix,
                   core::Result<void> (Store::*which)(BytesView, const Store::RowVisitor&) const) {
  Pairs rows;
  const auto done = (store.*which)(prefix, [&](BytesView key, BytesView value) {
    rows.emplace_back(key, value);
    return true;
  });
  EXPECT_TRUE(done.has_value()) << done.error().detail;
  return rows;
}
inline Pairs log_facts(const Store& store, BytesView prefix) {
  return facts(store, prefix, &Store::log_facts);
}
inline Pairs row_facts(const Store& store, BytesView prefix) {
  return facts(store, prefix, &Store::row_facts);
}

inline std::vector<SeenSegment> log_from(const Store& store, Lsn from) {
  std::vector<SeenSegment> segments;
  const auto done = store.read_log(from, [&](Lsn first, Lsn last, BytesView bytes) {
    segments.push_back({first, last, Bytes(bytes)});
    return true;
  });
  EXPECT_TRUE(done.has_value()) << done.error().detail;
  return segments;
}

inline std::optional<Bytes> row(const Store& store, BytesView key) {
  auto found = store.read(key);
  EXPECT_TRUE(found.has_value()) << found.error().detail;
  return found ? *found : std::nullopt;
}

template <class Disk>
class StoreContract : public testing::Test {
 protected:
  Store& store() { return disk.store(); }
  void append(Lsn count, Bytes bytes, std::vector<Row> with = {}) {
    const Lsn first = store().appended_to() + 1;
    store().append({.first = first, .last = first + count - 1, .bytes = std::move(bytes), .facts = std::move(with)});
  }
  void flush_now(std::vector<Row> rows, std::vector<Row> with = {}) {
    store().flush({.complete_to = store().durable_to(), .rows = std::move(rows), .facts = std::move(with)});
    disk.complete_flush();
  }

  Disk disk;
};

TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, ANewStoreIsEmpty) {
  const Store& store = this->store();
  EXPECT_EQ(store.durable_to(), 0u);
  EXPECT_EQ(store.appended_to(), 0u);
  EXPECT_EQ(store.flushed_to(), 0u);
  EXPECT_FALSE(store.flushing());
  EXPECT_FALSE(store.failure().has_value());
  EXPECT_TRUE(log_from(store, 0).empty());
  EXPECT_TRUE(scan(store, "", "").empty());
  EXPECT_TRUE(log_facts(store, "").empty());
  EXPECT_TRUE(row_facts(store, "").empty());
  EXPECT_EQ(row(store, "milk"), std::nullopt);
}

TYPED_TEST_P(StoreContract, AppendedIsDurableOnlyOnceItIsSynced) {
  this->append(3, "one");
  this->append(1, "two");
  EXPECT_EQ(this->store().appended_to(), 4u);
  EXPECT_EQ(this->store().durable_to(), 0u);
  EXPECT_TRUE(log_from(this->store(), 1).empty());
  this->disk.sync();
  EXPECT_EQ(this->store().durable_to(), 4u);
  EXPECT_EQ(this->store().appended_to(), 4u);
  const std::vector<SeenSegment> expected{{1, 3, "one"}, {4, 4, "two"}};
  EXPECT_EQ(log_from(this->store(), 1), expected);
}

TYPED_TEST_P(StoreContract, ACrashForgetsWhatWasNotDurableAndNothingElse) {
  this->append(2, "kept", {{"fact", "old"}});
  this->disk.sync();
  this->append(5, "lost", {{"fact", "new"}, {"other", "lost"}});
  this->disk.crash();
  EXPECT_EQ(this->store().durable_to(), 2u);
  EXPECT_EQ(this->store().appended_to(), 2u);
  EXPECT_EQ(log_from(this->store(), 0), (std::vector<SeenSegment>{{1, 2, "kept"}}));
  EXPECT_EQ(log_facts(this->store(), ""), (Pairs{{"fact", "old"}}));
  // And the log goes on where it ended.
  this->append(1, "next");
  this->disk.sync();
  EXPECT_EQ(this->store().durable_to(), 3u);
}

TYPED_TEST_P(StoreContract, TheLogIsReadFromTheSegmentThatHoldsTheEntry) {
  this->append(3, "1-3");
  this->append(2, "4-5");
  this->append(1, "6");
  this->disk.sync();
  this->append(1, "7");
  this->disk.sync();
  const auto firsts = [&](Lsn from) {
    std::vector<Lsn> found;
    for (const SeenSegment& segment : log_from(this->store(), from)) found.push_back(segment.first);
    return found;
  };
  EXPECT_EQ(firsts(0), (std::vector<Lsn>{1, 4, 6, 7}));
  EXPECT_EQ(firsts(3), (std::vector<Lsn>{1, 4, 6, 7}));
  EXPECT_EQ(firsts(4), (std::vector<Lsn>{4, 6, 7}));
  EXPECT_EQ(firsts(5), (std::vector<Lsn>{4, 6, 7}));
  EXPECT_EQ(firsts(7), (std::vector<Lsn>{7}));
  EXPECT_EQ(firsts(8), (std::vector<Lsn>{}));
}

TYPED_TEST_P(StoreContract, AVisitorStopsTheVisit) {
  for (const char* bytes : {"a", "b", "c"}) this->append(1, bytes, {{bytes, bytes}});
  this->disk.sync();
  this->flush_now({{"a", "1"}, {"b", "2"}, {"c", "3"}}, {{"a", "1"}, {"b", "2"}});
  int visits = 0;
  const auto stop_at_two = [&](BytesView, BytesView) { return ++visits < 2; };
  ASSERT_TRUE(this->store().scan("", "", stop_at_two));
  EXPECT_EQ(visits, 2);
  visits = 0;
  ASSERT_TRUE(this->store().log_facts("", stop_at_two));
  EXPECT_EQ(visits, 2);
  visits = 1;
  ASSERT_TRUE(this->store().row_facts("", stop_at_two));
  EXPECT_EQ(visits, 2);
  visits = 0;
  ASSERT_TRUE(this->store().read_log(1, [&](Lsn, Lsn, BytesView) { return ++visits < 2; }));
  EXPECT_EQ(visits, 2);
}

TYPED_TEST_P(StoreContract, AVisitorMayReadTheStore) {
  this->append(1, "entry");
  this->append(1, "entry");
  this->disk.sync();
  this->flush_now({{"a", "1"}, {"b", "2"}});
  std::vector<Bytes> found;
  ASSERT_TRUE(this->store().read_log(1, [&](Lsn, Lsn, BytesView) {
    EXPECT_EQ(log_from(this->store(), 2).size(), 1u);
    EXPECT_TRUE(this->store().scan("", "", [&](BytesView key, BytesView) {
      found.push_back(row(this->store(), key).value_or("none"));
      EXPECT_EQ(scan(this->store(), "b", "").size(), 1u);
      return true;
    }));
    return true;
  }));
  EXPECT_EQ(found, (std::vector<Bytes>{"1", "2", "1", "2"}));
}

TYPED_TEST_P(StoreContract, AFactIsReadAsLastAppended) {
  this->append(1, "a", {{"block", "100"}, {"name", "x"}});
  EXPECT_EQ(this->store().log_fact("block").value(), "100");
  this->append(1, "b", {{"block", "200"}, {"name", std::nullopt}, {"block", "300"}});
  EXPECT_EQ(this->store().log_fact("block").value(), "300");
  EXPECT_EQ(this->store().log_fact("name").value(), std::nullopt);
  this->disk.sync();
  EXPECT_EQ(log_facts(this->store(), ""), (Pairs{{"block", "300"}}));
  this->disk.crash();
  EXPECT_EQ(log_facts(this->store(), ""), (Pairs{{"block", "300"}}));
}

TYPED_TEST_P(StoreContract, FactsAreFoundByPrefixInOrder) {
  const Bytes last = Bytes("p\xff\xff", 3);
  this->append(1, "a",
               {{"p2", "two"}, {"o", "before"}, {last, "last"}, {"p", "the prefix"}, {"q", "after"}, {"p1", ""}});
  this->disk.sync();
  this->flush_now({},
                  {{"p2", "two"}, {"o", "before"}, {last, "last"}, {"p", "the prefix"}, {"q", "after"}, {"p1", ""}});
  const Pairs expected{{"p", "the prefix"}, {"p1", ""}, {"p2", "two"}, {last, "last"}};
  EXPECT_EQ(log_facts(this->store(), "p"), expected);
  EXPECT_EQ(row_facts(this->store(), "p"), expected);
  EXPECT_EQ(log_facts(this->store(), last), (Pairs{{last, "last"}}));
  EXPECT_EQ(row_facts(this->store(), Bytes("\xff")), Pairs{});
  EXPECT_EQ(row_facts(this->store(), "").size(), 6u);
}

TYPED_TEST_P(StoreContract, RowsAreThoseOfTheLastCompletedFlush) {
  this->append(4, "entries");
  this->disk.sync();
  this->store().flush({.complete_to = 3, .rows = {{"a", "1"}, {"b", "1"}}, .facts = {{"context", "x"}}});
  EXPECT_TRUE(this->store().flushing());
  EXPECT_EQ(this->store().flushed_to(), 0u);
  EXPECT_TRUE(scan(this->store(), "", "").empty());
  this->disk.complete_flush();
  EXPECT_FALSE(this->store().flushing());
  EXPECT_EQ(this->store().flushed_to(), 3u);
  EXPECT_EQ(scan(this->store(), "", ""), (Pairs{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(this->store().row_fact("context").value(), "x");

  // The next one changes a row, removes one, adds one, and removes one that was never there.
  this->store().flush({.complete_to = 4,
                       .rows = {{"a", std::nullopt}, {"b", "2"}, {"c", "2"}, {"d", std::nullopt}},
                       .facts = {{"context", std::nullopt}}});
  EXPECT_EQ(scan(this->store(), "", ""), (Pairs{{"a", "1"}, {"b", "1"}}));
  this->disk.complete_flush();
  EXPECT_EQ(this->store().flushed_to(), 4u);
  EXPECT_EQ(scan(this->store(), "", ""), (Pairs{{"b", "2"}, {"c", "2"}}));
  EXPECT_EQ(row(this->store(), "a"), std::nullopt);
  EXPECT_EQ(row(this->store(), "b"), "2");
  EXPECT_EQ(this->store().row_fact("context").value(), std::nullopt);
}

TYPED_TEST_P(StoreContract, ACrashLeavesAFlushWholeOrNotAtAll) {
  this->append(2, "entries");
  this->disk.sync();
  this->flush_now({{"a", "1"}, {"b", "1"}}, {{"context", "1"}});
  this->disk.crash();
  EXPECT_EQ(this->store().flushed_to(), 2u);
  EXPECT_EQ(scan(this->store(), "", ""), (Pairs{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(this->store().row_fact("context").value(), "1");

  this->append(1, "entry");
  this->disk.sync();
  this->store().flush({.complete_to = 3, .rows = {{"a", "2"}, {"b", "2"}}, .facts = {{"context", "2"}}});
  this->disk.crash();
  EXPECT_FALSE(this->store().flushing());
  EXPECT_EQ(this->store().flushed_to(), 2u);
  EXPECT_EQ(scan(this->store(), "", ""), (Pairs{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(this->store().row_fact("context").value(), "1");
  EXPECT_EQ(this->store().durable_to(), 3u);
}

TYPED_TEST_P(StoreContract, AppendingGoesOnDuringAFlush) {
  this->append(1, "first");
  this->disk.sync();
  this->store().flush({.complete_to = 1, .rows = {{"a", "1"}}, .facts = {}});
  this->append(1, "second");
  this->disk.sync();
  EXPECT_TRUE(this->store().flushing());
  EXPECT_EQ(this->store().durable_to(), 2u);
  this->disk.complete_flush();
  EXPECT_EQ(this->store().flushed_to(), 1u);
}

TYPED_TEST_P(StoreContract, AFlushWithoutRowsMovesFlushedTo) {
  this->append(7, "entries");
  this->disk.sync();
  this->flush_now({});
  EXPECT_EQ(this->store().flushed_to(), 7u);
  this->flush_now({{"a", "1"}});  // and one to the same lsn is no mistake
  EXPECT_EQ(this->store().flushed_to(), 7u);
  EXPECT_EQ(row(this->store(), "a"), "1");
}

TYPED_TEST_P(StoreContract, ScansKeepTheirBounds) {
  const Bytes zero("\0", 1), zeros("\0\0", 2), high("\xff\xff", 2);
  this->append(1, "entry");
  this->disk.sync();
  this->flush_now(
      {{"", "empty"}, {zero, "zero"}, {zeros, "zeros"}, {"a", "a"}, {"aa", ""}, {"b", "b"}, {high, "high"}});
  const auto keys = [&](BytesView first, BytesView limit) {
    std::vector<Bytes> found;
    for (const auto& [key, value] : scan(this->store(), first, limit)) found.push_back(key);
    return found;
  };
  using Keys = std::vector<Bytes>;
  EXPECT_EQ(keys("", ""), (Keys{"", zero, zeros, "a", "aa", "b", high}));
  EXPECT_EQ(keys("a", "b"), (Keys{"a", "aa"}));
  EXPECT_EQ(keys("a", "aa"), (Keys{"a"}));
  EXPECT_EQ(keys("a", "a"), (Keys{}));
  EXPECT_EQ(keys("b", "a"), (Keys{}));
  EXPECT_EQ(keys("ab", ""), (Keys{"b", high}));
  EXPECT_EQ(keys(zeros, "aa"), (Keys{zeros, "a"}));
  EXPECT_EQ(row(this->store(), ""), "empty");
  EXPECT_EQ(row(this->store(), "aa"), "");
  EXPECT_EQ(row(this->store(), zeros), "zeros");
}

TYPED_TEST_P(StoreContract, LargeAndBinaryValuesComeBackAsTheyWere) {
  Bytes large(3 << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 131 >> 3);
  this->append(1, large, {{"large", large}});
  this->append(1, Bytes());
  this->disk.sync();
  this->flush_now({{Bytes("\0\n\xff", 3), Bytes()}, {Bytes(32 * 1024, 'k'), large}});
  this->disk.crash();
  EXPECT_TRUE(log_from(this->store(), 1) == (std::vector<SeenSegment>{{1, 1, large}, {2, 2, ""}}));
  EXPECT_TRUE(this->store().log_fact("large").value() == large);
  EXPECT_TRUE(row(this->store(), Bytes(32 * 1024, 'k')) == large);
  EXPECT_EQ(row(this->store(), Bytes("\0\n\xff", 3)), "");
}

TYPED_TEST_P(StoreContract, ADamagedRowIsNeverServed) {
  this->append(1, "entry");
  this->disk.sync();
  this->flush_now({{"a", "value of a"}, {"b", "value of b"}, {"c", "value of c"}});
  this->disk.damage_row("b");
  const auto found = this->store().read("b");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  EXPECT_EQ(found.error().detail.find("value of"), std::string::npos);
  std::vector<Bytes> before;
  const auto scanned = this->store().scan("", "", [&](BytesView key, BytesView) {
    before.emplace_back(key);
    return true;
  });
  ASSERT_FALSE(scanned.has_value());
  EXPECT_EQ(scanned.error().code, ErrorCode::corrupt);
  EXPECT_EQ(before, (std::vector<Bytes>{"a"}));
  EXPECT_EQ(row(this->store(), "a"), "value of a");
  EXPECT_EQ(row(this->store(), "c"), "value of c");
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, ANewStoreIsEmpty, AppendedIsDurableOnlyOnceItIsSynced,
                            ACrashForgetsWhatWasNotDurableAndNothingElse, TheLogIsReadFromTheSegmentThatHoldsTheEntry,
                            AVisitorStopsTheVisit, AVisitorMayReadTheStore, AFactIsReadAsLastAppended,
                            FactsAreFoundByPrefixInOrder, RowsAreThoseOfTheLastCompletedFlush,
                            ACrashLeavesAFlushWholeOrNotAtAll, AppendingGoesOnDuringAFlush,
                            AFlushWithoutRowsMovesFlushedTo, ScansKeepTheirBounds,
                            LargeAndBinaryValuesComeBackAsTheyWere, ADamagedRowIsNeverServed);

}  // namespace skerry::tests
