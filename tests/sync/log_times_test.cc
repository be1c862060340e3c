#include "sync/log_times.h"

#include <gtest/gtest.h>

namespace skerry::sync {
namespace {

using namespace std::chrono_literals;

core::Instant at(std::int64_t second) {
  return core::Instant{std::chrono::seconds(second)};
}

TEST(LogTimes, SaysWhenAnEntryCame) {
  LogTimes times;
  times.note(1, at(1));  // empty
  times.note(4, at(2));  // entries 1 to 3
  times.note(4, at(3));
  times.note(9, at(4));
  EXPECT_EQ(times.came_at(1, at(5)), at(2));
  EXPECT_EQ(times.came_at(3, at(5)), at(2));
  EXPECT_EQ(times.came_at(4, at(5)), at(4));
  EXPECT_EQ(times.came_at(9, at(5)), at(5));  // not there yet
}

TEST(LogTimes, SaysWhichEntriesAreNew) {
  LogTimes times;
  EXPECT_EQ(times.first_since(at(1)), 1u);
  times.note(4, at(2));  // entries 1 to 3, loaded
  EXPECT_EQ(times.first_since(at(1)), 4u);
  times.note(9, at(4));
  times.note(11, at(6));
  EXPECT_EQ(times.first_since(at(4)), 4u);
  EXPECT_EQ(times.first_since(at(5)), 9u);
  EXPECT_EQ(times.first_since(at(6)), 9u);
  EXPECT_EQ(times.first_since(at(7)), 11u);
}

TEST(LogTimes, GrowsCoarseAndNotLong) {
  LogTimes times;
  for (Position end = 2; end < 100'000; ++end) times.note(end, at(static_cast<std::int64_t>(end)));
  const core::Instant now = at(100'000);
  for (Position position = 1; position < 99'000; position += 997) {
    const core::Duration age = now - at(static_cast<std::int64_t>(position) + 1);
    const core::Duration told = now - times.came_at(position, now);
    EXPECT_GE(told, age);
    EXPECT_LE(told, age + age / 20 + 2s);
  }
}

}  // namespace
}  // namespace skerry::sync
