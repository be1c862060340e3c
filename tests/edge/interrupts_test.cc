#include "edge/interrupts.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

TEST(Interrupts, AreNotThereUnlessSomebodyAsks) {
  Interrupts interrupts;
  EXPECT_FALSE(interrupts.interrupted());
  EXPECT_TRUE(interrupts.wait(1ms));
}

TEST(Interrupts, EndEveryWaitAtOnceFromThenOn) {
  for (int signal : {SIGINT, SIGTERM}) {
    Interrupts interrupts;
    ASSERT_EQ(::raise(signal), 0);
    EXPECT_FALSE(interrupts.wait(60s));
    EXPECT_FALSE(interrupts.wait(60s));
    EXPECT_TRUE(interrupts.interrupted());
  }
}

TEST(Interrupts, AreForgottenWithTheirObject) {
  {
    Interrupts interrupts;
    ASSERT_EQ(::raise(SIGINT), 0);
  }
  Interrupts interrupts;
  EXPECT_FALSE(interrupts.interrupted());
}

}  // namespace
}  // namespace skerry::edge
