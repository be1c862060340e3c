#include "edge/explain.h"

#include <gtest/gtest.h>

#include "crdt/expiry.h"
#include "crdt/set.h"
#include "crdt/string.h"

namespace skerry::edge {
namespace {

using core::Kind;
using crdt::Cell;

const core::WallTime now = core::from_unix_milliseconds(1'700'000'000'000);

core::Stamp stamp(std::int64_t milliseconds_after_now) {
  return {static_cast<std::uint64_t>(core::unix_milliseconds(now) + milliseconds_after_now) << 16};
}

crdt::Event event(std::uint8_t replica, core::Sequence sequence, std::int64_t after_now) {
  core::ReplicaId id;
  id.bytes.fill(replica);
  return {{id, sequence}, stamp(after_now)};
}

// Two SETs that have not seen each other.
Cell concurrent(const crdt::Event& one, const crdt::Event& other) {
  Cell cell;
  cell.insert(one.dot, crdt::register_payload(one.stamp, {}, {}, "one"));
  cell.insert(other.dot, crdt::register_payload(other.stamp, {}, {}, "other"));
  return cell;
}

TEST(Explain, TheOnlyWriteWins) {
  Cell cell;
  crdt::set_register(cell, event(1, 1, 0), "v", now);
  const CellReport report = explain_cell(Kind::string, cell, now);
  ASSERT_EQ(report.entries.size(), 1u);
  EXPECT_TRUE(report.entries[0].wins);
  EXPECT_EQ(report.entries[0].value, "v");
  EXPECT_EQ(report.entries[0].deadline, now);
  EXPECT_EQ(report.rule, "the only write that no other has superseded");
}

TEST(Explain, ALoserIsStillHeldAndSaysWhy) {
  const CellReport later = explain_cell(Kind::string, concurrent(event(1, 1, 5), event(2, 1, 0)), now);
  EXPECT_EQ(later.rule, "concurrent writes: the greatest stamp");
  EXPECT_TRUE(later.entries[0].wins);
  EXPECT_EQ(later.entries[1].standing, "held: concurrent, with an earlier stamp");
  EXPECT_EQ(later.entries[1].value, "other");

  const CellReport tie = explain_cell(Kind::string, concurrent(event(1, 1, 0), event(2, 1, 0)), now);
  EXPECT_EQ(tie.rule, "concurrent writes: the greatest replica id");
  EXPECT_TRUE(tie.entries[1].wins);
  EXPECT_EQ(tie.entries[0].standing, "held: concurrent, equal stamp, smaller replica id");

  const CellReport ahead = explain_cell(Kind::string, concurrent(event(1, 1, 0), event(2, 1, 120'000)), now);
  EXPECT_EQ(ahead.rule, "concurrent writes: the greatest stamp not too far ahead of this node's clock");
  EXPECT_TRUE(ahead.entries[0].wins);
  EXPECT_EQ(ahead.entries[1].standing, "held: its stamp is too far ahead of this node's clock");
}

TEST(Explain, ACounterThatWasNeverSetIsASum) {
  Cell cell;
  ASSERT_TRUE(crdt::increment(cell, event(1, 1, 0), 5, now).has_value());
  EXPECT_EQ(explain_cell(Kind::string, cell, now).rule, "the sum of the increments that no reset has absorbed");
}

TEST(Explain, AnExpiryMayLoseToTheStringsOwnDeadline) {
  Cell expiry;
  crdt::set_deadline(expiry, event(1, 1, 0), now, Cell());
  CellReport report = explain_cell(Kind::expiry, expiry, now);
  ASSERT_EQ(report.entries.size(), 1u);
  overrule_deadline(report, now);
  EXPECT_TRUE(report.entries[0].wins);
  overrule_deadline(report, std::nullopt);
  EXPECT_FALSE(report.entries[0].wins);
  EXPECT_EQ(report.entries[0].standing,
            "held: the string was written, unseen by this, with a greater deadline or with none");
}

TEST(Explain, CountersAreShownByReplicaWithWhatWasAbsorbed) {
  Cell cell;
  ASSERT_TRUE(crdt::increment(cell, event(1, 1, 0), 5, now).has_value());
  ASSERT_TRUE(crdt::increment(cell, event(2, 1, 0), 7, now).has_value());
  Cell unseen = cell;  // replica 2 counts on, unseen by the SET
  crdt::set_register(cell, event(1, 2, 1), "100", {});
  ASSERT_TRUE(crdt::increment(unseen, event(2, 2, 1), 3, now).has_value());
  for (const Cell::Entry& entry : unseen.entries()) {
    if (entry.dot.sequence == 2) cell.insert(entry.dot, entry.payload);
  }
  const CellReport report = explain_cell(Kind::string, cell, now);
  ASSERT_EQ(report.counters.size(), 2u);
  EXPECT_EQ(report.rule, "the only write that no other has superseded");
  for (const CounterReport& counter : report.counters) {
    const bool second = counter.replica.bytes[0] == 2;
    EXPECT_EQ(counter.counts, second);
    EXPECT_TRUE(counter.absorbed.sum == (second ? 7 : 5));
    EXPECT_TRUE(!second || (counter.tally.sum == 10 && counter.tally.count == 2));
  }
  EXPECT_EQ(report.entries.back().standing, "adds what no reset has absorbed");
}

TEST(Explain, ScoresDeadlinesAndMembers) {
  Cell score;
  crdt::set_score(score, event(1, 1, 0), 2.5);
  EXPECT_EQ(explain_cell(Kind::sorted_set, score, now).entries[0].value, "2.5");

  Cell expiry;
  expiry.insert(event(1, 1, 0).dot, crdt::expiry_payload(stamp(0), now, {}));
  expiry.insert(event(2, 1, 0).dot, crdt::expiry_payload(stamp(0), std::nullopt, {}));
  const CellReport deadlines = explain_cell(Kind::expiry, expiry, now);
  EXPECT_FALSE(deadlines.entries[0].wins);
  EXPECT_TRUE(deadlines.entries[1].wins);

  Cell member;
  crdt::add_member(member, event(1, 1, 0));
  EXPECT_TRUE(explain_cell(Kind::set, member, now).entries[0].wins);
}

TEST(DumpLine, ShowsAddressDotsAndPayloads) {
  Cell cell;
  crdt::add_member(cell, event(0xaa, 3, 0));
  const std::string line = dump_line({{2}, std::string("k\0", 2), Kind::set, "m\"\\"}, cell);
  EXPECT_EQ(line.substr(0, line.find('=')), "2 set \"k\\x00\" \"m\\x22\\x5c\" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:3");
  EXPECT_EQ(line.substr(line.find('=') + 1, 2), "01");
  EXPECT_EQ(dump_line({{0}, "k", Kind::expiry, ""}, {}), "0 expiry \"k\"");
}

TEST(PrintIntervals, JoinsRuns) {
  const std::vector<crdt::Interval> intervals = {{1, 17}, {19, 19}};
  EXPECT_EQ(print_intervals(intervals), "1-17,19");
}

}  // namespace
}  // namespace skerry::edge
