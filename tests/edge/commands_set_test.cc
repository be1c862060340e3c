#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class SetCommands : public CommandsTest {};

TEST_F(SetCommands, MembersAreAddedFoundAndRemoved) {
  EXPECT_EQ(run("SADD s b a b"), number(2));
  EXPECT_EQ(run("SADD s a c"), number(1));
  EXPECT_EQ(run("SCARD s"), number(3));
  EXPECT_EQ(run("SISMEMBER s a"), number(1));
  EXPECT_EQ(run("SISMEMBER s x"), number(0));
  EXPECT_EQ(run("SISMEMBER nosuch x"), number(0));
  EXPECT_EQ(run("SMISMEMBER s a x c"), "*3\r\n:1\r\n:0\r\n:1\r\n");
  EXPECT_EQ(run("SMEMBERS s"), bulks({"a", "b", "c"}));
  EXPECT_EQ(run("SREM s a x a"), number(1));
  EXPECT_EQ(run("SREM s b c"), number(2));
  EXPECT_EQ(run("EXISTS s"), number(0));
  EXPECT_EQ(run("SMEMBERS s"), empty_array);
  EXPECT_EQ(run("SCARD s"), number(0));
}

TEST_F(SetCommands, MembersAreASetInTheThirdVersion) {
  run("HELLO 3");
  run("SADD s a");
  EXPECT_EQ(run("SMEMBERS s"), "~1\r\n$1\r\na\r\n");
}

TEST_F(SetCommands, OtherKindsAreRefused) {
  run("SET k v");
  for (const char* line :
       {"SADD k a", "SREM k a", "SMEMBERS k", "SISMEMBER k a", "SMISMEMBER k a", "SCARD k", "SSCAN k 0"}) {
    EXPECT_EQ(run(line), wrong_kind) << line;
  }
}

TEST_F(SetCommands, ScanVisitsALargeSetInPieces) {
  std::vector<std::string> words = {"SADD", "s"};
  for (int i = 0; i < 3'000; ++i) words.push_back("member" + std::to_string(i));
  EXPECT_EQ(run(words), number(3'000));
  std::size_t found = 0;
  std::size_t calls = 0;
  std::string cursor = "0";
  do {
    const std::string reply = run("SSCAN s " + cursor);
    const std::size_t begin = reply.find("\r\n", 4) + 2;
    cursor = reply.substr(begin, reply.find("\r\n", begin) - begin);
    for (std::size_t at = 0; (at = reply.find("member", at)) != std::string::npos; ++at) ++found;
    ++calls;
  } while (cursor != "0");
  EXPECT_EQ(found, 3'000u);
  EXPECT_GT(calls, 2u);
  EXPECT_LT(calls, 64u);
}

}  // namespace
}  // namespace skerry::edge
