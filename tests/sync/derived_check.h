// Whether everything that a keyspace derives from its cells is what the cells say: counts, DBSIZE, SCAN, rankings.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "crdt/string.h"
#include "sync/cell_rows.h"
#include "sync/cell_table.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {

struct KeyFacts {
  std::map<Kind, KindCounts> counts;
  std::vector<std::pair<double, Bytes>> scores;
  bool present = false;
};

inline std::map<Bytes, KeyFacts> facts_of(const std::map<Bytes, crdt::Cell>& cells, core::WallTime now) {
  std::map<Bytes, KeyFacts> facts;
  for (const auto& [encoded, cell] : cells) {
    const auto address = core::decode_address(encoded);
    KeyFacts& key = facts[address->key];
    const CellTraits traits = traits_of(cell);
    key.counts[address->kind].add(traits);
    if (address->kind != Kind::expiry) key.present = key.present || traits.present;
    if (address->kind != Kind::sorted_set) continue;
    if (const auto score = crdt::read_score(cell, now)) key.scores.emplace_back(*score, address->member);
  }
  for (auto& [name, key] : facts) std::sort(key.scores.begin(), key.scores.end());
  return facts;
}

inline void expect_ranked(KeyAccess& access, const KeyFacts& facts) {
  std::vector<std::pair<double, Bytes>> ranked;
  const auto collect = [&](BytesView member, double score) {
    ranked.emplace_back(score, member);
    return true;
  };
  ASSERT_TRUE(access.for_each_ranked(0, UINT64_MAX, KeyAccess::Order::ascending, collect).has_value());
  EXPECT_EQ(ranked, facts.scores);
  ranked.clear();
  ASSERT_TRUE(access.for_each_ranked(0, UINT64_MAX, KeyAccess::Order::descending, collect).has_value());
  std::reverse(ranked.begin(), ranked.end());
  EXPECT_EQ(ranked, facts.scores);
}

inline std::set<Bytes> scanned(Host& host, std::size_t count) {
  std::set<Bytes> seen;
  std::uint64_t cursor = 0;
  do {
    Transaction transaction = host.begin();
    const auto next = transaction.scan(cursor, count, [&](BytesView key, Kind) { seen.emplace(key); });
    EXPECT_TRUE(next.has_value());
    cursor = next.value_or(0);
  } while (cursor != 0);
  return seen;
}

// Whether the store's rows are exactly those that the cells need: nothing is left of what was removed.
// REQUIRES that all is flushed and swept.
inline void expect_rows_right(Host& host) {
  const auto cells = host.cells();
  std::set<Bytes> expected;  // of cells and keys
  std::set<Bytes> names;
  for (const auto& [encoded, cell] : cells) {
    expected.insert(encoded);
    const auto address = core::decode_address(encoded);
    expected.insert(core::encode({address->space, address->key, Kind::row, {}}));
    names.insert(address->key);
  }
  std::set<Bytes> rows;
  std::set<Bytes> numbered;
  std::size_t index_rows = 0;
  const auto scanned = host.store().scan({}, {}, [&](BytesView key, BytesView value) {
    const std::uint16_t group = core::ByteReader(key).u16();
    if (group == number_rows) {
      numbered.emplace(read_number_row(key, value)->name);
      ++index_rows;
    } else if (group < pending_rows) {
      rows.emplace(key);
    } else {
      EXPECT_EQ(group, due_rows);
    }
    return true;
  });
  EXPECT_TRUE(scanned.has_value());
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(numbered, names);
  EXPECT_EQ(index_rows, names.size());
}

inline void expect_derived_right(Host& host) {
  const auto cells = host.cells();
  const auto facts = facts_of(cells, host.now().wall);
  SpaceFact total;
  std::set<Bytes> visible;
  for (const auto& [name, key] : facts) {
    SCOPED_TRACE("key " + testing::PrintToString(name));
    total.keys += key.present;
    for (const auto& [kind, counts] : key.counts) {
      if (kind == Kind::expiry) continue;
      total.tallied += counts.tallied;
      total.leftover += counts.leftover;
    }
    Transaction transaction = host.begin();
    auto access = transaction.key(name);
    ASSERT_TRUE(access.has_value());
    for (const Kind kind : {Kind::hash, Kind::set, Kind::sorted_set}) {
      const auto counts = key.counts.contains(kind) ? key.counts.at(kind) : KindCounts();
      EXPECT_EQ(access->count(kind), counts.present);
      EXPECT_EQ(access->holds(kind), counts.cells > 0);
      EXPECT_EQ(access->may_leave_resets(kind), counts.tallied > 0);
    }
    if (access->kind()) visible.insert(name);
    if (access->kind() == Kind::sorted_set) expect_ranked(*access, key);
  }
  EXPECT_EQ(host.begin().size(), total.keys);
  EXPECT_EQ(host.state().tallied, total.tallied);
  EXPECT_EQ(host.state().leftover, total.leftover);
  EXPECT_EQ(scanned(host, 3), visible);
}

}  // namespace skerry::sync
