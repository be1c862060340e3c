#include "edge/client_link.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/edge/captured_log.h"
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
  std::size_t held = 0;
  while (held < std::size_t{1} << 20) {
    buffer.reserve(1 << 20);
    EXPECT_LE(buffer.capacity(), std::max(read_bytes_max, 4 * held)) << "what was announced has not come yet";
    held += buffer.room().size();
    buffer.received(buffer.room().size());
  }
  EXPECT_EQ(held, std::size_t{1} << 20);
  EXPECT_EQ(buffer.unread().size(), held);
  buffer.consume(held);
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

TEST_P(ClientLinkTest, StrangersAreNamedInTheLog) {
  const tests::CapturedLog log;
  for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string("\x16\x03\x01")}) {
    ServedNode node(GetParam());
    BlockingClient stranger(node.port());
    stranger.send(bytes);
    EXPECT_TRUE(stranger.ended());
  }
  EXPECT_NE(log.text().find(": an HTTP request on the RESP port; closing the connection"), std::string::npos);
  EXPECT_NE(log.text().find(": a TLS handshake on the RESP port; closing the connection"), std::string::npos);
}

TEST_P(ClientLinkTest, ManyHalfSentLargeRequestsLeaveRoomForAWholeOne) {
  std::vector<std::unique_ptr<BlockingClient>> many;
  ServedNode node(GetParam(), 200);
  for (int i = 0; i < 100; ++i) {
    many.push_back(std::make_unique<BlockingClient>(node.port()));
    many.back()->send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4194304\r\n");
  }
  EXPECT_TRUE(node.sessions_become(100));
  BlockingClient whole(node.port());
  EXPECT_EQ(whole.ask(request({"SET", "k", std::string(sync::value_bytes_max, 'x')}), "+OK\r\n"), "+OK\r\n");
}

TEST_P(ClientLinkTest, TheRestOfALargeRequestIsNotAwaitedForEver) {
  const auto stall_max = std::chrono::milliseconds(300);
  BlockingClient half(node_.listen_once(stall_max)), idle(node_.listen_once(stall_max));
  half.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4194304\r\n" + std::string(1 << 20, 'x'));
  EXPECT_TRUE(half.ended());
  // Who has sent such a request as a whole may rest.
  EXPECT_EQ(idle.ask(request({"SET", "k", std::string(1 << 20, 'x')}), "+OK\r\n"), "+OK\r\n");
  BlockingClient again(node_.listen_once(stall_max));
  again.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4194304\r\n" + std::string(1 << 20, 'x'));
  EXPECT_TRUE(again.ended());
  EXPECT_EQ(idle.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");
  idle.close();
  EXPECT_TRUE(node_.sessions_become(1));
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

TEST_P(ClientLinkTest, WritesWaitWhileTheDiskHoldsTooMuchAndReadsGoOn) {
  ServedNode node(GetParam(), 16);
  BlockingClient late(node.port()), reader(node.port());
  EXPECT_EQ(late.ask("SET small v\r\n", "+OK\r\n"), "+OK\r\n");
  EXPECT_TRUE(node.is_synced());
  SlowDisk disk(node.data());
  const std::string set = request({"SET", "k", std::string(sync::value_bytes_max, 'x')});
  std::vector<std::unique_ptr<BlockingClient>> writers(sync::unsynced_bytes_max / sync::value_bytes_max);
  for (auto& writer : writers) {
    writer = std::make_unique<BlockingClient>(node.port());
    writer->send(set);
  }
  EXPECT_TRUE(node.becomes_full());
  late.send("SET small w\r\n");  // finds no room
  EXPECT_EQ(reader.ask("GET small\r\n", as_bulk("v")), as_bulk("v"));
  disk.go_on();
  for (auto& writer : writers) EXPECT_EQ(writer->receive(5), "+OK\r\n");
  EXPECT_EQ(late.receive(5), "+OK\r\n");
  EXPECT_EQ(reader.ask("GET small\r\n", as_bulk("w")), as_bulk("w"));
}

// It has sent more than it was told the answer of, and that must not hide that it has gone.
TEST_P(ClientLinkTest, AClientThatGoesWithRequestsBehindItsWaitIsForgotten) {
  client_.send("WAIT 1 0\r\n");
  BlockingClient other(node_.port());
  EXPECT_EQ(other.ask("PING\r\n", "+PONG\r\n"), "+PONG\r\n");  // the WAIT has been read
  client_.send("PING\r\n");
  EXPECT_EQ(node_.sessions(), 2u);
  client_.close();
  EXPECT_TRUE(node_.sessions_become(1));
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
