#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class ConnectionCommands : public CommandsTest {};

TEST_F(ConnectionCommands, PingAndEcho) {
  EXPECT_EQ(run("PING"), "+PONG\r\n");
  EXPECT_EQ(run("PING hello"), bulk("hello"));
  EXPECT_EQ(run("PING a b"), error("ERR wrong number of arguments for 'ping' command"));
  EXPECT_EQ(run("ECHO x"), bulk("x"));
}

TEST_F(ConnectionCommands, HelloChoosesTheVersion) {
  EXPECT_EQ(run("HELLO").substr(0, 5), "*14\r\n");
  EXPECT_EQ(run("HELLO 3 SETNAME shop").substr(0, 4), "%7\r\n");
  EXPECT_EQ(run("CLIENT GETNAME"), bulk("shop"));
  EXPECT_EQ(run("HELLO 2").substr(0, 5), "*14\r\n");
  EXPECT_EQ(run("HELLO 4"), error("NOPROTO unsupported protocol version"));
  EXPECT_EQ(run("HELLO x"), error("ERR Protocol version is not an integer or out of range"));
  EXPECT_EQ(run("HELLO 3 NOSUCH"), error("ERR Syntax error in HELLO option 'NOSUCH'"));
  EXPECT_EQ(run("HELLO 3 AUTH default secret").substr(0, 27), "-ERR 'AUTH' is not offered:");
  EXPECT_EQ(run("GET k"), nothing);  // what was refused has changed nothing
}

TEST_F(ConnectionCommands, ResetForgetsEverything) {
  run("HELLO 3 SETNAME shop");
  run("SELECT 5");
  run("MULTI");
  EXPECT_EQ(run("RESET"), "+RESET\r\n");
  EXPECT_EQ(run("GET k"), nothing);
  EXPECT_EQ(run("CLIENT GETNAME"), nothing);
  EXPECT_EQ(run("EXEC"), error("ERR EXEC without MULTI"));
}

TEST_F(ConnectionCommands, QuitCloses) {
  EXPECT_EQ(run("QUIT"), ok);
  EXPECT_EQ(run.outcome().then, Outcome::Then::close);
}

TEST_F(ConnectionCommands, SelectSeparatesSpaces) {
  run("SET k zero");
  EXPECT_EQ(run("SELECT 15"), ok);
  EXPECT_EQ(run("GET k"), nothing);
  run("SET k fifteen");
  run("FLUSHDB");
  run("SELECT 0");
  EXPECT_EQ(run("GET k"), bulk("zero"));
  EXPECT_EQ(run("SELECT 16"), error("ERR DB index is out of range"));
  EXPECT_EQ(run("SELECT -1"), error("ERR DB index is out of range"));
  EXPECT_EQ(run("SELECT x"), not_integer);
}

TEST_F(ConnectionCommands, NamesAreChecked) {
  EXPECT_EQ(run("CLIENT SETNAME shop"), ok);
  EXPECT_EQ(run({"CLIENT", "SETNAME", "a b"}),
            error("ERR Client names cannot contain spaces, newlines or special characters."));
  EXPECT_EQ(run({"CLIENT", "SETNAME", std::string(300, 'x')}),
            error("ERR Client names cannot be longer than 256 bytes."));
  EXPECT_EQ(run("CLIENT SETINFO LIB-NAME lettuce"), ok);
  EXPECT_EQ(run("CLIENT SETINFO lib-ver 6.3"), ok);
  EXPECT_EQ(run("CLIENT SETINFO nosuch 1"), error("ERR Unrecognized option 'nosuch'"));
  EXPECT_NE(run("CLIENT INFO").find("lib-name=lettuce lib-ver=6.3"), std::string::npos);
}

TEST_F(ConnectionCommands, ListShowsAllClients) {
  Client other(commands_, now_);
  other("CLIENT SETNAME other");
  other("MULTI");
  other("PING");
  pass(std::chrono::seconds(3));
  const std::string lines = run("CLIENT LIST");
  EXPECT_NE(lines.find("id=1 "), std::string::npos);
  EXPECT_NE(lines.find("id=2 "), std::string::npos);
  EXPECT_NE(lines.find("name=other "), std::string::npos);
  EXPECT_NE(lines.find("flags=x db=0 sub=0 psub=0 ssub=0 multi=1 "), std::string::npos) << lines;
  EXPECT_NE(lines.find("cmd=client|list "), std::string::npos);
  EXPECT_EQ(run("CLIENT LIST ID 2").find("id=1 "), std::string::npos);
  EXPECT_EQ(run("CLIENT LIST TYPE pubsub"), bulk(""));
  EXPECT_EQ(run("CLIENT LIST TYPE nosuch"), error("ERR Unknown client type 'nosuch'"));
  EXPECT_EQ(run("CLIENT LIST nosuch"), error("ERR syntax error"));
  EXPECT_EQ(run("CLIENT ID"), number(1));
}

}  // namespace
}  // namespace skerry::edge
