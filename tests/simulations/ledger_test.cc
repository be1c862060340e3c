#include "simulations/ledger.h"

#include <gtest/gtest.h>

#include "crdt/payload.h"

namespace skerry::simulations {
namespace {

const core::ReplicaId ids[] = {{{1}}, {{2}}};

class LedgerTest : public testing::Test {
 protected:
  static core::Bytes address(core::BytesView key, core::BytesView member) {
    return core::encode({core::Space{}, key, core::Kind::set, member});
  }
  static core::Bytes payload(core::Sequence sequence) { return crdt::presence_payload({sequence << 16}); }

  // `author` writes there, over all that it knows there.
  EventIndex write(HostIndex author, core::Sequence sequence, const core::Bytes& at) {
    crdt::Cell cell;
    cell.insert({ids[author], sequence}, payload(sequence));
    return changed(author, sequence, at, cell);
  }
  EventIndex changed(HostIndex author, core::Sequence sequence, const core::Bytes& at, const crdt::Cell& after) {
    sync::LogEntry entry;
    entry.dot = {ids[author], sequence};
    entry.address = at;
    const EventIndex index = ledger.add(entry, author, {});
    ledger.changed_cell(index, after, Ledger::Place::last_there);
    ledger.learn(author, index);
    return index;
  }
  bool agrees(HostIndex host, const core::Bytes& at, const std::vector<crdt::Dot>& dots) {
    crdt::Cell cell;
    for (const crdt::Dot& dot : dots) cell.insert(dot, payload(dot.sequence));
    return ledger.agrees(host, *ledger.find_address(at), cell);
  }

  Ledger ledger{{ids[0], ids[1]}};
};

TEST_F(LedgerTest, AWriteKillsWhatItsAuthorKnewAndNothingElse) {
  const core::Bytes at = address("k", "m");
  const EventIndex first = write(0, 1, at);
  const EventIndex concurrent = write(1, 1, at);
  const EventIndex second = write(0, 2, at);
  EXPECT_EQ(ledger.event(second).kills, std::vector{first});
  EXPECT_TRUE(agrees(0, at, {{ids[0], 2}}));
  ledger.learn(0, concurrent);
  EXPECT_TRUE(agrees(0, at, {{ids[0], 2}, {ids[1], 1}}));
  EXPECT_FALSE(agrees(0, at, {{ids[0], 2}}));
  EXPECT_FALSE(agrees(0, at, {{ids[0], 1}, {ids[1], 1}}));
}

TEST_F(LedgerTest, WhatIsKilledStaysDeadAlsoWhenItIsLearnedLater) {
  const core::Bytes at = address("k", "m");
  const EventIndex first = write(0, 1, at);
  const EventIndex second = write(0, 2, at);
  ledger.learn(1, second);
  ledger.learn(1, first);
  EXPECT_TRUE(agrees(1, at, {{ids[0], 2}}));
  EXPECT_EQ(ledger.cells(1), 1u);
}

TEST_F(LedgerTest, ARangeKillsWhatItsContextHolds) {
  const EventIndex in = write(0, 1, address("k", "m"));
  write(0, 2, address("other", "m"));
  const EventIndex unseen = write(0, 3, address("k", "n"));
  sync::LogEntry entry;
  entry.type = sync::EventType::range;
  entry.dot = {ids[0], 4};
  const EventIndex range = ledger.add(entry, 0, {});
  crdt::CausalContext context;
  context.add(ids[0], {1, 2});
  core::Bytes prefix;
  core::put_key_prefix(prefix, core::Space{}, "k");
  ledger.removed_range(range, prefix, context);
  EXPECT_EQ(ledger.event(range).kills, std::vector{in});
  ledger.learn(0, range);
  EXPECT_EQ(ledger.live(0, *ledger.find_address(address("k", "n"))), std::vector{unseen});
}

TEST_F(LedgerTest, SaysWhatWasTouched) {
  const core::Bytes at = address("k", "m");
  const EventIndex first = write(0, 1, at);
  ledger.clear_touched(1);
  ledger.learn(1, first);
  EXPECT_EQ(ledger.touched(1), std::vector{*ledger.find_address(at)});
}

TEST_F(LedgerTest, ForgetsWhatAHostKnew) {
  const core::Bytes at = address("k", "m");
  const EventIndex first = write(0, 1, at);
  ledger.forget_all(0);
  EXPECT_FALSE(ledger.knows(0, first));
  EXPECT_EQ(ledger.cells(0), 0u);
  EXPECT_TRUE(agrees(0, at, {}));
  ledger.learn(0, first);
  EXPECT_TRUE(agrees(0, at, {{ids[0], 1}}));
}

TEST_F(LedgerTest, ARunOfUnusedSequencesHasAllOfThem) {
  sync::LogEntry entry;
  entry.type = sync::EventType::void_;
  entry.first = 5;
  entry.dot = {ids[0], 9};
  const EventIndex index = ledger.add(entry, 0, {});
  EXPECT_EQ(ledger.find({ids[0], 5}), index);
  EXPECT_EQ(ledger.find({ids[0], 9}), index);
  EXPECT_EQ(ledger.find({ids[0], 4}), std::nullopt);
  EXPECT_EQ(ledger.find({ids[0], 10}), std::nullopt);
  EXPECT_EQ(ledger.find({ids[1], 5}), std::nullopt);
}

TEST_F(LedgerTest, DescribesEventsForPeople) {
  const EventIndex index = write(1, 17, address("cart", "milk"));
  EXPECT_EQ(ledger.describe(index), "1:17 write cart set milk at -1000 ms, never durable");
}

}  // namespace
}  // namespace skerry::simulations
