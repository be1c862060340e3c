#include "edge/commands.h"

#include <set>

#include "core/random.h"
#include "sync/keyspace.h"
#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class Dispatch : public CommandsTest {};

TEST_F(Dispatch, UnknownCommandsAreQuotedAsRedisQuotesThem) {
  EXPECT_EQ(run("nosuch"), error("ERR unknown command 'nosuch', with args beginning with: "));
  EXPECT_EQ(run("NoSuch a b"), error("ERR unknown command 'NoSuch', with args beginning with: 'a' 'b' "));
  EXPECT_EQ(run({std::string(200, 'x')}),
            error("ERR unknown command '" + std::string(128, 'x') + "', with args beginning with: "));
  EXPECT_EQ(run({"a\r\nb", "c\nd"}), error("ERR unknown command 'a  b', with args beginning with: 'c d' "));
  EXPECT_EQ(run({"x", std::string(126, 'y'), "z"}),
            error("ERR unknown command 'x', with args beginning with: '" + std::string(126, 'y') + "' "));
  EXPECT_EQ(run("client|id").substr(0, 30), "-ERR unknown command 'client|i");
}

TEST_F(Dispatch, WhatIsNotOfferedIsNamedWithAReason) {
  const std::string reply = run("lpush l x");
  EXPECT_EQ(reply.substr(0, 30), "-ERR 'LPUSH' is not offered: a");
  EXPECT_NE(reply.find("; see docs/semantics.md\r\n"), std::string::npos);
}

TEST_F(Dispatch, SubcommandsAndArityAreChecked) {
  EXPECT_EQ(run("CLIENT nosuch"), error("ERR unknown subcommand 'nosuch'. Try CLIENT HELP."));
  EXPECT_EQ(run("CLIENT"), error("ERR wrong number of arguments for 'client' command"));
  EXPECT_EQ(run("CLIENT ID x"), error("ERR wrong number of arguments for 'client|id' command"));
  EXPECT_EQ(run("SET k"), error("ERR wrong number of arguments for 'set' command"));
}

TEST_F(Dispatch, ABrowserIsNotAnswered) {
  for (const char* line : {"POST / HTTP/1.1", "Host: localhost", "GET / HTTP/1.1"}) {
    EXPECT_EQ(run(line), "") << line;
    EXPECT_EQ(run.outcome().then, Outcome::Then::close) << line;
  }
}

TEST_F(Dispatch, AnswersDependOnWhatTheyReadOrWrote) {
  store_.set_mode(sync::MemoryStore::Mode::by_hand);
  run("PING");
  EXPECT_EQ(run.outcome().depends_on, 0u);
  EXPECT_FALSE(run.outcome().used_replica);
  run("SET k v");
  const sync::Lsn written = run.outcome().depends_on;
  EXPECT_GT(written, 0u);
  EXPECT_TRUE(run.outcome().used_replica);
  run("GET k");
  EXPECT_EQ(run.outcome().depends_on, written);
  run("MULTI");
  run("GET k");
  run("EXEC");
  EXPECT_EQ(run.outcome().depends_on, written);
}

TEST_F(Dispatch, EveryCommandRunsInOneTransaction) {
  const sync::EventLog& log = replica_->keyspace().state({0}).log;
  const auto batches_of_last = [&](std::size_t events) {
    std::set<std::pair<core::Sequence, std::uint32_t>> batches;
    for (sync::Position at = log.end() - events; at < log.end(); ++at) {
      batches.insert({log.batch_at(at).first, log.batch_at(at).count});
    }
    return batches;
  };
  using Batches = std::set<std::pair<core::Sequence, std::uint32_t>>;
  run("SET before 1");
  const core::Sequence next = log.dot_at(log.end() - 1).sequence + 1;
  run("MSET a 1 b 2 c 3");
  EXPECT_EQ(batches_of_last(3), (Batches{{next, 3}}));
  run("SET d 1");
  run("SET e 1");
  EXPECT_EQ(batches_of_last(2), (Batches{{next + 3, 1}, {next + 4, 1}}));
  run("MULTI");
  run("SET f 1");
  run("HSET g a 1 b 2");
  run("EXEC");
  EXPECT_EQ(batches_of_last(3), (Batches{{next + 5, 3}}));
}

// --- a full disk

class FullDisk : public CommandsTest {
 protected:
  void SetUp() override {
    run("MSET a 1 b 2 c 3 d 4");
    run("HSET h f 1 g 2");
    run("SADD s x y");
    run("ZADD z 1 x 2 y");
    run("WATCH a");
    store_.set_room(sync::Room::scarce);
  }
  const std::string refused =
      error("NOSPACE The disk of this node is full: only reads and deletions work until there is space again");
};

TEST_F(FullDisk, RefusesWhatNeedsSpace) {
  for (const char* line :
       {"SET a 9", "INCR a", "APPEND a x", "MSET a 9 n 9", "SETNX n 9", "GETSET a 9", "HSET h f 9", "HINCRBY h f 1",
        "SADD s z", "ZADD z 3 z", "ZINCRBY z 1 x", "EXPIRE a 100", "PERSIST a", "GETEX a EX 100", "SETEX a 100 9"})
    EXPECT_EQ(run(line), refused) << line;
  EXPECT_EQ(run("GET a"), bulk("1"));
  EXPECT_EQ(run("EXISTS n"), number(0));
  EXPECT_EQ(run("TTL a"), number(-1));
  EXPECT_EQ(commands_.counters(*find_command("set")).rejected, 1u);
  store_.set_room(sync::Room::enough);
  EXPECT_EQ(run("SET a 9"), ok);
}

TEST_F(FullDisk, ReadsAndRemoves) {
  EXPECT_EQ(run("MGET a b"), bulks({"1", "2"}));
  EXPECT_EQ(run("DEL a"), number(1));
  EXPECT_EQ(run("UNLINK b"), number(1));
  EXPECT_EQ(run("GETDEL c"), bulk("3"));
  EXPECT_EQ(run("HDEL h f"), number(1));
  EXPECT_EQ(run("SREM s x"), number(1));
  EXPECT_EQ(run("ZREM z x"), number(1));
  EXPECT_EQ(run("DBSIZE"), number(4));
  EXPECT_EQ(run("FLUSHDB"), ok);
  EXPECT_EQ(run("DBSIZE"), number(0));
}

TEST_F(FullDisk, DiscardsATransactionThatNeedsSpace) {
  EXPECT_EQ(run("MULTI"), ok);
  EXPECT_EQ(run("SET a 9"), refused);
  EXPECT_EQ(run("DEL b"), "+QUEUED\r\n");
  EXPECT_EQ(run("EXEC"), error("EXECABORT Transaction discarded because of previous errors."));
  EXPECT_EQ(run("MGET a b"), bulks({"1", "2"}));
  run("MULTI");
  run("DEL a");
  run("GET b");
  EXPECT_EQ(run("EXEC"), "*2\r\n" + number(1) + bulk("2"));
  // It may become full between the two.
  store_.set_room(sync::Room::enough);
  run("MULTI");
  EXPECT_EQ(run("SET b 9"), "+QUEUED\r\n");
  store_.set_room(sync::Room::scarce);
  EXPECT_EQ(run("EXEC"), error("EXECABORT Transaction discarded because of: " + refused.substr(1, refused.size() - 3)));
  EXPECT_EQ(run("GET b"), bulk("2"));
  EXPECT_FALSE(run.session().queueing);
}

TEST_F(FullDisk, WithoutAReserveRefusesRemovalsToo) {
  store_.set_room(sync::Room::none);
  const std::string only_reads =
      error("NOSPACE The disk of this node is full: only reads work until there is space again");
  for (const char* line : {"SET a 9", "DEL a", "FLUSHDB"}) EXPECT_EQ(run(line), only_reads) << line;
  EXPECT_EQ(run("GET a"), bulk("1"));
}

// A removal needs memory until it is written, and that is not soon.
TEST_F(FullDisk, RefusesRemovalsWhenMemoryIsFullToo) {
  store_.set_room(sync::Room::enough);
  store_.set_mode(sync::MemoryStore::Mode::by_hand);
  for (int i = 0; i < 20 && !replica_->full(); ++i) {
    run({"SET", "large", std::string(3 << 20, 'x')});
    end_turn();
  }
  ASSERT_TRUE(replica_->full());
  run("SET a 9");
  EXPECT_EQ(run.outcome().then, Outcome::Then::room);
  store_.set_room(sync::Room::scarce);
  EXPECT_NE(run("DEL a").find("only reads work"), std::string::npos);
  EXPECT_EQ(run("GET a"), bulk("1"));
}

// Whatever words arrive, the answer is one well-formed reply, and the table's functions keep their promises.
TEST_F(Dispatch, RandomWordsAlwaysGetOneReply) {
  core::Random random(11);
  const std::vector<std::string> words = {"k",     "h",       "s",    "z",          "1",  "-1",    "0",     "x",
                                          "NX",    "XX",      "EX",   "GT",         "LT", "COUNT", "LIMIT", "MATCH",
                                          "inf",   "(1",      "[a",   "+",          "",   "*",     "10",    "REV",
                                          "BYLEX", "BYSCORE", "INCR", "WITHSCORES", "GET"};
  const auto table = command_table();
  for (int i = 0; i < 20'000; ++i) {
    std::string name(table[random.below(table.size())].name);
    std::vector<std::string> request;
    const std::size_t bar = name.find('|');
    request.push_back(name.substr(0, bar));
    if (bar != std::string::npos) request.push_back(name.substr(bar + 1));
    for (std::size_t size = random.below(6); size > 0; --size) request.push_back(words[random.below(words.size())]);
    const std::string reply = run(request);
    if (run.outcome().then == Outcome::Then::wait) {
      EXPECT_EQ(reply, "");
      run.session().wait.reset();
      continue;
    }
    ASSERT_FALSE(reply.empty()) << name;
    ASSERT_NE(std::string("+-:$*%~_,#=(").find(reply.front()), std::string::npos) << name;
    ASSERT_EQ(reply.substr(reply.size() - 2), "\r\n") << name;
    if (i % 64 == 0) end_turn();
  }
}

}  // namespace
}  // namespace skerry::edge
