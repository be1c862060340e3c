#include "edge/resp_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using Type = RespReply::Type;

RespReply status(std::string text) {
  return {Type::status, std::move(text), 0, {}};
}
RespReply bulk(std::string text) {
  return {Type::bulk, std::move(text), 0, {}};
}
RespReply integer(std::int64_t value) {
  return {Type::integer, {}, value, {}};
}
RespReply array(std::vector<RespReply> items) {
  return {Type::array, {}, 0, std::move(items)};
}

// All replies that `bytes` hold, fed in pieces of `step` bytes.
std::vector<RespReply> parsed(std::string_view bytes, std::size_t step) {
  RespReplies replies;
  std::vector<RespReply> found;
  for (std::size_t i = 0; i < bytes.size(); i += step) {
    replies.feed(bytes.substr(i, step));
    while (true) {
      auto reply = replies.next();
      if (!reply) {
        ADD_FAILURE() << reply.error().detail;
        return found;
      }
      if (!*reply) break;
      found.push_back(**reply);
    }
  }
  return found;
}

TEST(RespReplies, KnowEveryTypeHoweverTheBytesArrive) {
  const std::string bytes =
      "+OK\r\n-ERR no\r\n:-42\r\n$5\r\na\r\nb!\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
      "*3\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n*0\r\n+end\r\n";
  const std::vector<RespReply> expected = {status("OK"),
                                           {Type::error, "ERR no", 0, {}},
                                           integer(-42),
                                           bulk("a\r\nb!"),
                                           bulk(""),
                                           {},
                                           {},
                                           array({}),
                                           array({integer(1), array({bulk("x"), {}}), array({})}),
                                           status("end")};
  for (std::size_t step : {1u, 2u, 7u, 1000u}) EXPECT_EQ(parsed(bytes, step), expected) << step;
}

TEST(RespReplies, RefuseWhatIsNoRespReply) {
  for (std::string_view bytes : {"hello\r\n", "\r\n", ":12x\r\n", ":\r\n", "$3\r\nabcd\r\n", "$x\r\n", "*2000000\r\n",
                                 "$99999999999\r\n", "%1\r\n+a\r\n+b\r\n", ":99999999999999999999\r\n"}) {
    RespReplies replies;
    replies.feed(bytes);
    EXPECT_FALSE(replies.next().has_value()) << bytes;
  }
}

TEST(RespReplies, RefuseEndlessNestingAndEndlessLines) {
  RespReplies nested;
  for (int i = 0; i < 100; ++i) nested.feed("*1\r\n");
  EXPECT_FALSE(nested.next().has_value());
  RespReplies line;
  line.feed("+" + std::string(1 << 20, 'x'));
  EXPECT_FALSE(line.next().has_value());
}

class ClientAndServer : public testing::Test {
 protected:
  ClientAndServer() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    server = ends[1];
    client.emplace(ends[0], 5000ms);
  }
  ~ClientAndServer() override { ::close(server); }

  void answer(std::string_view bytes) {
    ASSERT_EQ(::write(server, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  std::string asked() {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(server, buffer.data(), buffer.size());
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
  }

  int server = -1;
  std::optional<RespClient> client;
};

TEST_F(ClientAndServer, ACommandIsAnArrayOfBulks) {
  answer("+OK\r\n");
  const auto reply = client->call({"SET", "greeting", "a b\r\n"});
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(*reply, status("OK"));
  EXPECT_EQ(asked(), "*3\r\n$3\r\nSET\r\n$8\r\ngreeting\r\n$5\r\na b\r\n\r\n");
}

TEST_F(ClientAndServer, ManyCommandsGoAtOnceAndAnswersComeInOrder) {
  answer(":1\r\n:2\r\n-ERR three\r\n");
  const auto replies = client->call_all({{"INCR", "a"}, {"INCR", "a"}, {"INCR", "text"}});
  ASSERT_TRUE(replies.has_value());
  EXPECT_EQ(replies->at(1), integer(2));
  EXPECT_EQ(replies->at(2).type, Type::error);
}

TEST_F(ClientAndServer, AServerThatClosesIsAnErrorAndStaysOne) {
  ::shutdown(server, SHUT_RDWR);
  const auto reply = client->call({"PING"});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, core::ErrorCode::io);
  EXPECT_FALSE(client->call({"PING"}).has_value());
}

TEST_F(ClientAndServer, PatienceEnds) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  RespClient hasty(ends[0], 1ms);
  const auto reply = hasty.call({"PING"});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().detail, "no answer in time");
  ::close(ends[1]);
}

TEST(RespClient, ConnectsToAPortAndSaysWhenNobodyListens) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  const std::uint16_t port = acceptor.local_endpoint().port();
  EXPECT_TRUE(RespClient::connect(port, 5000ms).has_value());
  acceptor.close();
  EXPECT_FALSE(RespClient::connect(port, 5000ms).has_value());
}

}  // namespace
}  // namespace skerry::edge
