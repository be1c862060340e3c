#include "edge/node.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "edge/sqlite_store.h"
#include "edge/sync_pace.h"
#include "edge/system.h"
#include "sync/limits.h"
#include "tests/edge/slow_disk.h"
#include "tests/edge/temporary_directory.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using core::Space;
using sync::Lsn;

core::ReplicaId random_id() {
  core::ReplicaId id;
  for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(entropy_u64());
  return id;
}

// A node over a directory: everything main.cc builds, without clients and peers.
struct OpenNode {
  OpenNode(boost::asio::io_context& io, const std::string& path, Ack ack, std::size_t cache_bytes = 8 << 20,
           SqliteStore::Options options = {}) {
    options.incarnation_if_new = random_id();
    auto opened = SqliteStore::open(path, std::move(options));
    EXPECT_TRUE(opened.has_value()) << opened.error().detail;
    store = std::move(*opened);
    auto loaded = sync::Replica::load(*store, {.self = store->incarnation(), .cache_bytes = cache_bytes, .seed = 1},
                                      SystemClock().now());
    EXPECT_TRUE(loaded.has_value()) << loaded.error().detail;
    replica = std::move(*loaded);
    node.emplace(io, *store, *replica, ack);
  }

  // What the answer to the SET depends on.
  Lsn set(const std::string& key, const std::string& value) {
    Lsn lsn = 0;
    {
      sync::Transaction transaction = replica->begin(Space{}, node->now());
      auto access = transaction.key(key);
      EXPECT_TRUE(access.has_value());
      EXPECT_TRUE(access->write().set(value, {}).has_value());
      lsn = transaction.depends_on();
    }
    node->used();
    return lsn;
  }

  // The value; empty if there is none.
  std::string get(const std::string& key) {
    sync::Transaction transaction = replica->begin(Space{}, node->now());
    auto access = transaction.key(key);
    EXPECT_TRUE(access.has_value());
    if (!access->kind()) return {};
    core::Bytes scratch;
    return std::string(access->string(scratch));
  }

  std::unique_ptr<SqliteStore> store;
  std::unique_ptr<sync::Replica> replica;
  std::optional<Node> node;
};

class OneNode : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_entropy().has_value()); }

  OpenNode& open(Ack ack, std::size_t cache_bytes = 8 << 20) {
    opened.emplace(io, directory.path() + "/data", ack, cache_bytes);
    return *opened;
  }

  template <class Condition>
  void run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    io.restart();
    while (!condition() && std::chrono::steady_clock::now() < deadline && !io.stopped()) io.run_one_until(deadline);
    ASSERT_TRUE(condition());
  }

  // All that was appended is durable, and the loop knows.
  void run_until_quiet(OpenNode& here) {
    run_until([&] { return here.store->durable_to() >= here.store->appended_to(); });
    io.poll();
  }

  tests::TemporaryDirectory directory;
  boost::asio::io_context io;
  std::optional<OpenNode> opened;
};

TEST_F(OneNode, ADurableAnswerWaitsForTheDisk) {
  OpenNode& here = open(Ack::durable);
  const Lsn lsn = here.set("key", "value");
  EXPECT_FALSE(here.node->may_answer(lsn));
  bool answered = false;
  here.node->when_answerable(lsn, [&] {
    EXPECT_GE(here.store->durable_to(), lsn);
    EXPECT_TRUE(here.node->may_answer(lsn));
    answered = true;
  });
  run_until([&] { return answered; });
}

// Two clients of four that were answered together come in two turns of the loop, and are synced together; a machine
// that holds this test up between the turns may part them.
TEST_F(OneNode, ADurableCommitGathersTheClientsThatComeAgain) {
  OpenNode& here = open(Ack::durable);
  run_until_quiet(here);
  int answered = 0;
  const auto write = [&] {
    here.node->when_answerable(here.set("key", std::to_string(answered)), [&] { ++answered; });
  };
  int together = 0;
  for (int round = 1; round <= 20; ++round) {
    for (int client = 0; client < 4; ++client) write();
    run_until([&] { return answered == 6 * round - 2; });
    run_until_quiet(here);
    const Lsn before = here.store->appended_to();
    boost::asio::post(io, [&] {
      write();
      boost::asio::post(io, [&] {
        boost::asio::post(io, [&] {
          together += here.store->appended_to() == before ? 1 : 0;
          write();
        });
      });
    });
    run_until([&] { return answered == 6 * round; });
  }
  EXPECT_GE(together, 5);
}

TEST_F(OneNode, CountsWhatTheDiskDoes) {
  OpenNode& here = open(Ack::durable);
  const StoreFigures before = here.node->figures();
  const Lsn lsn = here.set("key", "value");
  run_until([&] { return here.store->durable_to() >= lsn; });
  EXPECT_EQ(here.node->figures().log_commits, before.log_commits + 1);
  run_until([&] { return here.store->flushed_to() >= here.store->appended_to(); });
  EXPECT_GE(here.node->figures().flushes, 1u);
  EXPECT_GT(here.node->figures().flushing, core::Duration{});
}

TEST_F(OneNode, AReadOfAStagedValueWaitsToo) {
  OpenNode& here = open(Ack::durable);
  const Lsn written = here.set("key", "value");
  sync::Transaction transaction = here.replica->begin(Space{}, here.node->now());
  ASSERT_TRUE(transaction.key("key").has_value());
  EXPECT_GE(transaction.depends_on(), written);
}

TEST_F(OneNode, AMemoryAnswerLeavesAtOnceAndTheSyncFollowsByItself) {
  OpenNode& here = open(Ack::memory);
  run_until_quiet(here);
  const Lsn lsn = here.set("key", "value");
  EXPECT_TRUE(here.node->may_answer(lsn));
  bool answered = false;
  here.node->when_answerable(lsn, [&] {
    EXPECT_LT(here.store->durable_to(), lsn);
    answered = true;
  });
  run_until([&] { return answered; });
  run_until([&] { return here.store->durable_to() >= lsn; });
}

// What was answered and is not on disk is what level `memory` may lose.
TEST_F(OneNode, AMemoryAnswerWaitsBehindASyncThatTakesLong) {
  OpenNode& here = open(Ack::memory);
  run_until_quiet(here);
  const Lsn before = here.store->durable_to();
  SlowDisk disk(directory.path() + "/data");
  const Lsn first = here.set("key", "value");
  EXPECT_TRUE(here.node->may_answer(first));
  bool late = false;
  boost::asio::steady_timer timer(io, sync::memory_level_ahead_max + 50ms);
  timer.async_wait([&](const boost::system::error_code&) { late = true; });
  run_until([&] { return late; });
  ASSERT_EQ(here.store->durable_to(), before);
  const Lsn second = here.set("key", "another");
  EXPECT_FALSE(here.node->may_answer(second));
  EXPECT_FALSE(here.node->may_answer(first)) << "a read of the first write";
  EXPECT_TRUE(here.node->may_answer(before)) << "a read of what is on disk";
  bool answered = false;
  here.node->when_answerable(second, [&] { answered = true; });
  while (io.poll() > 0) {
  }
  EXPECT_FALSE(answered);
  disk.go_on();
  run_until([&] { return answered; });
  run_until([&] { return here.store->durable_to() >= second; });
  EXPECT_TRUE(here.node->may_answer(here.set("key", "soon again")));
}

TEST_F(OneNode, AnswersLeaveInTheOrderOfTheirWrites) {
  OpenNode& here = open(Ack::durable);
  std::string order;
  const Lsn first = here.set("a", "1"), second = here.set("b", "2");
  here.node->when_answerable(second, [&] { order += "c"; });
  here.node->when_answerable(first, [&] { order += "a"; });
  here.node->when_answerable(first, [&] { order += "b"; });
  here.node->when_answerable(second, [&] { order += "d"; });
  run_until([&] { return order.size() == 4; });
  EXPECT_EQ(order, "abcd");
}

TEST_F(OneNode, TimeStandsStillWithinATurn) {
  OpenNode& here = open(Ack::durable);
  const core::Now first = here.node->now();
  boost::asio::steady_timer later(io, 1ms);
  bool moved = false;
  later.async_wait([&](const boost::system::error_code&) { moved = here.node->now().instant > first.instant; });
  EXPECT_EQ(here.node->now().instant, first.instant);
  run_until([&] { return moved; });
}

TEST_F(OneNode, WhatWasAnsweredIsThereAfterAStop) {
  Lsn last = 0;
  {
    OpenNode& here = open(Ack::memory);
    for (int i = 0; i < 1000; ++i) last = here.set("key" + std::to_string(i), "value" + std::to_string(i));
    bool answered = false;
    here.node->when_answerable(last, [&] { answered = true; });
    here.node->stop();
    EXPECT_TRUE(answered);
    EXPECT_GE(here.store->durable_to(), last);
    EXPECT_EQ(here.store->flushed_to(), here.store->durable_to());
    opened.reset();
  }
  OpenNode& again = open(Ack::durable);
  EXPECT_GE(again.store->durable_to(), last);
  for (int i = 0; i < 1000; i += 7) EXPECT_EQ(again.get("key" + std::to_string(i)), "value" + std::to_string(i));
}

TEST_F(OneNode, AStopHurriesTheFlushThatIsUnderWay) {
  // It rests after each row, by a clock of its own.
  std::atomic<int> rests = 0;
  SqliteStore::Options options;
  options.pace = {.rows = 1, .rest = 1ms};
  options.rest = [&](core::Duration rest) {
    ++rests;
    std::this_thread::sleep_for(rest);
  };
  opened.emplace(io, directory.path() + "/data", Ack::memory, 64 << 20, std::move(options));
  for (int i = 0; i < 3'000; ++i) opened->set("key" + std::to_string(i), "value");
  run_until([&] { return rests > 0; });
  opened->node->stop();
  EXPECT_EQ(opened->store->flushed_to(), opened->store->durable_to());
  EXPECT_LT(rests, 1'500);
}

TEST_F(OneNode, WritersWaitForTheFlushAndGoOn) {
  OpenNode& here = open(Ack::memory, 256 * 1024);
  int written = 0, resumed = 0;
  std::function<void()> write = [&] {
    while (!here.node->full() && written < 20'000) here.set("key" + std::to_string(written++), std::string(200, 'v'));
    if (written < 20'000) {
      ++resumed;
      here.node->when_not_full(write);
    }
  };
  write();
  EXPECT_LT(written, 20'000);
  run_until([&] { return written == 20'000; });
  EXPECT_GT(resumed, 1);
}

TEST_F(OneNode, ExpiredKeysGoByThemselves) {
  OpenNode& here = open(Ack::memory);
  {
    sync::Transaction transaction = here.replica->begin(Space{}, here.node->now());
    auto access = transaction.key("short");
    ASSERT_TRUE(access.has_value());
    ASSERT_TRUE(access->write().set("lived", here.node->now().wall + 20ms).has_value());
  }
  here.node->used();
  run_until([&] { return here.replica->begin(Space{}, here.node->now()).size() == 0; });
}

TEST_F(OneNode, AFailedWriteStopsTheNodeAndNoAnswerLeaves) {
  OpenNode& here = open(Ack::durable);
  run_until_quiet(here);
  // Quick commits, so that the loop has begun to do them by itself.
  for (unsigned i = 0; i < 3 * SyncPace::trial; ++i) {
    here.set("key", "value");
    run_until_quiet(here);
  }
  // No file may grow: an error like any other, and no full disk, which ends by itself.
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  bool answered = false;
  here.node->when_answerable(here.set("key", std::string(10'000, 'v')), [&] { answered = true; });
  io.restart();
  io.run_for(60s);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_TRUE(io.stopped());
  EXPECT_TRUE(here.node->failure().has_value());
  EXPECT_FALSE(answered);
  here.node->stop();
  EXPECT_FALSE(answered);
}

// Two nodes on one loop, their frames carried over by hand.
class TwoReplicatingNodes : public testing::Test {
 protected:
  TwoReplicatingNodes() { EXPECT_TRUE(start_entropy().has_value()); }

  void connect(OpenNode& from, OpenNode& to) {
    from.node->set_frame_sink([&](sync::Frame frame) {
      ++frames;
      // A frame leaves only when all that it tells of is on disk: what the other then knows, we can never forget.
      boost::asio::post(io, [&to, frame] {
        EXPECT_TRUE(to.replica->receive(to.node->now(), frame.to, frame.space, frame.bytes).has_value());
        to.node->used();
      });
    });
    from.replica->peer_found(from.node->now(), sync::LinkId{1}, {Space{}});
    from.node->used();
  }

  tests::TemporaryDirectory directory;
  boost::asio::io_context io;
  OpenNode one{io, directory.path() + "/one", Ack::durable}, other{io, directory.path() + "/other", Ack::memory};
  int frames = 0;
};

TEST_F(TwoReplicatingNodes, AWriteArrivesAndItWasDurableBefore) {
  connect(one, other);
  connect(other, one);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  const auto run_until = [&](auto condition) {
    while (!condition() && std::chrono::steady_clock::now() < deadline) io.run_one_until(deadline);
    ASSERT_TRUE(condition());
  };
  const Lsn lsn = one.set("from", "one");
  run_until([&] { return other.get("from") == "one"; });
  EXPECT_GE(one.store->durable_to(), lsn);
  const Lsn back = other.set("from", "other");
  run_until([&] { return one.get("from") == "other"; });
  EXPECT_GE(other.store->durable_to(), back);
  EXPECT_GE(frames, 4);
}

}  // namespace
}  // namespace skerry::edge
