#include "edge/ready_links.h"

#include <gtest/gtest.h>

#include <deque>

#include "tests/edge/client_fixture.h"

namespace skerry::edge {
namespace {

std::string set(const std::string& key, const std::string& value) {
  return "*3\r\n$3\r\nSET\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n$" + std::to_string(value.size()) +
         "\r\n" + value + "\r\n";
}
std::string get(const std::string& key) {
  return "*2\r\n$3\r\nGET\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n";
}

// More than one group, in two spaces, all of them waiting when the loop looks again.
TEST(ReadyLinks, EachGetsTheAnswersToItsOwnRequests) {
  constexpr int count = 40;
  ServedNode node(Ack::memory, count);
  std::deque<BlockingClient> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(node.port());
    EXPECT_EQ(clients.back().ask(i % 2 == 0 ? "SELECT 0\r\n" : "SELECT 1\r\n", "+OK\r\n"), "+OK\r\n");
  }
  for (int round = 0; round < 3; ++round) {
    const auto value = [&](int i) { return "value of " + std::to_string(100 * round + i); };
    node.in_loop([&] {
      for (int i = 0; i < count; ++i) clients[i].send(set("key", "stranger's") + set(std::to_string(i), value(i)));
    });
    for (int i = 0; i < count; ++i) EXPECT_EQ(clients[i].receive(10), "+OK\r\n+OK\r\n");
    node.in_loop([&] {
      for (int i = 0; i < count; ++i) clients[i].send(get(std::to_string(i)) + get(std::to_string(i ^ 1)));
    });
    for (int i = 0; i < count; ++i) {
      const std::string own = "$" + std::to_string(value(i).size()) + "\r\n" + value(i) + "\r\n";
      const std::string wanted = own + "$-1\r\n";  // the other is in the other space
      EXPECT_EQ(clients[i].receive(wanted.size()), wanted);
    }
  }
}

// Some are closed between the read and the run, by their clients and by the node's own end.
TEST(ReadyLinks, AConnectionThatHasGoneIsPassedOver) {
  ServedNode node(Ack::memory, 64);
  for (int round = 0; round < 20; ++round) {
    std::deque<BlockingClient> clients;
    for (int i = 0; i < 20; ++i) clients.emplace_back(node.port());
    node.in_loop([&] {
      for (BlockingClient& client : clients) client.send(set("key", "value"));
      for (int i = 0; i < 20; i += 2) clients[i].close();
    });
    for (int i = 1; i < 20; i += 2) EXPECT_EQ(clients[i].receive(5), "+OK\r\n");
    clients.clear();
    EXPECT_TRUE(node.sessions_become(0));
  }
}

}  // namespace
}  // namespace skerry::edge
