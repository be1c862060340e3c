#include "edge/demo_ocean.h"

#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace skerry::edge {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

// Three listeners in place of nodes; the ocean runs on its own thread, so the test may block.
class ThreeShores : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = DemoOcean::open(
        {shores[0].local_endpoint().port(), shores[1].local_endpoint().port(), shores[2].local_endpoint().port()},
        {{0, 1, 5ms}, {0, 2, 30ms}, {1, 2, 10ms}}, 1);
    ASSERT_TRUE(opened.has_value());
    ocean = std::move(*opened);
  }

  struct Ends {
    tcp::socket near, far;
  };
  Ends dial(std::size_t from, std::size_t to) {
    tcp::socket near(io);
    near.connect({asio::ip::address_v4::loopback(), ocean->port(from, to)});
    return {std::move(near), shores[to].accept()};
  }

  // How long a byte took.
  Clock::duration send(tcp::socket& from, tcp::socket& to) {
    const auto sent = Clock::now();
    char byte = 'x';
    asio::write(from, asio::buffer(&byte, 1));
    asio::read(to, asio::buffer(&byte, 1));
    return Clock::now() - sent;
  }

  asio::io_context io;
  const tcp::endpoint any{asio::ip::address_v4::loopback(), 0};
  std::array<tcp::acceptor, 3> shores{tcp::acceptor(io, any), tcp::acceptor(io, any), tcp::acceptor(io, any)};
  std::unique_ptr<DemoOcean> ocean;
};

TEST_F(ThreeShores, EachPairHasItsDistanceBothWays) {
  Ends far = dial(0, 2);
  EXPECT_GE(send(far.near, far.far), 30ms);
  EXPECT_GE(send(far.far, far.near), 30ms);
  Ends back = dial(2, 0);
  EXPECT_GE(send(back.near, back.far), 30ms);
  Ends near = dial(1, 0);
  EXPECT_GE(send(near.near, near.far), 5ms);
}

TEST_F(ThreeShores, ACutLeavesTheOthersConnected) {
  Ends healthy = dial(0, 1), cut = dial(1, 2);
  ocean->cut(2);
  char byte = 'x';
  asio::write(cut.near, asio::buffer(&byte, 1));
  EXPECT_GE(send(healthy.near, healthy.far), 5ms);
  EXPECT_EQ(cut.far.available(), 0u);
  ocean->heal(2);
  EXPECT_EQ(asio::read(cut.far, asio::buffer(&byte, 1)), 1u);
}

}  // namespace
}  // namespace skerry::edge
