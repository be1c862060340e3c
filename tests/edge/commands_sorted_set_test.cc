#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class SortedSetCommands : public CommandsTest {};

TEST_F(SortedSetCommands, ScoresAreSetReadAndRemoved) {
  EXPECT_EQ(run("ZADD z 1 a 2.5 b 1 a"), number(2));
  EXPECT_EQ(run("ZSCORE z b"), bulk("2.5"));
  EXPECT_EQ(run("ZSCORE z nosuch"), nothing);
  EXPECT_EQ(run("ZMSCORE z a nosuch"), "*2\r\n$1\r\n1\r\n$-1\r\n");
  EXPECT_EQ(run("ZCARD z"), number(2));
  EXPECT_EQ(run("ZINCRBY z 0.5 a"), bulk("1.5"));
  EXPECT_EQ(run("ZINCRBY z -1 new"), bulk("-1"));
  EXPECT_EQ(run("ZREM z a nosuch a"), number(1));
  EXPECT_EQ(run("ZREM z b new"), number(2));
  EXPECT_EQ(run("EXISTS z"), number(0));
}

TEST_F(SortedSetCommands, AddKnowsItsConditions) {
  EXPECT_EQ(run("ZADD z XX 1 a"), number(0));
  EXPECT_EQ(run("ZADD z NX 5 a"), number(1));
  EXPECT_EQ(run("ZADD z NX 6 a"), number(0));
  EXPECT_EQ(run("ZADD z GT CH 4 a 7 b"), number(1));
  EXPECT_EQ(run("ZADD z LT CH 4 a 8 b"), number(1));
  EXPECT_EQ(run("ZADD z CH 4 a 1 c 9 b"), number(2));
  EXPECT_EQ(run("ZADD z INCR 2 a"), bulk("6"));
  EXPECT_EQ(run("ZADD z NX INCR 2 a"), nothing);
  EXPECT_EQ(run("ZADD z GT INCR -1 a"), nothing);
  EXPECT_EQ(run("ZADD z XX INCR 1 nosuch"), nothing);
  EXPECT_EQ(run("ZADD z NX XX 1 a"), error("ERR XX and NX options at the same time are not compatible"));
  EXPECT_EQ(run("ZADD z NX GT 1 a"), error("ERR GT, LT, and/or NX options at the same time are not compatible"));
  EXPECT_EQ(run("ZADD z INCR 1 a 2 b"), error("ERR INCR option supports a single increment-element pair"));
  EXPECT_EQ(run("ZADD z 1 a x b"), error("ERR value is not a valid float"));
  EXPECT_EQ(run("ZADD z 1 a 2"), error("ERR syntax error"));
  run("ZADD z inf top");
  EXPECT_EQ(run("ZADD z INCR -inf top"), error("ERR resulting score is not a number (NaN)"));
}

TEST_F(SortedSetCommands, RangesByRankScoreAndName) {
  run("ZADD z 1 a 2 b 2 c 3 d");
  EXPECT_EQ(run("ZRANGE z 0 -1"), bulks({"a", "b", "c", "d"}));
  EXPECT_EQ(run("ZRANGE z 1 2 REV WITHSCORES"), bulks({"c", "2", "b", "2"}));
  EXPECT_EQ(run("ZRANGE z -2 100"), bulks({"c", "d"}));
  EXPECT_EQ(run("ZRANGE z 3 1"), empty_array);
  EXPECT_EQ(run("ZRANGE z (1 +inf BYSCORE"), bulks({"b", "c", "d"}));
  EXPECT_EQ(run("ZRANGE z 3 (1 BYSCORE REV"), bulks({"d", "c", "b"}));
  EXPECT_EQ(run("ZRANGE z -inf inf BYSCORE LIMIT 1 2"), bulks({"b", "c"}));
  EXPECT_EQ(run("ZRANGE z -inf inf BYSCORE LIMIT -1 2"), empty_array);
  EXPECT_EQ(run("ZRANGE z -inf inf BYSCORE LIMIT 2 -5"), bulks({"c", "d"}));
  EXPECT_EQ(run("ZCOUNT z 2 (3"), number(2));
  EXPECT_EQ(run("ZRANK z c"), number(2));
  EXPECT_EQ(run("ZREVRANK z c"), number(1));
  EXPECT_EQ(run("ZRANK z nosuch"), nothing);
  run("ZADD names 0 a 0 b 0 c");
  EXPECT_EQ(run("ZRANGE names [b + BYLEX"), bulks({"b", "c"}));
  EXPECT_EQ(run("ZRANGE names (c - BYLEX REV"), bulks({"b", "a"}));
  EXPECT_EQ(run("ZRANGE names - + BYLEX LIMIT 1 1"), bulks({"b"}));
}

TEST_F(SortedSetCommands, RangesAreRefusedAsRedisRefusesThem) {
  run("ZADD z 1 a");
  EXPECT_EQ(run("ZRANGE z a b"), not_integer);
  EXPECT_EQ(run("ZRANGE z a b BYSCORE"), error("ERR min or max is not a float"));
  EXPECT_EQ(run("ZRANGE z a b BYLEX"), error("ERR min or max not valid string range item"));
  EXPECT_EQ(run("ZRANGE z 0 1 LIMIT 0 1"),
            error("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"));
  EXPECT_EQ(run("ZRANGE z - + BYLEX WITHSCORES"),
            error("ERR syntax error, WITHSCORES not supported in combination with BYLEX"));
  EXPECT_EQ(run("ZRANGE z 0 1 BYLEX BYSCORE"), error("ERR syntax error"));
}

TEST_F(SortedSetCommands, ScoresAreDoublesInTheThirdVersion) {
  run("HELLO 3");
  run("ZADD z 1.5 a");
  EXPECT_EQ(run("ZSCORE z a"), ",1.5\r\n");
  EXPECT_EQ(run("ZRANGE z 0 -1 WITHSCORES"), "*1\r\n*2\r\n$1\r\na\r\n,1.5\r\n");
}

TEST_F(SortedSetCommands, ScanGivesPairs) {
  run("ZADD z 1 a 123456789012 b 0.5 c");
  EXPECT_EQ(run("ZSCAN z 0"), "*2\r\n$1\r\n0\r\n" + bulks({"c", "0.5", "a", "1", "b", "123456789012"}));
}

TEST_F(SortedSetCommands, OtherKindsAreRefused) {
  run("SET k v");
  for (const char* line : {"ZADD k 1 a", "ZREM k a", "ZSCORE k a", "ZMSCORE k a", "ZINCRBY k 1 a", "ZCARD k",
                           "ZRANGE k 0 1", "ZRANK k a", "ZCOUNT k 0 1", "ZSCAN k 0"}) {
    EXPECT_EQ(run(line), wrong_kind) << line;
  }
}

}  // namespace
}  // namespace skerry::edge
