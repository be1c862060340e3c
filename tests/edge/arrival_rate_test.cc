#include "edge/arrival_rate.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

core::Instant at(core::Duration time) {
  return core::Instant(1h) + time;
}

TEST(Pace, AdmitsABurstAndThenAtItsRate) {
  Pace pace;
  const Rate rate{50ms, 5};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(pace.admits(rate, at(0ms))) << i;
  EXPECT_FALSE(pace.admits(rate, at(0ms)));
  EXPECT_FALSE(pace.admits(rate, at(49ms)));
  EXPECT_TRUE(pace.admits(rate, at(50ms))) << "what was refused does not count";
  EXPECT_FALSE(pace.admits(rate, at(50ms)));
  int admitted = 0;
  for (int i = 51; i <= 1'050; ++i) admitted += pace.admits(rate, at(std::chrono::milliseconds(i))) ? 1 : 0;
  EXPECT_EQ(admitted, 20);
  EXPECT_FALSE(pace.rested(at(1'050ms)));
  EXPECT_TRUE(pace.rested(at(1'300ms)));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(pace.admits(rate, at(10s))) << "no more than a burst is saved up";
  EXPECT_FALSE(pace.admits(rate, at(10s)));
}

TEST(NetworkOf, IsWhatOneHostMayTake) {
  EXPECT_EQ(network_of(make_address("10.0.0.1")), make_address("10.0.0.1"));
  EXPECT_EQ(network_of(make_address("::ffff:10.0.0.1")), make_address("10.0.0.1"));
  EXPECT_EQ(network_of(make_address("2001:db8:1:2:3:4:5:6")), make_address("2001:db8:1:2::"));
}

TEST(ArrivalRate, CountsEachNetworkForItselfAndForgetsWhoRested) {
  ArrivalRate arrivals({.rate = {50ms, 1}, .networks_max = 2});
  EXPECT_TRUE(arrivals.admits(make_address("10.0.0.1"), at(0ms)));
  EXPECT_FALSE(arrivals.admits(make_address("10.0.0.1"), at(1ms)));
  EXPECT_TRUE(arrivals.admits(make_address("10.0.0.2"), at(20ms)));
  EXPECT_TRUE(arrivals.admits(make_address("10.0.0.3"), at(20ms))) << "there is no place to count it";
  EXPECT_EQ(arrivals.networks(), 2u);
  EXPECT_TRUE(arrivals.admits(make_address("10.0.0.3"), at(60ms)));
  EXPECT_EQ(arrivals.networks(), 2u);
  EXPECT_FALSE(arrivals.admits(make_address("10.0.0.2"), at(60ms))) << "it has not been forgotten too early";
}

}  // namespace
}  // namespace skerry::edge
