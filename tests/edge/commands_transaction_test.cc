#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

const std::string queued = "+QUEUED\r\n";
const std::string aborted = error("EXECABORT Transaction discarded because of previous errors.");

class TransactionCommands : public CommandsTest {
 protected:
  Client other_{commands_, now_};
};

TEST_F(TransactionCommands, QueuedCommandsRunTogether) {
  EXPECT_EQ(run("MULTI"), ok);
  EXPECT_EQ(run("SET a 1"), queued);
  EXPECT_EQ(run("INCR a"), queued);
  EXPECT_EQ(run("SADD a x"), queued);
  EXPECT_EQ(other_("GET a"), nothing);
  EXPECT_EQ(run("EXEC"), "*3\r\n" + ok + number(2) + wrong_kind);
  EXPECT_EQ(other_("GET a"), bulk("2"));
}

TEST_F(TransactionCommands, AnEmptyOneAnswersNothing) {
  run("MULTI");
  EXPECT_EQ(run("EXEC"), empty_array);
}

TEST_F(TransactionCommands, WordsInTheWrongPlaceAreRefused) {
  EXPECT_EQ(run("EXEC"), error("ERR EXEC without MULTI"));
  EXPECT_EQ(run("DISCARD"), error("ERR DISCARD without MULTI"));
  run("MULTI");
  EXPECT_EQ(run("MULTI"), error("ERR MULTI calls can not be nested"));
  EXPECT_EQ(run("WATCH a"), error("ERR WATCH inside MULTI is not allowed"));
  EXPECT_EQ(run("DISCARD"), ok);
  EXPECT_EQ(run("EXEC"), error("ERR EXEC without MULTI"));
}

TEST_F(TransactionCommands, AnErrorWhileQueueingAbortsAll) {
  for (const char* line : {"nosuch", "GET", "LPUSH l x", "CLIENT nosuch", "SKERRY.DUMP", "SELECT 1"}) {
    run("MULTI");
    EXPECT_EQ(run("SET a 1"), queued);
    EXPECT_EQ(run(line).front(), '-') << line;
    EXPECT_EQ(run("EXEC"), aborted) << line;
    EXPECT_EQ(run("GET a"), nothing) << line;
  }
}

TEST_F(TransactionCommands, SelectOfTheSameSpaceMayBeQueued) {
  run("MULTI");
  EXPECT_EQ(run("SELECT 0"), queued);
  EXPECT_EQ(run("EXEC"), "*1\r\n" + ok);
}

TEST_F(TransactionCommands, AWatchedChangeMakesExecDoNothing) {
  run("SET k 1");
  EXPECT_EQ(run("WATCH k nosuch"), ok);
  other_("SET k 2");
  run("MULTI");
  run("SET k 3");
  EXPECT_EQ(run("EXEC"), "*-1\r\n");
  EXPECT_EQ(run("GET k"), bulk("2"));
}

TEST_F(TransactionCommands, WatchSeesCreationRemovalAndExpiry) {
  for (const char* line : {"SET new v", "DEL old", "PEXPIRE old 1", "HSET new f v", "FLUSHDB"}) {
    run("DEL new");
    run("SET old v");
    run("WATCH new old");
    other_(line);
    run("MULTI");
    EXPECT_EQ(run("EXEC"), "*-1\r\n") << line;
  }
  run("SET old v PX 50");
  run("WATCH old");
  pass(std::chrono::milliseconds(50));
  run("MULTI");
  EXPECT_EQ(run("EXEC"), "*-1\r\n");
}

TEST_F(TransactionCommands, WhatIsNotChangedDoesNotMatter) {
  run("SET k 1");
  run("WATCH k");
  other_("SET k2 2");
  other_("GET k");
  run("MULTI");
  run("INCR k");
  EXPECT_EQ(run("EXEC"), "*1\r\n" + number(2));
  // EXEC has ended the watch.
  other_("SET k 5");
  run("MULTI");
  EXPECT_EQ(run("EXEC"), empty_array);
  run("WATCH k");
  other_("SET k 6");
  EXPECT_EQ(run("UNWATCH"), ok);
  run("MULTI");
  EXPECT_EQ(run("EXEC"), empty_array);
}

TEST_F(TransactionCommands, WatchRemembersTheSpace) {
  run("WATCH k");
  run("SELECT 1");
  other_("SET k 1");
  run("MULTI");
  EXPECT_EQ(run("EXEC"), "*-1\r\n");
}

TEST_F(TransactionCommands, NullIsNullInTheThirdVersion) {
  run("HELLO 3");
  run("WATCH k");
  other_("SET k 1");
  run("MULTI");
  EXPECT_EQ(run("EXEC"), "_\r\n");
}

TEST_F(TransactionCommands, QueuesAreBounded) {
  run("MULTI");
  const std::string value(4 << 20, 'x');
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run({"SET", "k" + std::to_string(i), value}), queued);
  EXPECT_EQ(run({"SET", "k3", value}), error("ERR too much for one transaction"));
  EXPECT_EQ(run("EXEC"), aborted);
}

// --- at the limits of a batch: all or nothing

const std::string too_much = error(
    "EXECABORT Transaction discarded because of: too much for one batch: at most 16384 events and 16777216 bytes");

TEST_F(TransactionCommands, ATransactionThatFillsABatchIsAppliedWhole) {
  run("MULTI");
  for (int i = 0; i < 8'192; ++i) run({"HSET", "h" + std::to_string(i), "a", "1", "b", "2"});
  const std::string replies = run("EXEC");
  EXPECT_EQ(replies.find('-'), std::string::npos);
  EXPECT_EQ(run("DBSIZE"), number(8'192));
}

TEST_F(TransactionCommands, ATransactionWithOneEventTooManyChangesNothing) {
  run("MULTI");
  for (int i = 0; i < 8'192; ++i) run({"HSET", "h" + std::to_string(i), "a", "1", "b", "2"});
  run("SET k v");
  EXPECT_EQ(run("EXEC"), too_much);
  EXPECT_EQ(run("DBSIZE"), number(0));
  EXPECT_EQ(run("EXEC"), error("ERR EXEC without MULTI"));
}

TEST_F(TransactionCommands, BytesOfAllCommandsCountTogether) {
  run({"SET", "k", std::string(3 << 20, 'x')});
  run("MULTI");
  for (int i = 0; i < 8; ++i) run({"APPEND", "k", "more"});
  EXPECT_EQ(run("EXEC"), too_much);
  EXPECT_EQ(run("STRLEN k"), number(3 << 20));
}

TEST_F(TransactionCommands, WhatRemovingAKeyMayTakeIsCounted) {
  for (int i = 0; i < 9'000; ++i) run({"HINCRBY", "h", "f" + std::to_string(i), "1"});
  run("MULTI");
  run("DEL h");
  for (int i = 0; i < 8'000; ++i) run({"SET", "k" + std::to_string(i), "v"});
  EXPECT_EQ(run("EXEC"), too_much);
  EXPECT_EQ(run("HLEN h"), number(9'000));
}

TEST_F(TransactionCommands, WatchesAreBounded) {
  std::vector<std::string> words = {"WATCH"};
  for (std::size_t i = 0; i < watched_keys_max; ++i) words.push_back("k" + std::to_string(i));
  EXPECT_EQ(run(words), ok);
  EXPECT_EQ(run("WATCH k1"), ok);
  EXPECT_EQ(run("WATCH another"), error("ERR no more than 4096 keys can be watched"));
}

TEST_F(TransactionCommands, WaitInsideDoesNotBlock) {
  run("MULTI");
  run("WAIT 3 0");
  EXPECT_EQ(run("EXEC"), "*1\r\n" + number(0));
  EXPECT_EQ(run.outcome().then, Outcome::Then::next);
}

}  // namespace
}  // namespace skerry::edge
