#include "sync/cell_rows.h"

#include <gtest/gtest.h>

#include <functional>

#include "crdt/payload.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

const core::ReplicaId ours = replica_named('a');
const core::ReplicaId theirs = replica_named('b');

Bytes prefix_of(Space space, BytesView key) {
  Bytes prefix;
  core::put_key_prefix(prefix, space, key);
  return prefix;
}

struct RowsOfTheStore : testing::Test {
  // What the read of damaged bytes says; nothing if it accepts them.
  using Refusal = std::function<std::optional<ErrorCode>(BytesView)>;
  template <class T>
  static std::optional<ErrorCode> code_of(const core::Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
  }
  // Every row begins with a format byte, is refused when it is cut, and `whole` ones also when they go on.
  static void expect_strict(const Bytes& row, const Refusal& read) {
    EXPECT_EQ(read(row), std::nullopt);
    for (std::size_t size = 0; size < row.size(); ++size) {
      EXPECT_EQ(read(BytesView(row).substr(0, size)), ErrorCode::corrupt) << "cut to " << size;
    }
    EXPECT_EQ(read(row + "x"), ErrorCode::corrupt);
    expect_formats(row, read);
  }
  static void expect_formats(Bytes row, const Refusal& read) {
    row[0] = 0;
    EXPECT_EQ(read(row), ErrorCode::corrupt);
    for (const char other : {1, 3}) {
      row[0] = other;
      EXPECT_EQ(read(row), ErrorCode::unsupported);
    }
    EXPECT_EQ(read(""), ErrorCode::corrupt);
  }

  static crdt::CausalContext removed() {
    crdt::CausalContext context;
    context.add(ours, {1, 300});
    context.add({theirs, 7});
    return context;
  }
  Bytes row_of(const KeyRow& row) { return key_row(row, replicas); }
  core::Result<KeyRow> key_row_from(BytesView row) { return read_key_row(row, replicas); }
  Bytes fact_of(const SpaceFact& fact) { return space_fact(fact, replicas); }
  core::Result<SpaceFact> space_fact_from(BytesView value) { return read_space_fact(value, replicas); }

  ReplicaTable replicas;
};

TEST_F(RowsOfTheStore, KeepACell) {
  crdt::Cell cell;
  cell.insert({ours, 3}, crdt::presence_payload({1}));
  cell.insert({theirs, 7}, crdt::register_payload({2}, std::nullopt, {}, "value"));
  const Bytes row = cell_row(cell, replicas);
  EXPECT_EQ(read_cell_row(row, replicas).value(), cell);
  expect_strict(row, [&](BytesView bytes) { return code_of(read_cell_row(bytes, replicas)); });
  EXPECT_TRUE(read_cell_row(cell_row({}, replicas), replicas)->empty());

  ReplicaTable nobody;
  EXPECT_EQ(code_of(read_cell_row(row, nobody)), ErrorCode::corrupt);
}

TEST_F(RowsOfTheStore, KeepWhatIsDerivedOfAKey) {
  KeyRow row;
  row.version = UINT64_MAX;
  row.number = 300;
  row.due = 1'700'000'000'000;
  row.counts[0] = {.cells = 4, .present = 3, .tallied = 2, .leftover = 1};
  row.counts[2] = {.cells = UINT64_MAX, .present = 0, .tallied = 0, .leftover = UINT64_MAX};
  row.epoch = UINT32_MAX;
  row.pending = removed();
  EXPECT_EQ(key_row_from(row_of(row)).value(), row);
  EXPECT_EQ(key_row_from(row_of({})).value(), KeyRow());
  expect_strict(row_of(row), [&](BytesView bytes) { return code_of(key_row_from(bytes)); });
}

TEST_F(RowsOfTheStore, KeepTheOrderOfScan) {
  const Bytes key = number_row_key(Space{3}, 300);
  const Bytes row = number_row(std::string("na\0me", 5));
  const auto read = read_number_row(key, row);
  EXPECT_EQ(read->number, 300u);
  EXPECT_EQ(read->name, (std::string{"na\0me", 5}));
  expect_formats(row, [&](BytesView bytes) { return code_of(read_number_row(key, bytes)); });
  EXPECT_EQ(code_of(read_number_row(key + "x", row)), ErrorCode::corrupt);
  EXPECT_EQ(code_of(read_number_row(BytesView(key).substr(1), row)), ErrorCode::corrupt);

  EXPECT_LT(number_row_key(Space{3}, 255), number_row_key(Space{3}, 256));
  EXPECT_LT(number_row_key(Space{3}, UINT64_MAX), number_row_key(Space{4}, 0));
}

TEST_F(RowsOfTheStore, KeepWhatIsDue) {
  const Bytes prefix = prefix_of(Space{3}, std::string("na\0me", 5));
  const Bytes key = due_row_key(1'700'000'000'000, prefix);
  const auto read = read_due_row(key, due_row());
  EXPECT_EQ(read->due, 1'700'000'000'000u);
  EXPECT_EQ(read->space, Space{3});
  EXPECT_EQ(read->name, (std::string{"na\0me", 5}));
  expect_formats(due_row(), [&](BytesView bytes) { return code_of(read_due_row(key, bytes)); });
  for (std::size_t size = 0; size < key.size(); ++size) {
    EXPECT_EQ(code_of(read_due_row(BytesView(key).substr(0, size), due_row())), ErrorCode::corrupt) << size;
  }
  EXPECT_LT(due_row_key(255, prefix_of(Space{9}, "z")), due_row_key(256, prefix_of(Space{0}, "a")));
}

TEST_F(RowsOfTheStore, KeepWhichKeysHavePendingRemovals) {
  const Bytes prefix = prefix_of(Space{3}, std::string("na\0me", 5));
  const Bytes key = pending_row_key(prefix);
  const auto read = read_pending_row(key, pending_row());
  EXPECT_EQ(read->space, Space{3});
  EXPECT_EQ(read->key, (std::string{"na\0me", 5}));
  expect_formats(pending_row(), [&](BytesView bytes) { return code_of(read_pending_row(key, bytes)); });
  for (std::size_t size = 0; size < key.size(); ++size)
    EXPECT_EQ(code_of(read_pending_row(BytesView(key).substr(0, size), pending_row())), ErrorCode::corrupt) << size;
}

TEST_F(RowsOfTheStore, OfNoSpaceStandAmongIndexes) {
  for (const std::uint16_t space : {0, 15, 255}) {
    EXPECT_LT(core::encode({Space{space}, "k", Kind::set, "m"}), pending_row_key({}));
  }
  EXPECT_LT(pending_row_key(prefix_of(Space{UINT16_MAX}, "k")), due_row_key(0, {}));
  EXPECT_LT(due_row_key(UINT64_MAX, prefix_of(Space{15}, "k")), number_row_key(Space{0}, 0));
}

TEST_F(RowsOfTheStore, EndWhereTheNextPrefixBegins) {
  EXPECT_EQ(beyond_prefix("ab"), "ac");
  EXPECT_EQ(beyond_prefix("a\xff\xff"), "b");
  EXPECT_EQ(beyond_prefix("\xff\xff"), "");
  EXPECT_EQ(beyond_prefix(""), "");
  const Bytes prefix = prefix_of(Space{1}, "k");
  EXPECT_LT(core::encode({Space{1}, "k", Kind::sorted_set, "\xff\xff\xff"}), beyond_prefix(prefix));
  EXPECT_GT(core::encode({Space{1}, "k\x01", Kind::row, {}}), beyond_prefix(prefix));
}

TEST_F(RowsOfTheStore, KeepTheNumbersOfReplicas) {
  EXPECT_TRUE(add_replica_fact(replicas, replica_fact_key(0), replica_fact(theirs)).has_value());
  EXPECT_TRUE(add_replica_fact(replicas, replica_fact_key(1), replica_fact(ours)).has_value());
  EXPECT_TRUE(add_replica_fact(replicas, replica_fact_key(0), replica_fact(theirs)).has_value());
  EXPECT_EQ(replicas.index_of(theirs), 0u);
  EXPECT_EQ(replicas.index_of(ours), 1u);
  const auto refused = [&](BytesView key, BytesView value) {
    return code_of(add_replica_fact(replicas, key, value)) == ErrorCode::corrupt;
  };
  EXPECT_TRUE(refused(replica_fact_key(1), replica_fact(theirs)));  // another number
  EXPECT_TRUE(refused(replica_fact_key(5), replica_fact(replica_named('c'))));
  EXPECT_TRUE(refused(replica_facts, replica_fact(ours)));
  EXPECT_TRUE(refused(replica_fact_key(1), replica_fact(ours).substr(1)));
}

TEST_F(RowsOfTheStore, KeepFactsOfSpaces) {
  SpaceFact fact{.keys = 1, .tallied = 300, .leftover = UINT64_MAX, .numbered = 4, .removals = {}};
  EXPECT_EQ(space_fact_from(fact_of(fact)).value(), fact);
  fact.removals = {.epoch = 5, .unresolved = 4, .version = 300, .numbered = 2, .context = removed()};
  EXPECT_EQ(space_fact_from(fact_of(fact)).value(), fact);
  expect_strict(fact_of(fact), [&](BytesView bytes) { return code_of(space_fact_from(bytes)); });

  EXPECT_EQ(read_block_fact(block_fact(UINT64_MAX)).value(), UINT64_MAX);
  expect_strict(block_fact(65'536), [&](BytesView bytes) { return code_of(read_block_fact(bytes)); });

  EXPECT_EQ(read_space_fact_key(block_facts, space_fact_key(block_facts, Space{300})).value(), Space{300});
  EXPECT_EQ(code_of(read_space_fact_key(block_facts, block_facts)), ErrorCode::corrupt);
  EXPECT_EQ(code_of(read_space_fact_key(block_facts, Bytes(block_facts) + "xyz")), ErrorCode::corrupt);
}

}  // namespace
}  // namespace skerry::sync
