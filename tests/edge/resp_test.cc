#include "edge/resp.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace skerry::edge {
namespace {

using Progress = RequestParser::Progress;
using Words = std::vector<std::string>;

// All requests in `bytes`, read as a connection does that receives them in pieces of `piece` bytes; the last element
// is the error text if there was one.
std::vector<Words> requests(const std::string& bytes, std::size_t piece) {
  RequestParser parser;
  std::vector<Words> found;
  std::string buffer;
  std::size_t received = 0;
  while (received < bytes.size()) {
    const std::string more = bytes.substr(received, piece);
    received += more.size();
    buffer = std::string(buffer + more);  // moves: views into the old buffer must not be used again
    while (!buffer.empty()) {
      const Progress progress = parser.parse({buffer.data(), buffer.size()});
      if (progress == Progress::incomplete) {
        EXPECT_GT(parser.needed(), buffer.size());
        break;
      }
      if (progress == Progress::failed) {
        found.push_back({std::string(parser.error())});
        return found;
      }
      found.emplace_back(parser.arguments().begin(), parser.arguments().end());
      buffer.erase(0, parser.consumed());
    }
  }
  return found;
}

std::vector<Words> requests(const std::string& bytes) {
  return requests(bytes, bytes.size());
}

std::string only_error(const std::string& bytes) {
  const auto found = requests(bytes);
  return found.size() == 1 && found[0].size() == 1 ? found[0][0] : "no error";
}

std::string array_of(const Words& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return bytes;
}

TEST(RequestParser, TakesArraysOfBulkStrings) {
  EXPECT_EQ(requests("*2\r\n$3\r\nGET\r\n$0\r\n\r\n"), (std::vector<Words>{{"GET", ""}}));
  const std::string binary("a\r\n\0*", 5);
  EXPECT_EQ(requests(array_of({"SET", binary, "$1"})), (std::vector<Words>{{"SET", binary, "$1"}}));
}

TEST(RequestParser, TakesTheSameRequestsHoweverTheyAreCut) {
  const std::string bytes = array_of({"SET", "key", std::string(300, 'x')}) + "PING\r\n" + array_of({"GET", "\r\n"}) +
                            "*0\r\n" + "  set \"a b\\x41\" 'c\\'d' \r\n\r\n" + array_of(Words(20, "word"));
  const auto whole = requests(bytes);
  ASSERT_EQ(whole.size(), 7u);
  EXPECT_EQ(whole[4], (Words{"set", "a bA", "c'd"}));
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) EXPECT_EQ(requests(bytes, piece), whole) << piece;
}

TEST(RequestParser, TakesRandomRequestsInRandomPieces) {
  EXPECT_TRUE(rc::check([](const std::vector<Words>& wanted) {
    std::string bytes;
    for (const Words& words : wanted) bytes += array_of(words);
    const auto piece = *rc::gen::inRange<std::size_t>(1, 20);
    RC_ASSERT(requests(bytes, piece) == wanted);
  }));
}

TEST(RequestParser, TakesLinesTypedByHand) {
  EXPECT_EQ(requests("ping\n"), (std::vector<Words>{{"ping"}}));
  EXPECT_EQ(requests(" echo\t\"\\n\\r\\t\\b\\a\\\\\\\"\\q\\x4\" \r\n"),
            (std::vector<Words>{{"echo", "\n\r\t\b\a\\\"qx4"}}));
  EXPECT_EQ(requests("echo '\\n' a\"b\"\r\n"), (std::vector<Words>{{"echo", "\\n", "ab"}}));
  EXPECT_EQ(requests("\r\n"), (std::vector<Words>{{}}));
  EXPECT_EQ(requests("echo \"\" ''\n"), (std::vector<Words>{{"echo", "", ""}}));
}

TEST(RequestParser, RefusesWrongQuotes) {
  for (const char* line : {"echo \"a\n", "echo 'a\n", "echo \"a\"b\n", "echo 'a'b\n", "echo \"a\\\n", "echo '\\'\n"}) {
    EXPECT_EQ(only_error(line), "ERR Protocol error: unbalanced quotes in request") << line;
  }
}

TEST(RequestParser, RefusesWhatRedisRefuses) {
  EXPECT_EQ(only_error("*x\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(only_error("*+1\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(only_error("*131073\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(only_error("*99999999999999999999\r\n"), "ERR Protocol error: invalid multibulk length");
  EXPECT_EQ(only_error("*1\r\n:1\r\n"), "ERR Protocol error: expected '$', got ':'");
  EXPECT_EQ(only_error("*1\r\n$-1\r\n"), "ERR Protocol error: invalid bulk length");
  EXPECT_EQ(only_error("*1\r\n$x\r\n"), "ERR Protocol error: invalid bulk length");
  EXPECT_EQ(only_error("*1\r\n$4194305\r\n"), "ERR Protocol error: invalid bulk length");
  EXPECT_EQ(only_error("*" + std::string(70'000, '1')), "ERR Protocol error: too big mbulk count string");
  EXPECT_EQ(only_error("*1\r\n$" + std::string(70'000, '1')), "ERR Protocol error: too big bulk count string");
  EXPECT_EQ(only_error(std::string(70'000, 'a')), "ERR Protocol error: too big inline request");
}

TEST(RequestParser, RefusesARequestLargerThanABatchBeforeItHasCome) {
  std::string bytes = "*6\r\n$4\r\nMSET\r\n";
  for (int i = 0; i < 3; ++i) bytes += "$4194304\r\n" + std::string(4'194'304, 'x') + "\r\n";
  EXPECT_TRUE(requests(bytes + "$4194200\r\n").empty());
  const std::string fourth = "$4194304\r\n" + std::string(4'194'304, 'x') + "\r\n";
  EXPECT_EQ(only_error(bytes + fourth + "$100000\r\n"), "ERR Protocol error: too big request");
}

TEST(RequestParser, TellsHowMuchALargeValueNeeds) {
  RequestParser parser;
  std::string bytes = "*1\r\n$1000\r\nabc";
  ASSERT_EQ(parser.parse({bytes.data(), bytes.size()}), Progress::incomplete);
  EXPECT_EQ(parser.needed(), std::string("*1\r\n$1000\r\n").size() + 1'002);
}

std::string written(Protocol protocol, const std::function<void(Reply&)>& write) {
  Bytes bytes;
  Reply reply(bytes, protocol);
  write(reply);
  return bytes;
}

void expect_reply(const std::function<void(Reply&)>& write, const std::string& resp2, const std::string& resp3) {
  EXPECT_EQ(written(Protocol::resp2, write), resp2);
  EXPECT_EQ(written(Protocol::resp3, write), resp3);
}

TEST(Reply, WritesBothVersions) {
  expect_reply([](Reply& reply) { reply.ok(); }, "+OK\r\n", "+OK\r\n");
  expect_reply([](Reply& reply) { reply.bulk("a\r\n"); }, "$3\r\na\r\n\r\n", "$3\r\na\r\n\r\n");
  expect_reply([](Reply& reply) { reply.null(); }, "$-1\r\n", "_\r\n");
  expect_reply([](Reply& reply) { reply.null_array(); }, "*-1\r\n", "_\r\n");
  expect_reply([](Reply& reply) { reply.boolean(true); }, ":1\r\n", "#t\r\n");
  expect_reply([](Reply& reply) { reply.boolean(false); }, ":0\r\n", "#f\r\n");
  expect_reply([](Reply& reply) { reply.map(2); }, "*4\r\n", "%2\r\n");
  expect_reply([](Reply& reply) { reply.set(2); }, "*2\r\n", "~2\r\n");
  expect_reply([](Reply& reply) { reply.push(2); }, "*2\r\n", ">2\r\n");
  expect_reply([](Reply& reply) { reply.verbatim("hi"); }, "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n");
  expect_reply([](Reply& reply) { reply.big_number("12"); }, "$2\r\n12\r\n", "(12\r\n");
  expect_reply([](Reply& reply) { reply.real(1.5); }, "$3\r\n1.5\r\n", ",1.5\r\n");
}

TEST(Reply, WritesTheWidestIntegers) {
  EXPECT_EQ(written(Protocol::resp2, [](Reply& reply) { reply.integer(std::numeric_limits<std::int64_t>::min()); }),
            ":-9223372036854775808\r\n");
  EXPECT_EQ(written(Protocol::resp2, [](Reply& reply) { reply.integer(std::numeric_limits<std::int64_t>::max()); }),
            ":9223372036854775807\r\n");
}

TEST(Reply, KeepsAnErrorOnOneLineAndCountsIt) {
  Bytes bytes;
  Reply reply(bytes, Protocol::resp2);
  reply.error("ERR unknown command 'a\r\nb'");
  EXPECT_EQ(bytes, "-ERR unknown command 'a  b'\r\n");
  EXPECT_EQ(reply.errors(), 1u);
}

TEST(Reply, ClosesCollectionsWhoseSizeIsKnownLate) {
  expect_reply(
      [](Reply& reply) {
        reply.ok();
        const Reply::Mark outer = reply.mark();
        const Reply::Mark inner = reply.mark();
        reply.integer(1);
        reply.close_set(inner, 1);
        reply.bulk("x");
        reply.close_map(outer, 1);
      },
      "+OK\r\n*2\r\n*1\r\n:1\r\n$1\r\nx\r\n", "+OK\r\n%1\r\n~1\r\n:1\r\n$1\r\nx\r\n");
}

TEST(Reply, ForgetsWhatFollowedAMark) {
  Bytes bytes;
  Reply reply(bytes, Protocol::resp2);
  reply.integer(1);
  const Reply::Mark mark = reply.mark();
  reply.integer(2);
  reply.rewind(mark);
  EXPECT_EQ(bytes, ":1\r\n");
}

TEST(PrintScore, WritesSeventeenDigitsAsRedisSeven) {
  EXPECT_EQ(print_score(0.1), "0.10000000000000001");
  EXPECT_EQ(print_score(3), "3");
  EXPECT_EQ(print_score(-0.0), "-0");
  EXPECT_EQ(print_score(1e20), "1e+20");
  EXPECT_EQ(print_score(123456789012345678.0), "1.2345678901234568e+17");
  EXPECT_EQ(print_score(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(print_score(-std::numeric_limits<double>::infinity()), "-inf");
}

}  // namespace
}  // namespace skerry::edge
