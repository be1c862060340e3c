#include "edge/client_link.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/edge/client_fixture.h"
#include "tests/edge/slow_disk.h"

namespace skerry::edge {
namespace {

TEST(ReadBuffer, BeginsSmallAndGrowsWithWhatComes) {
  ReadBuffer buffer;
  buffer.reserve(0);
  EXPECT_EQ(buffer.capacity(), read_bytes_min);
  for (int i = 0; i < 10; ++i) {
    buffer.received(buffer.room().size());  // the client sends more than there is room for
    buffer.consume(buffer.unread().size());
    buffer.reserve(0);
  }
  EXPECT_EQ(buffer.capacity(), read_bytes_max);
}

TEST(ReadBuffer, HoldsOneLargeRequestAndGivesItsMemoryBack) {
  ReadBuffer buffer;
  buffer.reserve(0);
  buffer.received(100);
  buffer.reserve(1 << 20);
  EXPECT_GE(buffer.capacity(), std::size_t{1} << 20);
  EXPECT_EQ(buffer.unread().size(), 100u);
  EXPECT_GE(buffer.room().size(), (std::size_t{1} << 20) - 100);
  buffer.consume(100);
  buffer.reserve(0);
  EXPECT_LE(buffer.capacity(), read_bytes_max);
}

TEST(ReadBuffer, KeepsWhatIsUnreadWhenItMoves) {
  ReadBuffer buffer;
  buffer.reserve(0);
  std::memcpy(buffer.room().data(), "abcdef", 6);
  buffer.received(6);
  buffer.consume(2);
  buffer.reserve(read_bytes_min);      // there is no room behind: it moves to the front
  buffer.reserve(4 * read_bytes_max);  // and into larger memory
  EXPECT_EQ(std::string(buffer.unread().data(), buffer.unread().size()), "cdef");
  EXPECT_FALSE(buffer.room().empty());
}

TEST(ReadBuffer, ManySmallWordsAlwaysFindRoom) {
  ReadBuffer buffer;
  std::size_t held = 0;
  for (int i = 0; i < 100; ++i) {
    buffer.reserve(held + 1);
    ASSERT_FALSE(buffer.room().empty());
    held += buffer.room().size();
    buffer.received(buffer.room().size());
    if (held > (8u << 20)) break;
  }
  EXPECT_GT(held, 8u << 20);
}

class ClientLinkTest : public ::testing::TestWithParam<Ack> {
 protected:
  ServedNode node_{GetParam()};
  BlockingClient client_{node_.port()};
};

TEST_P(ClientLinkTest, AnswersManyRequestsInOrder) {
  std::string requests;
  std::string replies;
  for (int i = 0; i < 500; ++i) {
    const std::string value = std::to_string(i);
    requests += request({"SET", "k", value}) + request({"GET", "k"}) + "PING\r\n";
    replies += "+OK\r\n" + as_bulk(value) + "+PONG\r\n";
  }
  EXPECT_EQ(client_.ask(requests, replies), replies);
}

TEST_P(ClientLinkTest, AnswersRequestsInPieces) {
  const std::string bytes = request({"SET", "k", "value"}) + request({"GET", "k"});
  for (const char byte : bytes) client_.send(std::string(1, byte));
  const std::string replies = "+OK\r\n" + as_bulk("value");
  EXPECT_EQ(client_.receive(replies.size()), replies);
}

TEST_P(ClientLinkTest, TakesTheLargestValue) {
  const std::string value(sync::value_bytes_max, 'x');
  EXPECT_EQ(client_.ask(request({"SET", "k", value}), "+OK\r\n"), "+OK\r\n");
  EXPECT_TRUE(client_.ask(request({"GET", "k"}), as_bulk(value)) == as_bulk(value));
  EXPECT_EQ(client_.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
}

TEST_P(ClientLinkTest, AnswersWhatIsNoRespAndCloses) {
  const std::string error = "-ERR Protocol error: invalid multibulk length\r\n";
  EXPECT_EQ(client_.ask("PING\r\n*x\r\nPING\r\n", "+PONG\r\n" + error), "+PONG\r\n" + error);
  EXPECT_TRUE(client_.ended());
}

TEST_P(ClientLinkTest, QuitAnswersThenCloses) {
  EXPECT_EQ(client_.ask("QUIT\r\nPING\r\n", "+OK\r\n"), "+OK\r\n");
  EXPECT_TRUE(client_.ended());
  EXPECT_TRUE(node_.sessions_become(0));
}

TEST_P(ClientLinkTest, ABrowserAndATlsClientGetNothing) {
  for (const std::string& bytes :
       {std::string("POST / HTTP/1.1\r\nHost: x\r\n\r\nSET k v\r\n"), std::string("\x16\x03\x01")}) {
    BlockingClient stranger(node_.port());
    stranger.send(bytes);
    EXPECT_TRUE(stranger.ended());
  }
  EXPECT_EQ(client_.ask("GET k\r\n", "$-1\r\n"), "$-1\r\n");
}

TEST_P(ClientLinkTest, AClientThatDoesNotReadIsNotReadFrom) {
  const std::string value(1 << 20, 'x');
  client_.ask(request({"SET", "k", value}), "+OK\r\n");
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += request({"GET", "k"});
  client_.send(requests);
  BlockingClient other(node_.port());
  EXPECT_EQ(other.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");  // the loop is not held
  std::size_t received = 0;
  for (int i = 0; i < 200; ++i) received += client_.receive(as_bulk(value).size()).size();
  EXPECT_EQ(received, 200 * as_bulk(value).size());
}

TEST_P(ClientLinkTest, WaitAnswersAtItsDeadline) {
  const std::string replies = "+OK\r\n:0\r\n+PONG\r\n";
  EXPECT_EQ(client_.ask("SET k v\r\nWAIT 1 20\r\nPING\r\n", replies), replies);
}

TEST_P(ClientLinkTest, AClientThatGoesWhileItWaitsIsForgotten) {
  client_.send("SET k v\r\nWAIT 1 0\r\n");
  EXPECT_EQ(client_.receive(5), "+OK\r\n");
  EXPECT_EQ(node_.sessions(), 1u);
  client_.close();
  EXPECT_TRUE(node_.sessions_become(0));
}

TEST_P(ClientLinkTest, TheEndOfTheNodeClosesConnectionsAfterTheirAnswers) {
  SlowDisk disk(node_.data());
  client_.send("SET k v\r\n");
  EXPECT_TRUE(node_.runs(1));
  node_.stop_clients();
  const bool in_flight = GetParam() == Ack::durable;
  EXPECT_EQ(node_.sessions(), in_flight ? 1u : 0u);
  disk.go_on();
  EXPECT_EQ(client_.receive(5), "+OK\r\n");
  EXPECT_TRUE(client_.ended());
  EXPECT_TRUE(node_.sessions_become(0));
}

TEST_P(ClientLinkTest, AnAnswerWaitsForTheDiskAtLevelDurableOnly) {
  BlockingClient reader(node_.port());
  SlowDisk disk(node_.data());
  client_.send("SET k v\r\n");
  EXPECT_TRUE(node_.runs(1));
  reader.send("GET k\r\n");  // it saw what is not durable
  EXPECT_TRUE(node_.runs(2));
  const bool waits = GetParam() == Ack::durable;
  if (waits) {
    node_.sessions();  // a turn of the loop has passed
    EXPECT_TRUE(client_.silent() && reader.silent());
    disk.go_on();
  }
  EXPECT_EQ(client_.receive(5), "+OK\r\n");
  EXPECT_EQ(reader.receive(as_bulk("v").size()), as_bulk("v"));
  if (!waits) disk.go_on();
}

TEST_P(ClientLinkTest, TheProtocolVersionHoldsFromOneReadToTheNext) {
  client_.send("HELLO 3\r\n");
  EXPECT_EQ(client_.receive(4), "%7\r\n");
  BlockingClient other(node_.port());
  EXPECT_EQ(other.ask("GET nosuch\r\n", "$-1\r\n"), "$-1\r\n");
  client_.send("GET nosuch\r\n");
  std::string seen;
  while (seen.find("_\r\n") == std::string::npos) {
    const std::string byte = client_.receive(1);
    ASSERT_FALSE(byte.empty());
    seen += byte;
  }
}

INSTANTIATE_TEST_SUITE_P(BothLevels, ClientLinkTest, ::testing::Values(Ack::durable, Ack::memory),
                         [](const auto& level) { return level.param == Ack::durable ? "Durable" : "Memory"; });

}  // namespace
}  // namespace skerry::edge
