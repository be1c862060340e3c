#include "edge/demo_ocean.h"

#include <boost/asio/post.hpp>
#include <future>

namespace skerry::edge {
namespace {

// A hundredth of the way, as routes on land and in the sea show it.
constexpr int jitter_share = 100;

}  // namespace

DemoOcean::DemoOcean() : work_(boost::asio::make_work_guard(io_)) {}

core::Result<std::unique_ptr<DemoOcean>> DemoOcean::open(const std::vector<std::uint16_t>& peer_ports,
                                                         const std::vector<Distance>& distances, std::uint64_t seed) {
  std::unique_ptr<DemoOcean> ocean(new DemoOcean);
  for (const Distance& distance : distances) {
    for (const auto& [from, to] : {std::pair(distance.one, distance.other), std::pair(distance.other, distance.one)}) {
      auto line = DelayLine::open(ocean->io_, {.target_port = peer_ports.at(to),
                                               .one_way = distance.one_way,
                                               .jitter_max = std::chrono::microseconds(distance.one_way) / jitter_share,
                                               .seed = seed++});
      if (!line) return tl::make_unexpected(line.error());
      ocean->lines_.emplace(std::pair(from, to), std::move(*line));
    }
  }
  ocean->thread_ = std::thread([&io = ocean->io_] { io.run(); });
  return ocean;
}

DemoOcean::~DemoOcean() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

std::uint16_t DemoOcean::port(std::size_t from, std::size_t to) const {
  return lines_.at({from, to})->port();
}

void DemoOcean::cut(std::size_t region) {
  each_line_of(region, &DelayLine::cut);
}

void DemoOcean::heal(std::size_t region) {
  each_line_of(region, &DelayLine::heal);
}

void DemoOcean::each_line_of(std::size_t region, void (DelayLine::*act)()) {
  std::promise<void> done;
  boost::asio::post(io_, [&] {
    for (const auto& [pair, line] : lines_) {
      if (pair.first == region || pair.second == region) ((*line).*act)();
    }
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace skerry::edge
