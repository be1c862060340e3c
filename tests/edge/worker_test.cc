#include "edge/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace skerry::edge {
namespace {

TEST(Worker, DoesNothingUnasked) {
  std::atomic<int> runs = 0;
  {
    Worker worker("test", {[&] { ++runs; }, {}, {}});
    EXPECT_TRUE(worker.idle());
  }
  EXPECT_EQ(runs, 0);
}

TEST(Worker, RunsWhenPoked) {
  std::atomic<int> runs = 0;
  Worker worker("test", {[&] { ++runs; }, {}, {}});
  worker.poke();
  worker.wait_idle();
  EXPECT_EQ(runs, 1);
  worker.poke();
  worker.wait_idle();
  EXPECT_EQ(runs, 2);
}

TEST(Worker, PokesWhileItWorksMakeOneMoreRun) {
  std::promise<void> entered, leave;
  std::shared_future<void> may_leave = leave.get_future().share();
  std::atomic<int> runs = 0;
  const auto work = [&] {
    if (++runs == 1) {
      entered.set_value();
      may_leave.wait();
    }
  };
  Worker worker("test", {work, {}, {}});
  worker.poke();
  entered.get_future().wait();
  worker.poke();
  worker.poke();
  worker.poke();
  EXPECT_FALSE(worker.idle());
  leave.set_value();
  worker.wait_idle();
  EXPECT_EQ(runs, 2);
}

TEST(Worker, FinishesWhatWasAskedBeforeItEnds) {
  for (int i = 0; i < 100; ++i) {
    std::atomic<int> runs = 0;
    {
      Worker worker("test", {[&] { ++runs; }, {}, {}});
      worker.poke();
    }
    ASSERT_EQ(runs, 1);
  }
}

TEST(Worker, SettlesOnceAfterItsWork) {
  std::atomic<int> runs = 0, settlings = 0;
  std::promise<void> settled;
  const auto settle = [&] {
    EXPECT_EQ(runs, 1);
    if (++settlings == 1) settled.set_value();
  };
  {
    Worker worker("test", {[&] { ++runs; }, settle, std::chrono::milliseconds(1)});
    EXPECT_EQ(settlings, 0);
    worker.poke();
    settled.get_future().wait();
  }
  EXPECT_EQ(settlings, 1);
}

TEST(Worker, DoesNotSettleWhileItIsPokedAgainSoonEnough) {
  std::atomic<int> settlings = 0;
  {
    Worker worker("test", {[] {}, [&] { ++settlings; }, std::chrono::hours(1)});
    for (int i = 0; i < 100; ++i) {
      worker.poke();
      worker.wait_idle();
    }
  }
  EXPECT_EQ(settlings, 0);
}

TEST(Worker, AnotherThreadMayStandInWhileItRests) {
  std::atomic<int> runs = 0;
  Worker worker("test", {[&] { ++runs; }, {}, {}});
  bool done = false;
  EXPECT_TRUE(worker.stand_in([&] {
    EXPECT_FALSE(worker.idle());
    EXPECT_FALSE(worker.stand_in([] { FAIL() << "two at once"; }));
    done = true;
  }));
  EXPECT_TRUE(done);
  EXPECT_TRUE(worker.idle());
  EXPECT_EQ(runs, 0);
}

TEST(Worker, NobodyStandsInWhileItWorks) {
  std::promise<void> entered, leave;
  const auto work = [&] {
    entered.set_value();
    leave.get_future().wait();
  };
  Worker worker("test", {work, {}, {}});
  worker.poke();
  EXPECT_FALSE(worker.stand_in([] { FAIL() << "the worker was asked already"; }));
  entered.get_future().wait();
  EXPECT_FALSE(worker.stand_in([] { FAIL() << "the worker works"; }));
  leave.set_value();
}

TEST(Worker, APokeDuringAStandInIsForAfterwards) {
  std::atomic<bool> standing_in = false;
  std::atomic<int> runs = 0;
  const auto work = [&] {
    EXPECT_FALSE(standing_in);
    ++runs;
  };
  Worker worker("test", {work, {}, {}});
  for (int i = 1; i <= 1000; ++i) {
    ASSERT_TRUE(worker.stand_in([&] {
      standing_in = true;
      worker.poke();
      std::this_thread::yield();
      standing_in = false;
    }));
    worker.wait_idle();
    ASSERT_EQ(runs, i);
  }
}

TEST(Worker, WhoWaitsForItWaitsForAStandInToo) {
  Worker worker("test", {[] {}, {}, {}});
  std::thread waiting;
  std::atomic<bool> standing_in = false;
  std::promise<void> begun;
  EXPECT_TRUE(worker.stand_in([&] {
    standing_in = true;
    waiting = std::thread([&] {
      begun.set_value();
      worker.wait_idle();
      EXPECT_FALSE(standing_in);
    });
    begun.get_future().wait();
    std::this_thread::yield();
    standing_in = false;
  }));
  waiting.join();
}

TEST(Worker, SignalsWaitForAStandIn) {
  Worker worker("test", {[] {}, {}, {}});
  const auto blocks = [] {
    sigset_t now;
    pthread_sigmask(SIG_BLOCK, nullptr, &now);
    return sigismember(&now, SIGTERM) == 1;
  };
  EXPECT_TRUE(worker.stand_in([&] { EXPECT_TRUE(blocks()); }));
  EXPECT_FALSE(blocks());
}

TEST(Worker, SettlesAfterAStandIn) {
  std::promise<void> settled;
  Worker worker("test", {[] {}, [&] { settled.set_value(); }, std::chrono::milliseconds(1)});
  EXPECT_TRUE(worker.stand_in([] {}));
  settled.get_future().wait();
}

TEST(Worker, NobodyStandsInWhileItSettles) {
  std::promise<void> settling, leave;
  const auto settle = [&] {
    settling.set_value();
    leave.get_future().wait();
  };
  Worker worker("test", {[] {}, settle, std::chrono::milliseconds(1)});
  worker.poke();
  settling.get_future().wait();
  EXPECT_FALSE(worker.stand_in([] { FAIL() << "it settles"; }));
  leave.set_value();
}

}  // namespace
}  // namespace skerry::edge
