#include "edge/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, WaitsDoubleUpToTheirLimitWithinTheirJitter) {
  Backoff backoff({.wait_min = 100ms, .wait_max = 1000ms}, 1);
  for (const auto wait : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms, 1000ms}) {
    const auto next = backoff.next();
    EXPECT_GE(next, wait / 2);
    EXPECT_LE(next, wait);
  }
}

TEST(Backoff, AfterASuccessItIsQuickAgain) {
  Backoff backoff({}, 1);
  for (int i = 0; i < 20; ++i) backoff.next();
  EXPECT_GT(backoff.next(), 10s);
  backoff.reset();
  EXPECT_LE(backoff.next(), 100ms);
}

TEST(Backoff, TwoDoNotWaitAlike) {
  std::set<std::chrono::milliseconds> waits;
  for (std::uint64_t seed = 0; seed < 20; ++seed) waits.insert(Backoff({}, seed).next());
  EXPECT_GT(waits.size(), 8u);
}

}  // namespace
}  // namespace skerry::edge
