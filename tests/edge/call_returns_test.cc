#include "edge/call_returns.h"

#include <gtest/gtest.h>
#include <kj/async.h>

#include <vector>

namespace skerry::edge {
namespace {

class CallReturnsTest : public testing::Test {
 protected:
  ~CallReturnsTest() noexcept override {}

  void call(std::size_t bytes) {
    promises.push_back(returns.add(bytes).then([this] { ++returned; }).eagerlyEvaluate(nullptr));
    scope.poll();
  }
  void pass(kj::Duration duration) {
    timer.advanceTo(timer.now() + duration);
    scope.poll();
  }

  kj::EventLoop loop;
  kj::WaitScope scope{loop};
  kj::TimerImpl timer{kj::origin<kj::TimePoint>()};
  CallReturns returns{timer};
  std::vector<kj::Promise<void>> promises;
  int returned = 0;
};

TEST_F(CallReturnsTest, CallsReturnTogetherALittleLater) {
  call(100);
  pass(3 * kj::MILLISECONDS);
  call(100);
  pass(1 * kj::MILLISECONDS);
  EXPECT_EQ(returned, 0);
  pass(1 * kj::MILLISECONDS);
  EXPECT_EQ(returned, 2);
  call(100);
  pass(4 * kj::MILLISECONDS);
  EXPECT_EQ(returned, 2);
  pass(1 * kj::MILLISECONDS);
  EXPECT_EQ(returned, 3);
}

TEST_F(CallReturnsTest, MuchReturnsAtOnce) {
  call(CallReturns::unreturned_bytes_max - 1);
  EXPECT_EQ(returned, 0);
  call(1);
  EXPECT_EQ(returned, 2);
  call(1);
  EXPECT_EQ(returned, 2);
  // The wait that began with the first call is over with it.
  pass(4 * kj::MILLISECONDS);
  EXPECT_EQ(returned, 2);
  pass(1 * kj::MILLISECONDS);
  EXPECT_EQ(returned, 3);
}

}  // namespace
}  // namespace skerry::edge
