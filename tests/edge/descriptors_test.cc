#include "edge/descriptors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace skerry::edge {
namespace {

// In a process of its own, for a lowered limit cannot be raised again: how many of 500 clients fit, and the limit then.
struct Limits {
  rlim_t soft, hard;
};
[[noreturn]] void expect_in_here(Limits limits, std::size_t fit, rlim_t soft_then) {
  const rlimit before{limits.soft, limits.hard};
  if (::setrlimit(RLIMIT_NOFILE, &before) != 0) std::_Exit(2);
  const std::size_t fitting = clients_that_fit(500);
  rlimit after{};
  ::getrlimit(RLIMIT_NOFILE, &after);
  std::_Exit(fitting == fit && after.rlim_cur == soft_then ? 0 : 1);
}

TEST(Descriptors, TheLimitIsRaisedAsFarAsItMayBeAndSomeAreKept) {
  const rlim_t needed = 500 + descriptors_kept;
  EXPECT_EXIT(expect_in_here({100, 4'000}, 500, needed), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(expect_in_here({2'000, 4'000}, 500, 2'000), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(expect_in_here({100, needed}, 500, needed), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(expect_in_here({100, needed - 1}, 499, needed - 1), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(expect_in_here({100, 100}, 1, 100), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace skerry::edge
