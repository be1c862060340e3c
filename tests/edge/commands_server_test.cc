#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class ServerCommands : public CommandsTest {};

TEST_F(ServerCommands, FlushRemovesEverythingInOneSpace) {
  run("MSET a 1 b 2");
  run("HSET h f v");
  EXPECT_EQ(run("DBSIZE"), number(3));
  EXPECT_EQ(run("FLUSHDB nosuch"), error("ERR syntax error"));
  EXPECT_EQ(run("FLUSHDB ASYNC"), ok);
  EXPECT_EQ(run("DBSIZE"), number(0));
  EXPECT_EQ(run("HGETALL h"), empty_array);
}

TEST_F(ServerCommands, TimeIsTheNodesWallClock) {
  EXPECT_EQ(run("TIME"), bulks({"1700000000", "0"}));
  pass(std::chrono::milliseconds(12));
  EXPECT_EQ(run("TIME"), bulks({"1700000000", "12000"}));
}

TEST_F(ServerCommands, WaitSaysForWhatTheConnectionWaits) {
  EXPECT_EQ(run("WAIT 0 0"), number(0));
  EXPECT_EQ(run("WAIT -1 0"), number(0));
  EXPECT_EQ(run("WAIT x 0"), not_integer);
  EXPECT_EQ(run("WAIT 1 x"), error("ERR timeout is not an integer or out of range"));
  EXPECT_EQ(run("WAIT 1 -1"), error("ERR timeout is negative"));
  run("SET k v");
  EXPECT_EQ(run("WAIT 2 100"), "");
  EXPECT_EQ(run.outcome().then, Outcome::Then::wait);
  ASSERT_TRUE(run.session().wait.has_value());
  EXPECT_EQ(run.session().wait->peers_wanted, 2u);
  EXPECT_EQ(run.session().wait->deadline, now_.instant + std::chrono::milliseconds(100));
  EXPECT_FALSE(run.session().wait->context.empty());
  EXPECT_EQ(commands_.peers_with(*run.session().wait), 0u);
  EXPECT_EQ(run("WAIT 1 0"), "");
  EXPECT_FALSE(run.session().wait->deadline.has_value());
}

TEST_F(ServerCommands, ConfigGetMatchesPatterns) {
  EXPECT_EQ(run("CONFIG GET save"), bulks({"save", ""}));
  EXPECT_EQ(run("CONFIG GET MAXCL* databases"), bulks({"databases", "16", "maxclients", "10"}));
  EXPECT_EQ(run("CONFIG GET nosuch"), empty_array);
  EXPECT_EQ(run("CONFIG SET save x"), error("ERR unknown subcommand 'SET'. Try CONFIG HELP."));
  EXPECT_EQ(run("CONFIG"), error("ERR wrong number of arguments for 'config' command"));
}

TEST_F(ServerCommands, HelpComesFromTheTable) {
  const std::string lines = run("CONFIG HELP");
  EXPECT_NE(lines.find("+CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"), std::string::npos);
  EXPECT_NE(lines.find("+GET parameter [parameter ...]\r\n"), std::string::npos);
}

}  // namespace
}  // namespace skerry::edge
