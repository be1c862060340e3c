// A piece of ocean: a TCP relay that lets each byte arrive `one_way` later than it was sent, in order, and that can be
// cut.  For the demo and for tests: several nodes on one machine then meet the distances of a world.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "core/result.h"

namespace skerry::edge {

struct DelayLineOptions {
  std::uint16_t target_port = 0;  // on 127.0.0.1, as the line itself
  std::chrono::microseconds one_way{};
  std::chrono::microseconds jitter_max{};  // each read waits up to this much longer; the order is kept
  std::uint64_t seed = 0;
};

// One thread: the io_context's.
class DelayLine {
 public:
  // Listens on a free port of 127.0.0.1.  `io` outlives the line.  Fails with `io` if no port is to be had.
  static core::Result<std::unique_ptr<DelayLine>> open(boost::asio::io_context& io, const DelayLineOptions& options);
  // Closes the port and every connection.
  ~DelayLine();

  std::uint16_t port() const;

  // Silence, as on a cut cable: connections stay open, nothing passes, new ones get no answer.
  void cut();
  // What was sent meanwhile is sent again, as TCP would, and arrives a crossing later.
  void heal();

 private:
  struct Line;
  explicit DelayLine(std::shared_ptr<Line> line);
  std::shared_ptr<Line> line_;
};

}  // namespace skerry::edge
