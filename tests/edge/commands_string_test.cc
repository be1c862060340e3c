#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class StringCommands : public CommandsTest {};

TEST_F(StringCommands, SetAndGet) {
  EXPECT_EQ(run("GET k"), nothing);
  EXPECT_EQ(run("SET k v"), ok);
  EXPECT_EQ(run("GET k"), bulk("v"));
  EXPECT_EQ(run({"SET", std::string("a\0\r\n", 4), ""}), ok);
  EXPECT_EQ(run({"get", std::string("a\0\r\n", 4)}), bulk(""));
  EXPECT_EQ(run("GET a b"), error("ERR wrong number of arguments for 'get' command"));
}

TEST_F(StringCommands, SetKnowsItsConditions) {
  EXPECT_EQ(run("SET k a XX"), nothing);
  EXPECT_EQ(run("SET k a NX"), ok);
  EXPECT_EQ(run("SET k b NX"), nothing);
  EXPECT_EQ(run("SET k b XX GET"), bulk("a"));
  EXPECT_EQ(run("SET k c NX GET"), bulk("b"));
  EXPECT_EQ(run("GET k"), bulk("b"));
  for (const char* line :
       {"SET k v NX XX", "SET k v EX", "SET k v EX 1 PX 1", "SET k v KEEPTTL EX 1", "SET k v nosuch"}) {
    EXPECT_EQ(run(line), error("ERR syntax error")) << line;
  }
  run("SADD s x");
  EXPECT_EQ(run("SET s v GET"), wrong_kind);
  EXPECT_EQ(run("SET s v"), ok);
}

TEST_F(StringCommands, DeadlinesAreSetKeptAndDropped) {
  EXPECT_EQ(run("SET k v PX 1500"), ok);
  EXPECT_EQ(run("PTTL k"), number(1'500));
  EXPECT_EQ(run("SET k w KEEPTTL"), ok);
  EXPECT_EQ(run("PTTL k"), number(1'500));
  EXPECT_EQ(run("APPEND k x"), number(2));
  EXPECT_EQ(run("PTTL k"), number(1'500));
  EXPECT_EQ(run("SET k v"), ok);
  EXPECT_EQ(run("TTL k"), number(-1));
  EXPECT_EQ(run("SETEX k 10 v"), ok);
  EXPECT_EQ(run("TTL k"), number(10));
  EXPECT_EQ(run("GETEX k PERSIST"), bulk("v"));
  EXPECT_EQ(run("TTL k"), number(-1));
  EXPECT_EQ(run("GETEX k EX 5"), bulk("v"));
  pass(std::chrono::seconds(5));
  EXPECT_EQ(run("GET k"), nothing);
  EXPECT_EQ(run("INCR k"), number(1));
  EXPECT_EQ(run("TTL k"), number(-1));
  EXPECT_EQ(run("SET k v EX 0"), error("ERR invalid expire time in 'set' command"));
  EXPECT_EQ(run("SET k v EX 9223372036854775807"), error("ERR invalid expire time in 'set' command"));
  EXPECT_EQ(run("PSETEX k -1 v"), error("ERR invalid expire time in 'psetex' command"));
}

TEST_F(StringCommands, ReadAndReplaceAtOnce) {
  EXPECT_EQ(run("GETSET k a"), nothing);
  EXPECT_EQ(run("GETSET k b"), bulk("a"));
  EXPECT_EQ(run("GETDEL k"), bulk("b"));
  EXPECT_EQ(run("GETDEL k"), nothing);
  EXPECT_EQ(run("SETNX k a"), number(1));
  EXPECT_EQ(run("SETNX k b"), number(0));
  EXPECT_EQ(run("STRLEN k"), number(1));
}

TEST_F(StringCommands, ManyAtOnce) {
  EXPECT_EQ(run("MSET a 1 b 2 a 3"), ok);
  run("SADD s x");
  EXPECT_EQ(run("MGET a nosuch s b"), "*4\r\n$1\r\n3\r\n$-1\r\n$-1\r\n$1\r\n2\r\n");
  EXPECT_EQ(run("MSET a 1 b"), error("ERR wrong number of arguments for 'mset' command"));
}

TEST_F(StringCommands, ARefusedMsetChangesNothing) {
  std::vector<std::string> words = {"MSET"};
  for (int i = 0; i < 16'385; ++i) words.insert(words.end(), {"k" + std::to_string(i), "v"});
  EXPECT_EQ(run(words).substr(0, 29), "-ERR too much for one batch: ");
  EXPECT_EQ(run("DBSIZE"), number(0));
}

TEST_F(StringCommands, Counters) {
  EXPECT_EQ(run("INCR n"), number(1));
  EXPECT_EQ(run("INCRBY n 41"), number(42));
  EXPECT_EQ(run("DECRBY n 2"), number(40));
  EXPECT_EQ(run("DECR n"), number(39));
  EXPECT_EQ(run("GET n"), bulk("39"));
  EXPECT_EQ(run("SET n 10"), ok);
  EXPECT_EQ(run("INCRBYFLOAT n 0.5"), bulk("10.5"));
  EXPECT_EQ(run("INCR n"), not_integer);
  EXPECT_EQ(run("INCRBY n x"), not_integer);
  EXPECT_EQ(run("INCRBYFLOAT n x"), error("ERR value is not a valid float"));
  EXPECT_EQ(run("INCRBYFLOAT n inf"), error("ERR increment would produce NaN or Infinity"));
  run("SET n 9223372036854775807");
  EXPECT_EQ(run("INCR n"), error("ERR increment or decrement would overflow"));
  EXPECT_EQ(run("DECRBY n -9223372036854775808"), error("ERR decrement would overflow"));
  run("SADD s x");
  EXPECT_EQ(run("INCR s"), wrong_kind);
}

TEST_F(StringCommands, AppendHasALimit) {
  run({"SET", "k", std::string(sync::value_bytes_max, 'x')});
  EXPECT_EQ(run("APPEND k y"), error("ERR string exceeds maximum allowed size (proto-max-bulk-len)"));
  EXPECT_EQ(run("STRLEN k"), number(sync::value_bytes_max));
}

}  // namespace
}  // namespace skerry::edge
