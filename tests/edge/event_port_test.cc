#include "edge/event_port.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <functional>
#include <string>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

class EventPortTest : public testing::Test {
 protected:
  // Runs the loop until nothing is left to do, but not for ever.
  void run() {
    io.restart();
    io.run_for(5s);
  }

  boost::asio::io_context io;
  RpcLoop loop{io};
  std::string log;
};

TEST_F(EventPortTest, PromisesMadeAnywhereRunWithoutBeingWaitedFor) {
  auto first = kj::evalLater([&] { log += "a"; }).eagerlyEvaluate(nullptr);
  boost::asio::post(io, [&] { log += "b"; });
  run();
  EXPECT_EQ(log.size(), 2u);
  kj::Promise<void> second = nullptr;
  boost::asio::post(io, [&] { second = kj::evalLater([&] { log += "c"; }).eagerlyEvaluate(nullptr); });
  run();
  EXPECT_EQ(log.substr(2), "c");
}

TEST_F(EventPortTest, DispatchRunsWhatTheHandlerCausedBeforeTheNextHandler) {
  kj::Promise<void> promise = nullptr;
  boost::asio::post(io, [&] {
    loop.dispatch([&] {
      promise = kj::evalLater([&] { log += "caused "; }).eagerlyEvaluate(nullptr);
      loop.dispatch([&] { log += "nested "; });
    });
    log += "after ";
  });
  boost::asio::post(io, [&] { log += "next"; });
  run();
  EXPECT_EQ(log, "nested caused after next");
}

TEST_F(EventPortTest, AFulfillerCalledByAnAsioHandlerWakesThePromise) {
  auto pair = kj::newPromiseAndFulfiller<int>();
  auto promise = pair.promise.then([&](int value) { log += std::to_string(value); }).eagerlyEvaluate(nullptr);
  boost::asio::post(io, [&] { pair.fulfiller->fulfill(7); });
  run();
  EXPECT_EQ(log, "7");
}

TEST_F(EventPortTest, ManyEventsGiveWayToAsioAndStillAllRun) {
  int turns = 0, others = 0;
  std::function<kj::Promise<void>()> next = [&]() -> kj::Promise<void> {
    if (++turns == 5'000) return kj::READY_NOW;
    if (turns % 1'000 == 1) boost::asio::post(io, [&] { others += turns < 5'000 ? 1 : 0; });
    return kj::evalLater([&] { return next(); });
  };
  auto promise = kj::evalLater([&] { return next(); }).eagerlyEvaluate(nullptr);
  run();
  EXPECT_EQ(turns, 5'000);
  EXPECT_GE(others, 4) << "handlers ran between the events";
}

TEST_F(EventPortTest, TimersFireInTheirOrderAndACancelledOneDoesNot) {
  auto late = loop.timer().afterDelay(20 * kj::MILLISECONDS).then([&] { log += "late"; }).eagerlyEvaluate(nullptr);
  auto soon = loop.timer().afterDelay(2 * kj::MILLISECONDS).then([&] { log += "soon "; }).eagerlyEvaluate(nullptr);
  auto never = loop.timer().afterDelay(5 * kj::MILLISECONDS).then([&] { log += "never "; }).eagerlyEvaluate(nullptr);
  never = nullptr;
  run();
  EXPECT_EQ(log, "soon late");
}

TEST_F(EventPortTest, WaitingRunsAsioUntilThePromiseIsKept) {
  auto pair = kj::newPromiseAndFulfiller<int>();
  boost::asio::post(io, [&] { loop.dispatch([&] { pair.fulfiller->fulfill(7); }); });
  EXPECT_EQ(pair.promise.wait(loop.scope()), 7);
  EXPECT_THROW(loop.timer().timeoutAfter(1 * kj::MILLISECONDS, kj::Promise<void>(kj::NEVER_DONE)).wait(loop.scope()),
               kj::Exception);
}

}  // namespace

// A loop of its own, since a thread has but one.
TEST(EventPortEnd, HandlersLeftBehindDoNothing) {
  boost::asio::io_context io;
  {
    RpcLoop loop(io);
    auto timer = loop.timer().afterDelay(1 * kj::MILLISECONDS).eagerlyEvaluate(nullptr);
    auto promise = kj::evalLater([] {}).eagerlyEvaluate(nullptr);
    io.poll_one();
  }
  io.restart();
  EXPECT_NO_THROW(io.run_for(std::chrono::milliseconds(100)));
}

}  // namespace skerry::edge
