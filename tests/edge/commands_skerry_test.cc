#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

// A node with one peer, which can be cut.
struct OnePeer {
  PeerReport report;

  OnePeer() { report.name = "eu-west"; }

  PeerControl control() {
    const auto set = [this](BytesView name, PeerReport::State state) -> core::Result<void> {
      if (name != report.name) return core::fail(core::ErrorCode::invalid, "there is no peer of that name");
      report.state = state;
      return {};
    };
    return {.peers = [this] { return std::vector<PeerReport>{report}; },
            .cut = [set](BytesView name) { return set(name, PeerReport::State::cut); },
            .heal = [set](BytesView name) { return set(name, PeerReport::State::connected); }};
  }
};

class SkerryCommands : private OnePeer, public CommandsTest {
 protected:
  SkerryCommands() : CommandsTest(control()) {}
};

TEST_F(SkerryCommands, DumpShowsEveryCell) {
  run({"SET", std::string("k\0\"", 3), "v"});
  run("HSET h f 1");
  const std::string dump = run("SKERRY.DUMP");
  EXPECT_EQ(dump.substr(0, 4), "*2\r\n");
  EXPECT_NE(dump.find("0 hash \"h\" \"f\" abababababababababababababababab:"), std::string::npos) << dump;
  EXPECT_NE(dump.find("0 string \"k\\x00\\x22\" "), std::string::npos) << dump;
  EXPECT_EQ(run("SKERRY.DUMP 1"), empty_array);
  EXPECT_EQ(run("SKERRY.DUMP 16"), error("ERR DB index is out of range"));
  EXPECT_EQ(run("SKERRY.DUMP 1 2"), error("ERR syntax error"));
}

TEST_F(SkerryCommands, DigestAndContextFollowTheCells) {
  const std::string empty = run("SKERRY.DIGEST");
  EXPECT_EQ(run("SKERRY.CONTEXT 1"), empty_array);
  run("SET k v");
  const std::string one = run("SKERRY.DIGEST");
  EXPECT_NE(one, empty);
  EXPECT_EQ(run("SKERRY.DIGEST 0"), one);
  EXPECT_EQ(run("SKERRY.DIGEST 1"), empty);
  const std::string context = run("SKERRY.CONTEXT");
  EXPECT_EQ(context.substr(0, 43), "*2\r\n$32\r\nabababababababababababababababab\r\n");
  run("DEL k");
  EXPECT_EQ(run("SKERRY.DIGEST"), empty);
  EXPECT_NE(run("SKERRY.CONTEXT"), context);
}

TEST_F(SkerryCommands, ExplainTellsWhoWrote) {
  run("SET k v EX 100");
  run("INCR n");
  run("HSET h f x");
  const std::string key = run("SKERRY.EXPLAIN k");
  EXPECT_NE(key.find("the only write that no other has superseded"), std::string::npos) << key;
  EXPECT_NE(key.find("deadline\r\n:1700000100000\r\n"), std::string::npos) << key;
  EXPECT_NE(key.find("deadline-writer\r\n$32\r\nabab"), std::string::npos) << key;
  const std::string counter = run("SKERRY.EXPLAIN n");
  EXPECT_NE(counter.find("adds what no reset has absorbed"), std::string::npos) << counter;
  EXPECT_NE(counter.find("increments\r\n:1\r\n"), std::string::npos) << counter;
  EXPECT_NE(run("SKERRY.EXPLAIN h").find("members\r\n:1\r\n"), std::string::npos);
  EXPECT_NE(run("SKERRY.EXPLAIN h f").find("value\r\n$1\r\nx\r\n"), std::string::npos);
  EXPECT_NE(run("SKERRY.EXPLAIN nosuch").find("kind\r\n$4\r\nnone\r\n"), std::string::npos);
}

TEST_F(SkerryCommands, ExplainShowsTheCellsOfMembersToo) {
  run("SADD s milk");
  run("ZADD z 1.5 m");
  EXPECT_NE(run("SKERRY.EXPLAIN s").find("member\r\n$4\r\nmilk\r\n"), std::string::npos);
  EXPECT_NE(run("SKERRY.EXPLAIN z").find("value\r\n$3\r\n1.5\r\n"), std::string::npos);
  EXPECT_NE(run("SKERRY.EXPLAIN s").find("complete\r\n$3\r\nyes\r\n"), std::string::npos);
  for (int i = 0; i < 128; ++i) run("SADD s " + std::to_string(i));
  EXPECT_NE(run("SKERRY.EXPLAIN s").find("complete\r\n$2\r\nno\r\n"), std::string::npos);
  EXPECT_EQ(run("SKERRY.EXPLAIN s").find("milk"), std::string::npos);
  EXPECT_NE(run("SKERRY.EXPLAIN s milk").find("member\r\n$4\r\nmilk\r\n"), std::string::npos);
}

TEST_F(SkerryCommands, PeersAreListedCutAndHealed) {
  EXPECT_NE(run("SKERRY.PEERS").find("eu-west"), std::string::npos);
  EXPECT_EQ(run("SKERRY.CUT eu-west"), ok);
  EXPECT_NE(run("SKERRY.PEERS").find("state\r\n$3\r\ncut\r\n"), std::string::npos);
  EXPECT_EQ(run("SKERRY.HEAL eu-west"), ok);
  EXPECT_NE(run("SKERRY.PEERS").find("state\r\n$9\r\nconnected\r\n"), std::string::npos);
  EXPECT_EQ(run("SKERRY.CUT nosuch"), error("ERR there is no peer of that name"));
}

}  // namespace
}  // namespace skerry::edge
