#include "sync/send_window.h"

#include <gtest/gtest.h>

namespace skerry::sync {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant start{10s};

TEST(SendWindow, BeginsSmall) {
  const SendWindow window;
  EXPECT_EQ(window.bytes(), window_bytes_min);
  EXPECT_EQ(window.chunk_bytes(), chunk_bytes_min);
}

TEST(SendWindow, TriplesWithEachRoundTripOfAQuickRoadUpToItsLimit) {
  SendWindow window;
  core::Instant now = start;
  for (int round = 0; round < 5; ++round, now += 600ms)
    window.acknowledged(window.bytes(), window.bytes(), now - 600ms, now);
  EXPECT_EQ(window.bytes(), link_bytes_in_flight_max);
  EXPECT_GE(window.chunk_bytes(), chunk_bytes_aim);
}

TEST(SendWindow, StaysWhereARoadTakesASecondOrTwo) {
  SendWindow window;
  window.acknowledged(window.bytes(), window.bytes(), start - 1s, start);
  const std::size_t bytes = window.bytes();
  EXPECT_EQ(bytes, 3 * window_bytes_min);
  window.acknowledged(bytes, window.bytes(), start, start + 1s + 1ms);
  window.acknowledged(bytes, window.bytes(), start, start + 4s);
  EXPECT_EQ(window.bytes(), bytes);
}

TEST(SendWindow, IsCutOnceForAllThatWasSentBefore) {
  SendWindow window;
  for (int i = 0; i < 7; ++i) window.acknowledged(window.bytes(), window.bytes(), start, start);
  const std::size_t bytes = window.bytes();
  for (int chunk = 0; chunk < 5; ++chunk)
    window.acknowledged(1'000, window.bytes(), start + chunk * 1ms, start + 5s + chunk * 1ms);
  EXPECT_EQ(window.bytes(), bytes / 2);
  window.acknowledged(1'000, window.bytes(), start + 5s, start + 10s);
  EXPECT_EQ(window.bytes(), bytes / 4);
}

TEST(SendWindow, LearnsNothingFromATrickle) {
  SendWindow window;
  for (int i = 0; i < 1'000; ++i) window.acknowledged(1'000, window.bytes() / 2 - 1, start, start);
  EXPECT_EQ(window.bytes(), window_bytes_min);
  window.acknowledged(1'000, window.bytes() / 2, start, start);
  EXPECT_GT(window.bytes(), window_bytes_min);
}

TEST(SendWindow, IsNeverLessThanItBeginsWith) {
  SendWindow window;
  for (int i = 1; i < 9; ++i) window.acknowledged(1'000, window.bytes(), start + i * 10s, start + i * 10s + 9s);
  EXPECT_EQ(window.bytes(), window_bytes_min);
}

}  // namespace
}  // namespace skerry::sync
