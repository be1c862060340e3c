#include <set>

#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class KeyCommands : public CommandsTest {
 protected:
  void fill() {
    run("SET string v");
    run("HSET hash f v");
    run("SADD set m");
    run("ZADD zset 1 m");
  }
};

TEST_F(KeyCommands, KindsHaveNames) {
  fill();
  for (const char* kind : {"string", "hash", "set", "zset"}) {
    EXPECT_EQ(run("TYPE " + std::string(kind)), "+" + std::string(kind) + "\r\n");
  }
  EXPECT_EQ(run("TYPE nosuch"), "+none\r\n");
}

TEST_F(KeyCommands, ExistsCountsAndDelRemoves) {
  fill();
  EXPECT_EQ(run("EXISTS string hash string nosuch"), number(3));
  EXPECT_EQ(run("DEL string hash string nosuch"), number(2));
  EXPECT_EQ(run("UNLINK set"), number(1));
  EXPECT_EQ(run("DBSIZE"), number(1));
}

TEST_F(KeyCommands, KeysMatchAPattern) {
  run("MSET one 1 two 2 three 3");
  EXPECT_EQ(run("KEYS t*"), run("KEYS t*"));
  EXPECT_EQ(run("KEYS o?e"), bulks({"one"}));
  EXPECT_EQ(run("KEYS nosuch"), empty_array);
  EXPECT_EQ(run({"KEYS", std::string(2'000, '*')}), error("ERR pattern is longer than 1024 bytes"));
}

TEST_F(KeyCommands, ScanVisitsAll) {
  std::set<std::string> wanted;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "key" + std::to_string(i);
    run("SET " + key + " v");
    wanted.insert(bulk(key));
  }
  std::set<std::string> found;
  std::string cursor = "0";
  do {
    const std::string reply = run("SCAN " + cursor + " COUNT 7 MATCH key*");
    const std::size_t begin = reply.find("\r\n", 4) + 2;  // behind *2 and the size of the cursor
    const std::size_t end = reply.find("\r\n", begin);
    cursor = reply.substr(begin, end - begin);
    for (std::size_t at = reply.find("$", end); at != std::string::npos; at = reply.find("$", at + 1)) {
      found.insert(reply.substr(at, reply.find("\r\n", reply.find("\r\n", at) + 2) + 2 - at));
    }
  } while (cursor != "0");
  EXPECT_EQ(found, wanted);
}

TEST_F(KeyCommands, ScanFiltersAndRefuses) {
  fill();
  EXPECT_EQ(run("SCAN 0 TYPE ZSET COUNT 100"), "*2\r\n$1\r\n0\r\n" + bulks({"zset"}));
  EXPECT_EQ(run("SCAN 0 MATCH ha* COUNT 100"), "*2\r\n$1\r\n0\r\n" + bulks({"hash"}));
  EXPECT_EQ(run("SCAN x"), error("ERR invalid cursor"));
  EXPECT_EQ(run("SCAN 0 COUNT 0"), error("ERR syntax error"));
  EXPECT_EQ(run("SCAN 0 COUNT x"), not_integer);
  EXPECT_EQ(run("SCAN 0 MATCH"), error("ERR syntax error"));
}

TEST_F(KeyCommands, DeadlinesInEveryForm) {
  run("SET k v");
  EXPECT_EQ(run("TTL k"), number(-1));
  EXPECT_EQ(run("TTL nosuch"), number(-2));
  EXPECT_EQ(run("EXPIRE k 10"), number(1));
  EXPECT_EQ(run("TTL k"), number(10));
  EXPECT_EQ(run("PEXPIRE k 1499"), number(1));
  EXPECT_EQ(run("TTL k"), number(1));
  EXPECT_EQ(run("PTTL k"), number(1'499));
  EXPECT_EQ(run("EXPIREAT k 1700000100"), number(1));
  EXPECT_EQ(run("EXPIRETIME k"), number(1'700'000'100));
  EXPECT_EQ(run("PEXPIREAT k 1700000100500"), number(1));
  EXPECT_EQ(run("PEXPIRETIME k"), number(1'700'000'100'500));
  EXPECT_EQ(run("EXPIRETIME k"), number(1'700'000'101));
  EXPECT_EQ(run("PERSIST k"), number(1));
  EXPECT_EQ(run("PERSIST k"), number(0));
  EXPECT_EQ(run("EXPIRE nosuch 1"), number(0));
  EXPECT_EQ(run("EXPIRE k -1"), number(1));
  EXPECT_EQ(run("EXISTS k"), number(0));
}

TEST_F(KeyCommands, ExpireKnowsItsConditions) {
  run("SET k v");
  EXPECT_EQ(run("EXPIRE k 10 XX"), number(0));
  EXPECT_EQ(run("EXPIRE k 10 GT"), number(0));
  EXPECT_EQ(run("EXPIRE k 10 LT"), number(1));
  EXPECT_EQ(run("EXPIRE k 20 NX"), number(0));
  EXPECT_EQ(run("EXPIRE k 20 LT"), number(0));
  EXPECT_EQ(run("EXPIRE k 20 GT"), number(1));
  EXPECT_EQ(run("EXPIRE k 20 XX GT"), number(0));
  EXPECT_EQ(run("EXPIRE k 1 NX GT"), error("ERR NX and XX, GT or LT options at the same time are not compatible"));
  EXPECT_EQ(run("EXPIRE k 1 GT LT"), error("ERR GT and LT options at the same time are not compatible"));
  EXPECT_EQ(run("EXPIRE k 1 nosuch"), error("ERR Unsupported option nosuch"));
  EXPECT_EQ(run("EXPIRE k x"), not_integer);
  EXPECT_EQ(run("EXPIRE k 9223372036854775807"), error("ERR invalid expire time in 'expire' command"));
}

TEST_F(KeyCommands, AnExpiredKeyIsGoneForEveryReader) {
  fill();
  for (const char* key : {"string", "hash", "set", "zset"}) run("PEXPIRE " + std::string(key) + " 100");
  pass(std::chrono::milliseconds(100));
  EXPECT_EQ(run("EXISTS string hash set zset"), number(0));
  EXPECT_EQ(run("KEYS *"), empty_array);
  EXPECT_EQ(run("SCAN 0"), "*2\r\n$1\r\n0\r\n*0\r\n");
  EXPECT_EQ(run("DEL string"), number(0));
  EXPECT_EQ(run("HGETALL hash"), empty_array);
}

TEST_F(KeyCommands, KeysHaveALengthLimit) {
  const std::string key(sync::address_bytes_max + 1, 'k');
  EXPECT_EQ(run({"SET", key, "v"}), error("ERR key is longer than 32768 bytes"));
  EXPECT_EQ(run({"GET", key}), error("ERR key is longer than 32768 bytes"));
  EXPECT_EQ(run({"SET", key.substr(1), "v"}), ok);
  EXPECT_EQ(run({"SADD", key.substr(1), "m"}), wrong_kind);
  EXPECT_EQ(run({"SADD", key.substr(2), "mm"}), error("ERR key and member are longer than 32768 bytes"));
}

}  // namespace
}  // namespace skerry::edge
