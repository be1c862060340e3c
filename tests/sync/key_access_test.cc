#include <gtest/gtest.h>

#include "crdt/payload.h"
#include "crdt/string.h"
#include "sync/limits.h"
#include "sync/transaction.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;
using Names = std::vector<std::string>;
using Order = KeyAccess::Order;

struct AKeyAccess : testing::Test {
  template <class F>
  auto with(F&& f) {
    return host.on("k", std::forward<F>(f));
  }
  void add(const std::string& member) {
    with([&](KeyAccess& key) { EXPECT_TRUE(key.write().set_add(member).has_value()); });
  }
  void score(const std::string& member, double score) {
    with([&](KeyAccess& key) { EXPECT_TRUE(key.write().sorted_set_add(member, score).has_value()); });
  }
  Names ranked(std::uint64_t first, std::uint64_t last, Order order) {
    Names names;
    with([&](KeyAccess& key) {
      const auto visited = key.for_each_ranked(first, last, order, [&](BytesView member, double) {
        names.emplace_back(member);
        return true;
      });
      EXPECT_TRUE(visited.has_value());
    });
    return names;
  }
  Names scored(double from, Order order) {
    Names names;
    with([&](KeyAccess& key) {
      const auto visited = key.for_each_scored(from, order, [&](BytesView member, double) {
        names.emplace_back(member);
        return true;
      });
      EXPECT_TRUE(visited.has_value());
    });
    return names;
  }
  // A cell of a peer, with what it has seen of ours.
  void join(Kind kind, BytesView member, const crdt::Cell& cell, const crdt::CausalContext& seen) {
    const Bytes address = core::encode({Space{0}, "k", kind, member});
    ASSERT_TRUE(host->join_cell(host.state(), address, cell, seen, host.now()).has_value());
  }
  // The event that what was joined or removed is told by.
  void record(EventType type, const Dot& dot, const Bytes& address) {
    LogEntry entry;
    entry.type = type;
    entry.dot = dot;
    entry.batch = {dot.sequence, 1};
    entry.address = address;
    ASSERT_TRUE(host->record(host.state(), entry).has_value());
  }
  Host host;
};

TEST_F(AKeyAccess, SeesNothingOfAKeyThatWasNeverWritten) {
  with([](KeyAccess& key) {
    Bytes scratch;
    EXPECT_EQ(key.kind(), std::nullopt);
    EXPECT_EQ(key.deadline(), std::nullopt);
    EXPECT_EQ(key.version(), 0u);
    EXPECT_EQ(key.count(), 0u);
    EXPECT_EQ(key.field("f", scratch).value(), std::nullopt);
    EXPECT_FALSE(key.contains("m").value());
    EXPECT_EQ(key.score("m").value(), std::nullopt);
  });
}

TEST_F(AKeyAccess, ReadsEachKindInTheOrderOfNames) {
  for (const char* member : {"b", "c", "a"}) add(member);
  with([](KeyAccess& key) {
    Names names;
    EXPECT_EQ(key.kind(), Kind::set);
    EXPECT_EQ(key.count(), 3u);
    const auto visited = key.for_each_member([&](BytesView member) {
      names.emplace_back(member);
      return member != "b";  // stop there
    });
    EXPECT_TRUE(visited.has_value());
    EXPECT_EQ(names, (Names{"a", "b"}));
  });
  host.on("h", [](KeyAccess& key) {
    EXPECT_TRUE(key.write().hash_set("z", "1").has_value());
    EXPECT_EQ(key.write().hash_increment("y", 2), 2);
    Names fields;
    const auto visited = key.for_each_field([&](BytesView field, BytesView value) {
      fields.push_back(std::string(field) + "=" + std::string(value));
      return true;
    });
    EXPECT_TRUE(visited.has_value());
    EXPECT_EQ(fields, (Names{"y=2", "z=1"}));
    Bytes scratch;
    EXPECT_EQ(key.field("y", scratch).value(), "2");
  });
}

TEST_F(AKeyAccess, SeesNothingOnceTheDeadlineHasPassed) {
  const auto deadline = host.now().wall + std::chrono::milliseconds(10);
  with([&](KeyAccess& key) { EXPECT_TRUE(key.write().set("v", deadline).has_value()); });
  with([&](KeyAccess& key) {
    EXPECT_EQ(key.kind(), Kind::string);
    EXPECT_EQ(key.deadline(), deadline);
  });
  host.pass(10);
  EXPECT_EQ(host.kind("k"), std::nullopt);
}

// What WATCH compares.
TEST_F(AKeyAccess, VersionRisesWithEveryChangeOfTheKeyAndNoOther) {
  const auto version = [&] { return with([](KeyAccess& key) { return key.version(); }); };
  Lsn before = version();
  const auto rises = [&] { return version() > std::exchange(before, version()); };
  add("m");
  EXPECT_TRUE(rises());
  host.set("another", "v");
  EXPECT_FALSE(rises());
  add("m");  // says it again
  EXPECT_TRUE(rises());
  with([](KeyAccess& key) { EXPECT_FALSE(key.write().set_remove("absent").value()); });
  EXPECT_FALSE(rises());
  crdt::Cell theirs;
  theirs.insert({replica_named('b'), 1}, crdt::presence_payload({1}));
  join(Kind::set, "n", theirs, {});
  record(EventType::cell, {replica_named('b'), 1}, core::encode({Space{0}, "k", Kind::set, "n"}));
  EXPECT_TRUE(rises());
  const Bytes whole = core::encode({Space{0}, "k", Kind::row, {}});
  const crdt::CausalContext all = host.state().context;
  ASSERT_TRUE(host->apply_range(host.state(), BytesView(whole).substr(0, whole.size() - 1), all).has_value());
  record(EventType::range, {replica_named('b'), 2}, whole);
  EXPECT_TRUE(rises());
  EXPECT_EQ(host.kind("k"), std::nullopt);
  add("m");
  EXPECT_TRUE(rises());
  with([](KeyAccess& key) { EXPECT_TRUE(key.write().expire(std::nullopt).value()); });
  EXPECT_TRUE(rises());
}

TEST_F(AKeyAccess, VersionIsKeptByFlushAndRestart) {
  add("m");
  add("n");
  host.flush();
  host.restart();
  EXPECT_EQ(with([](KeyAccess& key) { return key.version(); }), 2u);
}

TEST_F(AKeyAccess, AChangeThatIsNoneUsesNoEvent) {
  Transaction transaction = host.begin();
  KeyAccess key = transaction.key("k").value();
  ASSERT_TRUE(key.change(Kind::set, "m", [](crdt::Cell&, const crdt::Event&) { return false; }).has_value());
  EXPECT_EQ(transaction.events(), 0u);
  EXPECT_EQ(key.version(), 0u);
  EXPECT_FALSE(key.holds(Kind::set));
}

TEST_F(AKeyAccess, RefusesAnAddressThatIsTooLong) {
  const std::size_t room = address_bytes_max - 1;  // the key's name has one byte
  add(std::string(room, 'm'));
  with([&](KeyAccess& key) {
    EXPECT_EQ(key.write().set_add(std::string(room + 1, 'm')).error().code, ErrorCode::too_large);
    EXPECT_EQ(key.count(), 1u);
  });
}

TEST_F(AKeyAccess, RemovesTheKeyByOneEventAndSparesWhatItLeavesOfCounters) {
  with([](KeyAccess& key) {
    EXPECT_TRUE(key.write().hash_set("plain", "v").has_value());
    EXPECT_TRUE(key.write().hash_increment("counter", 1).has_value());
  });
  const Position before = host.state().log.end();
  EXPECT_TRUE(host.remove("k"));
  EXPECT_EQ(host.state().log.end() - before, 2u) << "a reset of the counter, and the range";
  with([](KeyAccess& key) {
    EXPECT_EQ(key.kind(), std::nullopt);
    EXPECT_TRUE(key.holds(Kind::hash)) << "what was seen of the counter";
    EXPECT_FALSE(key.may_leave_resets(Kind::hash));
  });
  EXPECT_EQ(host.cells().size(), 1u);
}

// --- the order of scores

struct FourScores : AKeyAccess {
  FourScores() {
    score("b", 2);
    score("a", 2);
    score("c", 3);
    score("z", -1);
  }
};

TEST_F(FourScores, AreCountedFromEitherEnd) {
  EXPECT_EQ(ranked(0, 4, Order::ascending), (Names{"z", "a", "b", "c"}));
  EXPECT_EQ(ranked(0, 100, Order::descending), (Names{"c", "b", "a", "z"}));
  EXPECT_EQ(ranked(1, 3, Order::ascending), (Names{"a", "b"}));
  EXPECT_EQ(ranked(1, 3, Order::descending), (Names{"b", "a"}));
  EXPECT_EQ(ranked(3, 4, Order::descending), Names{"z"});
  EXPECT_EQ(ranked(2, 2, Order::ascending), Names());
  EXPECT_EQ(ranked(4, 9, Order::ascending), Names());
  EXPECT_EQ(ranked(4, 9, Order::descending), Names());
}

TEST_F(FourScores, AreFoundByScoreFromEitherEnd) {
  EXPECT_EQ(scored(2, Order::ascending), (Names{"a", "b", "c"}));
  EXPECT_EQ(scored(2, Order::descending), (Names{"b", "a", "z"}));
  EXPECT_EQ(scored(2.5, Order::ascending), Names{"c"});
  EXPECT_EQ(scored(-2, Order::descending), Names());
  EXPECT_EQ(scored(4, Order::ascending), Names());
}

TEST_F(FourScores, FollowEveryChangeOnceTheyAreRanked) {
  ranked(0, 1, Order::ascending);  // the index is in memory from here on
  score("c", 0);
  EXPECT_EQ(ranked(0, 9, Order::ascending), (Names{"z", "c", "a", "b"}));
  with([](KeyAccess& key) { EXPECT_TRUE(key.write().sorted_set_remove("a").value()); });
  EXPECT_EQ(ranked(0, 9, Order::ascending), (Names{"z", "c", "b"}));
  with([](KeyAccess& key) { EXPECT_EQ(key.write().sorted_set_increment("z", 5), 4); });
  EXPECT_EQ(ranked(0, 9, Order::ascending), (Names{"c", "b", "z"}));
  ASSERT_TRUE(host.remove("k"));
  score("new", 1);
  EXPECT_EQ(ranked(0, 9, Order::ascending), Names{"new"});
}

// Of two concurrent scores the one with a clock far ahead loses, until the other clocks have caught up.
TEST_F(AKeyAccess, TheOrderOfScoresChangesWithTimeAlone) {
  const auto stamp = [&](std::int64_t milliseconds) {
    return core::Stamp{static_cast<std::uint64_t>(core::unix_milliseconds(host.now().wall) + milliseconds) << 16};
  };
  const auto score_payload = [&](std::int64_t ahead, double score) {
    return crdt::register_payload(stamp(ahead), std::nullopt, {}, crdt::score_bytes(score));
  };
  score("between", 2);
  crdt::Cell theirs;
  theirs.insert({replica_named('b'), 1}, score_payload(0, 1));
  theirs.insert({replica_named('c'), 1}, score_payload(100'000, 3));
  join(Kind::sorted_set, "moves", theirs, {});
  EXPECT_EQ(ranked(0, 9, Order::ascending), (Names{"moves", "between"}));
  host.pass(50'000);
  EXPECT_EQ(ranked(0, 9, Order::ascending), (Names{"between", "moves"}));
}

TEST_F(AKeyAccess, ADamagedRowIsAnErrorAndNothingElse) {
  for (const char* member : {"a", "b"}) add(member);
  host.flush();
  host.restart();
  host.store().damage_row(core::encode({Space{0}, "k", Kind::set, "b"}));
  with([](KeyAccess& key) {
    EXPECT_TRUE(key.contains("a").value());
    EXPECT_EQ(key.contains("b").error().code, ErrorCode::corrupt);
    EXPECT_EQ(key.for_each_member([](BytesView) { return true; }).error().code, ErrorCode::corrupt);
    EXPECT_EQ(key.write().set_add("b").error().code, ErrorCode::corrupt);
  });
}

}  // namespace
}  // namespace skerry::sync
