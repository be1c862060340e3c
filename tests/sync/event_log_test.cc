// The compact log against one that only remembers a list.
#include "sync/event_log.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace skerry::sync {
namespace {

using core::Bytes;
using core::Kind;
using core::ReplicaId;
using core::Space;

ReplicaId replica(std::uint8_t number) {
  ReplicaId id;
  id.bytes[0] = number;
  return id;
}

Bytes cell_address(core::BytesView key, Kind kind = Kind::string, core::BytesView member = {}) {
  return core::encode({Space{1}, key, kind, member});
}

Bytes key_prefix(core::BytesView key) {
  Bytes prefix;
  core::put_key_prefix(prefix, Space{1}, key);
  return prefix;
}

Bytes space_address() {
  Bytes prefix;
  core::put_space_prefix(prefix, Space{1});
  return prefix;
}

LogEntry cell_entry(core::Sequence sequence, Bytes address) {
  LogEntry entry;
  entry.dot = {replica(1), sequence};
  entry.batch = {sequence, 1};
  entry.address = std::move(address);
  entry.lsn = sequence;
  return entry;
}

LogEntry range_entry(core::Sequence sequence, Bytes address) {
  LogEntry entry = cell_entry(sequence, std::move(address));
  entry.type = EventType::range;
  entry.range.add(replica(1), {1, sequence});
  return entry;
}

void expect_equal(const LogEntry& got, const LogEntry& wanted) {
  EXPECT_EQ(got.type, wanted.type);
  EXPECT_EQ(got.dot, wanted.dot);
  EXPECT_EQ(got.first, wanted.first);
  EXPECT_EQ(got.batch, wanted.batch);
  EXPECT_EQ(got.address, wanted.address);
  EXPECT_EQ(got.range, wanted.range);
  EXPECT_EQ(got.previous_at_address, wanted.previous_at_address);
  EXPECT_EQ(got.previous_of_key, wanted.previous_of_key);
  EXPECT_EQ(got.lsn, wanted.lsn);
}

TEST(EventLog, IsEmptyAtFirst) {
  const EventLog log(1);
  EXPECT_EQ(log.first(), 1u);
  EXPECT_EQ(log.end(), 1u);
  EXPECT_EQ(log.newest_at(cell_address("milk")), 0u);
  EXPECT_EQ(log.newest_of_key(key_prefix("milk")), 0u);
  EXPECT_EQ(log.newest_space_range(), 0u);
  EXPECT_TRUE(log.floor().empty());
}

TEST(EventLog, ChainsTheEntriesOfAnAddressAndOfItsKey) {
  EventLog log(1);
  const Position name = log.append(cell_entry(1, cell_address("user", Kind::hash, "name")));
  const Position mail = log.append(cell_entry(2, cell_address("user", Kind::hash, "mail")));
  const Position other = log.append(cell_entry(3, cell_address("user2", Kind::hash, "name")));
  const Position renamed = log.append(cell_entry(4, cell_address("user", Kind::hash, "name")));
  EXPECT_EQ(log.newest_at(cell_address("user", Kind::hash, "name")), renamed);
  EXPECT_EQ(log.newest_at(cell_address("user", Kind::hash, "mail")), mail);
  EXPECT_EQ(log.newest_at(cell_address("user", Kind::hash, "na")), 0u);
  EXPECT_EQ(log.newest_of_key(key_prefix("user")), renamed);
  EXPECT_EQ(log.newest_of_key(key_prefix("user2")), other);
  EXPECT_EQ(log.newest_of_key(key_prefix("use")), 0u);
  EXPECT_EQ(log.previous_at_address(renamed), name);
  EXPECT_EQ(log.previous_of_key(renamed), mail);
  EXPECT_EQ(log.previous_of_key(mail), name);
  EXPECT_EQ(log.previous_of_key(name), 0u);
  EXPECT_EQ(log.previous_of_key(other), 0u);
}

TEST(EventLog, CountsARangeAmongTheEntriesOfItsKey) {
  EventLog log(1);
  const Position added = log.append(cell_entry(1, cell_address("cart", Kind::set, "milk")));
  const Position removed = log.append(range_entry(2, cell_address("cart", Kind::row)));
  const Position again = log.append(cell_entry(3, cell_address("cart", Kind::set, "milk")));
  EXPECT_EQ(log.previous_of_key(again), removed);
  EXPECT_EQ(log.previous_of_key(removed), added);
  EXPECT_EQ(log.previous_at_address(again), added);
  EXPECT_EQ(log.newest_at(cell_address("cart", Kind::row)), removed);
  EXPECT_TRUE(log.range_at(removed).contains({replica(1), 2}));
}

TEST(EventLog, KeepsRemovalsOfTheWholeSpaceApart) {
  EventLog log(1);
  log.append(cell_entry(1, cell_address("milk")));
  const Position first = log.append(range_entry(2, space_address()));
  const Position second = log.append(range_entry(3, space_address()));
  EXPECT_EQ(log.newest_space_range(), second);
  EXPECT_EQ(log.previous_at_address(second), first);
  EXPECT_EQ(log.previous_at_address(first), 0u);
  EXPECT_EQ(log.newest_of_key(key_prefix("milk")), 1u);
}

TEST(EventLog, ARunOfReservedSequencesHasNoAddress) {
  EventLog log(1);
  LogEntry entry;
  entry.type = EventType::void_;
  entry.dot = {replica(1), 65'536};
  entry.first = 17;
  entry.batch = {17, 65'520};  // more than the two bytes of the usual case
  entry.lsn = 5;
  const Position position = log.append(entry);
  expect_equal(log.at(position), entry);
  EXPECT_EQ(log.interval_at(position), (crdt::Interval{17, 65'536}));
}

TEST(EventLog, KeepsZeroBytesOfKeysApart) {
  EventLog log(1);
  const core::BytesView zero("a\0", 2), zeros("a\0\0", 3);
  log.append(cell_entry(1, cell_address("a")));
  log.append(cell_entry(2, cell_address(zero)));
  log.append(cell_entry(3, cell_address(zeros)));
  EXPECT_EQ(log.newest_of_key(key_prefix("a")), 1u);
  EXPECT_EQ(log.newest_of_key(key_prefix(zero)), 2u);
  EXPECT_EQ(log.newest_of_key(key_prefix(zeros)), 3u);
  EXPECT_EQ(key_prefix_of(cell_address(zero)), key_prefix(zero));
}

TEST(EventLog, AnEntryCostsItsAddressAndAFewDozenBytes) {
  EventLog log(1);
  constexpr core::Sequence entries = 200'000;
  for (core::Sequence i = 1; i <= entries; ++i)
    log.append(cell_entry(i, cell_address("key:" + std::to_string(100'000 + i % 50'000))));
  EXPECT_LT(log.heap_bytes() / entries, 60u);
}

// A log that keeps a list and looks at all of it for every question.
struct NaiveLog {
  std::vector<LogEntry> entries;

  Position newest(const std::function<bool(const LogEntry&)>& wanted) const {
    for (Position position = entries.size(); position > 0; --position) {
      if (wanted(entries[position - 1])) return position;
    }
    return 0;
  }
  Position newest_at(const Bytes& address) const {
    return newest([&](const LogEntry& entry) { return entry.address == address; });
  }
  Position newest_of_key(const Bytes& prefix) const {
    return newest([&](const LogEntry& entry) { return entry.address.starts_with(prefix); });
  }
  void append(LogEntry entry) {
    if (entry.type != EventType::void_) {
      entry.previous_at_address = newest_at(entry.address);
      if (entry.address.size() > 2) entry.previous_of_key = newest_of_key(Bytes(key_prefix_of(entry.address)));
    }
    entries.push_back(std::move(entry));
  }
};

LogEntry random_entry(core::Random& random, core::Sequence sequence) {
  static const std::vector<Bytes> keys = {"a", "b", "ab", Bytes(1, '\0'), Bytes("a\0", 2), Bytes(300, 'k')};
  const Bytes& key = keys[random.below(keys.size())];
  LogEntry entry;
  entry.dot = {replica(static_cast<std::uint8_t>(random.below(4))), sequence};
  entry.batch = {sequence - random.below(2), static_cast<std::uint32_t>(2 + random.below(3))};
  entry.lsn = sequence * 3;
  const std::uint64_t choice = random.below(20);
  if (choice == 0) {
    entry.type = EventType::void_;
    entry.first = 1 + random.below(sequence);
    return entry;
  }
  if (choice <= 3) {
    entry.type = EventType::range;
    entry.range.add(replica(2), {1, sequence});
    entry.address = choice == 1 ? space_address() : cell_address(key, Kind::row);
    return entry;
  }
  static const std::array kinds = {Kind::string, Kind::expiry, Kind::hash, Kind::set};
  const Kind kind = kinds[random.below(kinds.size())];
  const bool has_member = kind == Kind::hash || kind == Kind::set;
  entry.address = cell_address(key, kind, has_member ? Bytes(1, static_cast<char>('m' + random.below(4))) : Bytes());
  return entry;
}

TEST(EventLog, AnswersAsANaiveLogDoes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    core::Random random(seed);
    EventLog log(1);
    NaiveLog naive;
    for (core::Sequence sequence = 1; sequence <= 400; ++sequence) {
      const LogEntry entry = random_entry(random, sequence);
      naive.append(entry);
      ASSERT_EQ(log.append(entry), naive.entries.size());
      const LogEntry asked = random_entry(random, sequence);
      if (asked.type == EventType::void_ || asked.address.size() == 2) continue;
      ASSERT_EQ(log.newest_at(asked.address), naive.newest_at(asked.address));
      const Bytes prefix(key_prefix_of(asked.address));
      ASSERT_EQ(log.newest_of_key(prefix), naive.newest_of_key(prefix));
    }
    ASSERT_EQ(log.newest_space_range(), naive.newest_at(space_address()));
    ASSERT_EQ(log.end(), naive.entries.size() + 1);
    for (Position position = log.first(); position < log.end(); ++position)
      expect_equal(log.at(position), naive.entries[position - 1]);
  }
}

TEST(EventLog, StaysWholeOverManyPages) {
  EventLog log(1);
  for (core::Sequence i = 1; i <= 20'000; ++i)
    log.append(cell_entry(i, cell_address("hash", Kind::hash, std::to_string(i % 7'000))));
  for (Position position = log.first(); position < log.end(); ++position) {
    ASSERT_EQ(log.address_at(position), cell_address("hash", Kind::hash, std::to_string(position % 7'000)));
    ASSERT_EQ(log.previous_at_address(position), position > 7'000 ? position - 7'000 : 0);
    ASSERT_EQ(log.previous_of_key(position), position - 1);
  }
  for (Position member = 0; member < 7'000; ++member) {
    const Position newest = log.newest_at(cell_address("hash", Kind::hash, std::to_string(member)));
    ASSERT_EQ(newest % 7'000, member);
    ASSERT_GT(newest, 13'000u);
  }
}

}  // namespace
}  // namespace skerry::sync
