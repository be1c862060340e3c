// A broken promise of our own ends the process, in every build, and says where.
#include "core/ensure.h"

#include <gtest/gtest.h>

namespace skerry::core {
namespace {

TEST(Ensure, LetsWhatHoldsPass) {
  ensure(true);
}

TEST(EnsureDeathTest, AbortsAndSaysWhere) {
  EXPECT_DEATH(ensure(false), "ensure_test.cc:[0-9]+");
}

}  // namespace
}  // namespace skerry::core
