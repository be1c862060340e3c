#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class HashCommands : public CommandsTest {};

TEST_F(HashCommands, FieldsAreSetReadAndRemoved) {
  EXPECT_EQ(run("HSET h a 1 b 2 a 3"), number(2));
  EXPECT_EQ(run("HSET h a 4 c 5"), number(1));
  EXPECT_EQ(run("HGET h a"), bulk("4"));
  EXPECT_EQ(run("HGET h nosuch"), nothing);
  EXPECT_EQ(run("HGET nosuch a"), nothing);
  EXPECT_EQ(run("HMGET h a nosuch c"), "*3\r\n$1\r\n4\r\n$-1\r\n$1\r\n5\r\n");
  EXPECT_EQ(run("HMGET nosuch a b"), "*2\r\n$-1\r\n$-1\r\n");
  EXPECT_EQ(run("HLEN h"), number(3));
  EXPECT_EQ(run("HSTRLEN h a"), number(1));
  EXPECT_EQ(run("HEXISTS h a"), number(1));
  EXPECT_EQ(run("HEXISTS h nosuch"), number(0));
  EXPECT_EQ(run("HDEL h a nosuch a"), number(1));
  EXPECT_EQ(run("HDEL h b c"), number(2));
  EXPECT_EQ(run("EXISTS h"), number(0));
  EXPECT_EQ(run("HMSET h a 1"), ok);
  EXPECT_EQ(run("HSETNX h a 2"), number(0));
  EXPECT_EQ(run("HSETNX h b 2"), number(1));
}

TEST_F(HashCommands, AllOfItInBothVersions) {
  run("HSET h b 2 a 1");
  EXPECT_EQ(run("HGETALL h"), bulks({"a", "1", "b", "2"}));
  EXPECT_EQ(run("HKEYS h"), bulks({"a", "b"}));
  EXPECT_EQ(run("HVALS h"), bulks({"1", "2"}));
  EXPECT_EQ(run("HGETALL nosuch"), empty_array);
  run("HELLO 3");
  EXPECT_EQ(run("HGETALL h"), "%2\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(run("HGET h nosuch"), "_\r\n");
}

TEST_F(HashCommands, FieldsCount) {
  EXPECT_EQ(run("HINCRBY h n 5"), number(5));
  EXPECT_EQ(run("HINCRBYFLOAT h n 0.5"), bulk("5.5"));
  EXPECT_EQ(run("HINCRBY h n 1"), error("ERR hash value is not an integer"));
  EXPECT_EQ(run("HINCRBY h n x"), not_integer);
  run("HSET h n x");
  EXPECT_EQ(run("HINCRBYFLOAT h n 1"), error("ERR hash value is not a float"));
  run("HSET h n 9223372036854775807");
  EXPECT_EQ(run("HINCRBY h n 1"), error("ERR increment or decrement would overflow"));
}

TEST_F(HashCommands, OtherKindsAreRefused) {
  run("SET s v");
  for (const char* line :
       {"HSET s a 1", "HGET s a", "HMGET s a", "HGETALL s", "HDEL s a", "HEXISTS s a", "HLEN s", "HKEYS s", "HVALS s",
        "HINCRBY s a 1", "HINCRBYFLOAT s a 1", "HSTRLEN s a", "HSETNX s a 1", "HSCAN s 0"}) {
    EXPECT_EQ(run(line), wrong_kind) << line;
  }
  EXPECT_EQ(run("HSET h a"), error("ERR wrong number of arguments for 'hset' command"));
  EXPECT_EQ(run("HSET h a 1 b"), error("ERR wrong number of arguments for 'hset' command"));
}

TEST_F(HashCommands, ScanGivesPairs) {
  run("HSET h a 1 b 2 c 3");
  EXPECT_EQ(run("HSCAN h 0 MATCH [ab]"), "*2\r\n$1\r\n0\r\n" + bulks({"a", "1", "b", "2"}));
  EXPECT_EQ(run("HSCAN nosuch 0"), "*2\r\n$1\r\n0\r\n*0\r\n");
  EXPECT_EQ(run("HSCAN h 0 TYPE hash"), error("ERR syntax error"));
}

}  // namespace
}  // namespace skerry::edge
