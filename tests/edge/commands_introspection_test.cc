#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

class IntrospectionCommands : public CommandsTest {};

TEST_F(IntrospectionCommands, CountAndListAgreeWithTheTable) {
  std::size_t commands = 0;
  for (const Command& command : command_table()) commands += is_subcommand(command) ? 0 : 1;
  EXPECT_EQ(run("COMMAND COUNT"), number(static_cast<std::int64_t>(commands)));
  EXPECT_EQ(run("COMMAND LIST").substr(0, 6), "*" + std::to_string(command_table().size()) + "\r\n");
  EXPECT_EQ(run("COMMAND LIST FILTERBY PATTERN hex*"), bulks({"hexists"}));
  EXPECT_EQ(run("COMMAND LIST FILTERBY ACLCAT transaction"), bulks({"multi", "exec", "discard", "watch", "unwatch"}));
  EXPECT_EQ(run("COMMAND LIST FILTERBY MODULE x"), empty_array);
  EXPECT_EQ(run("COMMAND LIST FILTERBY x y"), error("ERR syntax error"));
}

// As redis-server 7.0.15 answers, but for the tips.
TEST_F(IntrospectionCommands, InfoIsRediss) {
  EXPECT_EQ(run("COMMAND INFO get nosuch"),
            "*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
            "*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n"
            "$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n"
            "$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n$7\r\nlastkey\r\n:0\r\n"
            "$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n$-1\r\n");
}

TEST_F(IntrospectionCommands, DocsSayWhatCommandsAreFor) {
  const std::string docs = run("COMMAND DOCS get nosuch client");
  EXPECT_EQ(docs.substr(0, 4), "*4\r\n");
  EXPECT_NE(docs.find("summary\r\n$22\r\nThe value of a string.\r\n"), std::string::npos);
  EXPECT_NE(docs.find("client|setname"), std::string::npos);
}

TEST_F(IntrospectionCommands, GetKeysFindsTheKeys) {
  EXPECT_EQ(run("COMMAND GETKEYS MSET a 1 b 2"), bulks({"a", "b"}));
  EXPECT_EQ(run("COMMAND GETKEYS DEL a b c"), bulks({"a", "b", "c"}));
  EXPECT_EQ(run("COMMAND GETKEYS PING x"), error("ERR The command has no key arguments"));
  EXPECT_EQ(run("COMMAND GETKEYS nosuch x"), error("ERR Invalid command specified"));
  EXPECT_EQ(run("COMMAND GETKEYS GET a b"), error("ERR Invalid number of arguments specified for command"));
}

}  // namespace
}  // namespace skerry::edge
