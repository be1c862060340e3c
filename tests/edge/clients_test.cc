#include "edge/clients.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/edge/captured_log.h"
#include "tests/edge/client_fixture.h"

namespace skerry::edge {
namespace {

TEST(Clients, RefuseBeyondTheCapAndTakeAgainBelowIt) {
  ServedNode node(Ack::memory, 2);
  BlockingClient one(node.port());
  auto two = std::make_unique<BlockingClient>(node.port());
  EXPECT_EQ(one.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  EXPECT_EQ(two->ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  const std::string refusal = "-ERR max number of clients reached\r\n";
  BlockingClient three(node.port());
  EXPECT_EQ(three.receive(refusal.size()), refusal);
  EXPECT_TRUE(three.ended());
  two.reset();
  EXPECT_TRUE(node.sessions_become(1));
  BlockingClient four(node.port());
  EXPECT_EQ(four.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
}

TEST(Clients, SayWhyAnAddressCannotBeHad) {
  ServedNode node(Ack::memory);
  const auto again = node.in_loop([&node] {
    boost::asio::io_context io;
    tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
    return node.listen(taken.local_endpoint());
  });
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, core::ErrorCode::io);
  EXPECT_NE(again.error().detail.find("cannot listen at 127.0.0.1"), std::string::npos);
}

TEST(Clients, WithoutADescriptorTheyWaitAndTheLogSaysSoOnce) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's vptr check, built beside it, needs a pipe, and takes its lack for a bad object";
#endif
  const tests::CapturedLog log;
  ServedNode node(Ack::memory);
  BlockingClient before(node.port());
  EXPECT_EQ(before.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  boost::asio::io_context io;
  tcp::socket waiting(io, tcp::v4());  // has its own descriptor; the node finds none for the other end
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{3, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  waiting.connect({boost::asio::ip::address_v4::loopback(), node.port()});
  EXPECT_TRUE(node.comes_true([&log] { return log.lines() > 0; }));
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(350);  // three tries more
  node.comes_true([until] { return std::chrono::steady_clock::now() > until; });
  EXPECT_EQ(before.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_TRUE(node.sessions_become(2));
  EXPECT_EQ(log.lines(), 1u) << log.text();
}

TEST(Clients, AConnectionStormLeavesNothingBehind) {
  ServedNode node(Ack::memory, 1'000);
  for (int round = 0; round < 5; ++round) {
    std::vector<std::unique_ptr<BlockingClient>> many;
    for (int i = 0; i < 100; ++i) many.push_back(std::make_unique<BlockingClient>(node.port()));
    for (auto& client : many) client->send("SET k v\r\nGET k\r\n");
    EXPECT_EQ(many[99]->receive(5), "+OK\r\n");
  }
  EXPECT_TRUE(node.sessions_become(0));
}

}  // namespace
}  // namespace skerry::edge
