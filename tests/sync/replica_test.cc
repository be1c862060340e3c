#include "sync/replica.h"

#include <gtest/gtest.h>

#include "crdt/payload.h"
#include "sync/limits.h"
#include "sync/wire.h"
#include "tests/sync/schedules.h"

namespace skerry::sync {
namespace {

TEST(Replica, TellsItsPeerOfAWrite) {
  Cluster cluster({.replicas = 2});
  cluster.connect(0, 1);
  cluster.add(0, "cart", "milk");
  cluster.heal({{0, 1}});
  EXPECT_EQ(cluster.violation(), std::nullopt);
  EXPECT_TRUE(cluster.contains(1, "cart", "milk"));
}

TEST(Replica, LetsNothingLeaveBeforeItIsDurable) {
  Cluster cluster({.replicas = 2});
  cluster.connect(0, 1);
  settle(cluster, 0, 1);
  cluster.add(0, "cart", "milk");
  cluster.end_turn(0);
  EXPECT_EQ(cluster.waiting(0, 1), 0u);
  cluster.sync(0);
  EXPECT_EQ(cluster.waiting(0, 1), 1u);
}

TEST(Replica, CountsThePeersThatHaveItOnDisk) {
  Cluster cluster({});
  cluster.connect(0, 1);
  cluster.connect(0, 2);
  settle(cluster, 0, 1);
  settle(cluster, 0, 2);
  cluster.pass(acknowledge_every);  // nothing was acknowledged just now
  cluster.add(0, "cart", "milk");
  const CausalContext written = cluster.replica(0).context(Cluster::space);
  EXPECT_EQ(cluster.replica(0).peers_with(Cluster::space, written), 0u);
  send(cluster, 0);
  cluster.deliver_all(0, 1);
  cluster.deliver_all(1, 0);
  EXPECT_EQ(cluster.replica(0).peers_with(Cluster::space, written), 0u);  // applied there, not on disk
  cluster.sync(1);
  cluster.deliver_all(1, 0);
  EXPECT_EQ(cluster.replica(0).peers_with(Cluster::space, written), 1u);
  settle(cluster, 0, 2);
  EXPECT_EQ(cluster.replica(0).peers_with(Cluster::space, written), 2u);
}

TEST(Replica, SaysHowFarAPeerIsBehind) {
  Cluster cluster({.replicas = 2});
  cluster.connect(0, 1);
  settle(cluster, 0, 1);
  const auto report = [&] { return cluster.replica(0).links(cluster.now()).at(0); };
  EXPECT_EQ(report().entries_behind, 0u);
  EXPECT_EQ(report().peer, cluster.id(1));
  cluster.add(0, "cart", "milk");
  cluster.add(0, "cart", "eggs");
  cluster.end_turn(0);
  cluster.pass(30s);
  EXPECT_EQ(report().entries_behind, 2u);
  EXPECT_EQ(report().behind_for, 30s);
  settle(cluster, 0, 1);
  EXPECT_EQ(report().entries_behind, 0u);
  EXPECT_EQ(report().behind_for, 0s);
}

TEST(Replica, SaysOfWhichPeerItLacksEvents) {
  Cluster cluster({.replicas = 2});
  cluster.add(0, "cart", "milk");
  const auto catching_up = [&](std::size_t i) { return cluster.replica(i).links(cluster.now()).at(0).catching_up; };
  cluster.connect(0, 1);
  cluster.sync(0);
  EXPECT_FALSE(catching_up(1));  // nothing was said yet
  cluster.deliver(0, 1);
  EXPECT_TRUE(catching_up(1));
  settle(cluster, 0, 1);
  EXPECT_FALSE(catching_up(1));
  EXPECT_FALSE(catching_up(0));
}

TEST(Replica, IsQuietWhenAllIsSaid) {
  Cluster cluster({});
  for (const auto& [a, b] : {std::pair{0, 1}, {1, 2}, {0, 2}}) cluster.connect(a, b);
  cluster.add(0, "cart", "milk");
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
  for (int i = 0; i < 10; ++i) {
    cluster.pass(state_every);
    cluster.heal({{0, 1}, {1, 2}, {0, 2}});
  }
  for (int i = 0; i < 100; ++i) {
    cluster.pass(1s);
    for (const auto& [a, b] : {std::pair{0, 1}, {1, 2}, {0, 2}}) {
      ASSERT_EQ(cluster.waiting(a, b), 0u);
      ASSERT_EQ(cluster.waiting(b, a), 0u);
    }
  }
}

TEST(Replica, HoldsAChunkUntilItsBaseComesFromItsOrigin) {
  Cluster cluster({});
  const std::vector<std::pair<std::size_t, std::size_t>> mesh = {{0, 1}, {1, 2}, {0, 2}};
  for (const auto& [a, b] : mesh) cluster.connect(a, b);
  cluster.heal(mesh);
  cluster.pass(state_every);
  cluster.heal(mesh);
  cluster.add(1, "k", "from-1");
  send(cluster, 1);
  cluster.deliver_all(1, 0);
  cluster.add(0, "l", "from-0");
  send(cluster, 0);
  cluster.deliver_all(0, 2);  // stands on 1's event, which is on its way to 2
  EXPECT_FALSE(cluster.contains(2, "l", "from-0"));
  EXPECT_FALSE(cluster.contains(2, "k", "from-1"));
  cluster.deliver_all(1, 2);
  EXPECT_TRUE(cluster.contains(2, "l", "from-0"));
  EXPECT_TRUE(cluster.contains(2, "k", "from-1"));
  EXPECT_EQ(cluster.violation(), std::nullopt);
}

TEST(Replica, RefusesAChunkWhoseBaseDoesNotComeAndGetsAllOfIt) {
  Cluster cluster({});
  const std::vector<std::pair<std::size_t, std::size_t>> mesh = {{0, 1}, {1, 2}, {0, 2}};
  for (const auto& [a, b] : mesh) cluster.connect(a, b);
  cluster.heal(mesh);
  cluster.pass(state_every);
  cluster.heal(mesh);
  cluster.add(1, "k", "from-1");
  send(cluster, 1);
  cluster.deliver_all(1, 0);
  cluster.add(0, "l", "from-0");
  send(cluster, 0);
  cluster.deliver_all(0, 2);
  cluster.pass(hold_min);  // nothing more from 1
  cluster.sync(2);
  cluster.deliver_all(2, 0);
  cluster.sync(0);
  cluster.deliver_all(0, 2);
  EXPECT_TRUE(cluster.contains(2, "l", "from-0"));
  EXPECT_TRUE(cluster.contains(2, "k", "from-1"));
  EXPECT_EQ(cluster.violation(), std::nullopt);
}

// A node comes back to two others that have sessions with it and with each other, and a backlog of each other's events.
// If each left the other's to the other, its chunks would stand on what the other's hold back: 8 refusals, each event
// sent three times and more, and 850 ms instead of 250.
TEST(Replica, ComesBackToAMeshWithoutWaiting) {
  constexpr auto one_way = 25ms;
  Cluster cluster({.replicas = 3, .check_each_step = false});
  for (const auto& [a, b] : {std::pair{0, 1}, {1, 2}, {0, 2}}) cluster.connect(a, b);
  for (int i = 0; i < 10; ++i) cluster.travel(one_way);
  cluster.disconnect(0, 2);
  cluster.disconnect(1, 2);
  constexpr int writes = 150;  // 20 MB from both together: five times what may be on its way on a link
  const core::Bytes value(64 << 10, 'v');
  for (int i = 0; i < writes; ++i) {
    for (const std::size_t writer : {0, 1}) {
      cluster.write(writer, "k", [&](auto key) {
        return key.hash_set(std::to_string(2 * i + static_cast<int>(writer)), value).has_value();
      });
      cluster.end_turn(writer);
    }
    cluster.travel(one_way);
  }
  for (int i = 0; i < 10; ++i) cluster.travel(one_way);
  ASSERT_EQ(cluster.dump(0), cluster.dump(1));

  cluster.connect(0, 2);
  cluster.connect(1, 2);
  core::Duration took{};
  for (; took < 1min && !cluster.agree(); took += one_way) cluster.travel(one_way);
  std::uint64_t refusals = 0, events = 0;
  for (const LinkReport& report : cluster.replica(2).links(cluster.now())) refusals += report.refusals_sent;
  for (const std::size_t from : {0, 1}) {
    for (const LinkReport& report : cluster.replica(from).links(cluster.now())) {
      if (report.peer == cluster.id(2)) events += report.events_sent;
    }
  }
  EXPECT_EQ(refusals, 0u);
  EXPECT_LT(took, 20 * one_way);
  EXPECT_LE(events, 2u * 2u * writes);  // each of them from both at most
  EXPECT_EQ(cluster.violation(), std::nullopt);
}

TEST(Replica, StopsWhenAPeerHasEventsOfItsThatItDoesNotKnow) {
  Cluster cluster({.replicas = 2});
  const MemoryStore old_disk = cluster.store(0);
  cluster.connect(0, 1);
  cluster.add(0, "cart", "milk");
  cluster.heal({{0, 1}});
  cluster.disconnect(0, 1);

  MemoryStore disk = old_disk;
  auto restored = Replica::load(disk, {cluster.id(0), 1 << 20, 1, {}}, cluster.now());
  ASSERT_TRUE(restored);
  Replica& replica = **restored;
  replica.peer_found(cluster.now(), {7}, {Cluster::space});
  Encoder peer;
  Hello hello;
  hello.replica = cluster.id(1);
  hello.payload_type_max = crdt::payload_type_max;
  hello.context = cluster.replica(1).context(Cluster::space);
  EXPECT_FALSE(replica.receive(cluster.now(), {7}, Cluster::space, peer.encode(hello).value()[0]));
  ASSERT_TRUE(replica.failure());
  EXPECT_TRUE(replica.full());
  EXPECT_TRUE(replica.take_output(cluster.now()).empty());
  EXPECT_EQ(replica.wake_at(), core::never);
}

// The node relies on it: while a commit gathers, no output is taken.
TEST(Replica, HasToSpeakUntilItsOutputIsTaken) {
  Cluster cluster({.replicas = 2});
  EXPECT_EQ(cluster.replica(1).speak_at(), core::never);
  cluster.connect(0, 1);
  settle(cluster, 0, 1);
  cluster.add(0, "cart", "milk");
  send(cluster, 0);
  cluster.deliver_all(0, 1);
  send(cluster, 1);
  cluster.add(0, "cart", "eggs");
  send(cluster, 0);
  cluster.deliver_all(0, 1);
  send(cluster, 1);  // acknowledges soon, for it has just done so
  Replica& replica = cluster.replica(1);
  const core::Instant due = replica.speak_at();
  ASSERT_GT(due, cluster.now().instant);
  ASSERT_LE(due, cluster.now().instant + state_every);
  const core::Now then{due, cluster.now().wall};
  replica.wake(then);
  EXPECT_EQ(replica.speak_at(), due);
  EXPECT_LE(replica.wake_at(), due);
  EXPECT_FALSE(replica.take_output(then).empty());
  EXPECT_GT(replica.speak_at(), due);
}

// What dirties nothing (here the event that accounts for an unfinished block of sequences) is no reason to flush.
TEST(Replica, HasFlushedOnceNothingIsDirty) {
  Cluster cluster({.replicas = 1});
  MemoryStore& store = cluster.store(0);
  const auto live_on = [&] {
    for (int i = 0; i < 20; ++i) {
      cluster.end_turn(0);
      if (store.flushing()) store.complete_flush();
      cluster.sync(0);
      cluster.pass(flush_every);
    }
  };
  cluster.add(0, "cart", "milk");
  live_on();
  ASSERT_EQ(store.durable_to(), store.flushed_to());
  cluster.crash(0, 0);
  live_on();
  EXPECT_GT(store.durable_to(), store.flushed_to());
  EXPECT_TRUE(cluster.replica(0).keyspace().flushed());
}

TEST(Replica, StopsWhenItsDiskFails) {
  Cluster cluster({.replicas = 2});
  cluster.store(0).fail_writes({core::ErrorCode::io, "no space"});
  EXPECT_TRUE(cluster.replica(0).failure());
  EXPECT_TRUE(cluster.replica(0).full());
}

TEST(Replica, IgnoresLinksItDoesNotKnowAndRefusesSpacesThatAreNotShared) {
  Cluster cluster({.replicas = 2});
  Replica& replica = cluster.replica(0);
  EXPECT_TRUE(replica.receive(cluster.now(), {7}, Cluster::space, "bytes"));
  replica.peer_lost(cluster.now(), {7});
  replica.peer_found(cluster.now(), {7}, {Cluster::space});
  EXPECT_EQ(replica.receive(cluster.now(), {7}, core::Space{1}, "bytes").error().code, core::ErrorCode::refused);
  EXPECT_FALSE(replica.receive(cluster.now(), {7}, Cluster::space, "bytes"));
}

TEST(Replica, FindsAgainAfterACrashWhatWasDurable) {
  Cluster cluster({.replicas = 2});
  cluster.add(0, "cart", "milk");
  cluster.end_turn(0);
  cluster.sync(0);
  cluster.add(0, "cart", "eggs");
  cluster.end_turn(0);
  cluster.crash(0, 0);
  EXPECT_TRUE(cluster.contains(0, "cart", "milk"));
  EXPECT_FALSE(cluster.contains(0, "cart", "eggs"));
  cluster.heal({{0, 1}});
  EXPECT_TRUE(cluster.contains(1, "cart", "milk"));
  EXPECT_EQ(cluster.violation(), std::nullopt);
}

// A full disk: what peers send is held, however long that takes, and applied when there is room.
TEST(Replica, HoldsChunksUntilThereIsRoom) {
  for (const Room room : {Room::scarce, Room::none}) {
    Cluster cluster({.replicas = 2});
    cluster.connect(0, 1);
    settle(cluster, 0, 1);
    cluster.store(1).set_room(room);
    EXPECT_EQ(cluster.replica(1).room(), room);
    cluster.add(0, "cart", "milk");
    cluster.add(1, "cart", "soap");
    settle(cluster, 0, 1);
    for (int i = 0; i < 100; ++i) {
      cluster.pass(1s);
      settle(cluster, 0, 1);
    }
    EXPECT_FALSE(cluster.contains(1, "cart", "milk"));
    EXPECT_TRUE(cluster.contains(0, "cart", "soap")) << "what it has it goes on telling";
    EXPECT_EQ(cluster.replica(0).links(cluster.now()).at(0).refusals_received, 0u);
    EXPECT_GE(cluster.replica(1).links(cluster.now()).at(0).chunks_held, 1u);
    EXPECT_GT(cluster.replica(1).wake_at(), cluster.now().instant) << "it does not try all the time";
    cluster.store(1).set_room(Room::enough);
    cluster.sync(1);
    EXPECT_TRUE(cluster.contains(1, "cart", "milk"));
    cluster.heal({{0, 1}});
    EXPECT_EQ(cluster.violation(), std::nullopt);
  }
}

// The room may have come back, and the news of it be still on its way, when the time of what is held is up.
TEST(Replica, RefusesNothingThatItHasRoomForAgain) {
  Cluster cluster({.replicas = 2});
  cluster.connect(0, 1);
  settle(cluster, 0, 1);
  cluster.store(1).set_room(Room::scarce);
  cluster.add(0, "cart", "milk");
  settle(cluster, 0, 1);
  ASSERT_EQ(cluster.replica(1).links(cluster.now()).at(0).chunks_held, 1u);
  cluster.store(1).set_room(Room::enough);
  cluster.pass(hold_max);
  EXPECT_TRUE(cluster.contains(1, "cart", "milk"));
  settle(cluster, 0, 1);
  EXPECT_EQ(cluster.replica(0).links(cluster.now()).at(0).refusals_received, 0u);
  EXPECT_EQ(cluster.violation(), std::nullopt);
}

// Nobody sees what has expired, and its removal would take room.
TEST(Replica, RemovesWhatHasExpiredWhenThereIsRoom) {
  Cluster cluster({.replicas = 1});
  cluster.write(0, "session", [&](auto writer) { return writer.set("s", cluster.now().wall + 1s).has_value(); });
  cluster.end_turn(0);
  cluster.store(0).set_room(Room::scarce);
  const Position before = cluster.state(0).log.end();
  for (int i = 0; i < 5; ++i) cluster.pass(1s);
  EXPECT_EQ(cluster.state(0).log.end(), before);
  {
    Transaction transaction = cluster.replica(0).begin(Cluster::space, cluster.now());
    EXPECT_EQ(transaction.key("session")->kind(), std::nullopt);
  }
  cluster.store(0).set_room(Room::enough);
  cluster.pass(1s);
  EXPECT_GT(cluster.state(0).log.end(), before);
  EXPECT_EQ(cluster.violation(), std::nullopt);
}

// The counterexamples of the model check, as fixed regressions; with chunks as large as they come, and of one event.
class ASchedule : public testing::TestWithParam<Schedule> {};

TEST_P(ASchedule, LeavesAllReplicasRight) {
  for (const std::size_t events : {chunk_events_aim, std::size_t{1}}) {
    Cluster::Options options;
    options.aims.events = events;
    Cluster cluster(options);
    GetParam().run(cluster);
    EXPECT_EQ(cluster.violation(), std::nullopt) << "chunks of " << events;
    EXPECT_TRUE(cluster.agree());
  }
}

INSTANTIATE_TEST_SUITE_P(Stream, ASchedule, testing::ValuesIn(schedules()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace skerry::sync
