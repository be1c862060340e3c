// How often something may happen, and how often each address may come.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <map>

#include "core/time.h"

namespace skerry::edge {

struct Rate {
  core::Duration every;  // in the long run
  unsigned burst = 1;    // at once, after a pause
};

// The generic cell rate algorithm (ITU-T I.371): a bucket of tokens, kept as the one instant when it is full again.
class Pace {
 public:
  // Whether it may happen now; if so, it counts.  Time never falls.
  bool admits(const Rate& rate, core::Instant now);
  bool rested(core::Instant now) const { return full_at_ <= now; }

 private:
  core::Instant full_at_ = core::Instant::min();
};

// What stands for all addresses that one host may freely take: of IPv6 the first 64 bits.
boost::asio::ip::address network_of(const boost::asio::ip::address& address);

class ArrivalRate {
 public:
  struct Options {
    Rate rate{std::chrono::milliseconds(50), 5};
    std::size_t networks_max = 4'096;  // remembered at a time; beyond it newcomers are admitted uncounted
  };
  explicit ArrivalRate(Options options) : options_(options) {}

  bool admits(const boost::asio::ip::address& network, core::Instant now);
  std::size_t networks() const { return paces_.size(); }

 private:
  Options options_;
  std::map<boost::asio::ip::address, Pace> paces_;
};

}  // namespace skerry::edge
