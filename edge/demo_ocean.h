// The distances between the demo's regions: a delay line for each directed pair, run by a thread of their own, so that
// the delays hold while the story waits for answers.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.h"
#include "edge/delay_line.h"

namespace skerry::edge {

// Regions are counted from 0.
class DemoOcean {
 public:
  struct Distance {
    std::size_t one = 0, other = 0;
    std::chrono::milliseconds one_way{};
  };

  // `peer_ports`: where each region's node takes sessions.  A line for both directions of every distance.
  static core::Result<std::unique_ptr<DemoOcean>> open(const std::vector<std::uint16_t>& peer_ports,
                                                       const std::vector<Distance>& distances, std::uint64_t seed);
  ~DemoOcean();

  // Where the node of `from` dials to reach `to`.  REQUIRES a distance between the two.
  std::uint16_t port(std::size_t from, std::size_t to) const;

  // Every line from or to the region.  When these return it has happened.
  void cut(std::size_t region);
  void heal(std::size_t region);

 private:
  DemoOcean();
  void each_line_of(std::size_t region, void (DelayLine::*act)());

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<DelayLine>> lines_;
  std::thread thread_;
};

}  // namespace skerry::edge
