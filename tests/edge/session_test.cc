#include "edge/session.h"

#include <gtest/gtest.h>

#include "edge/command_table.h"

namespace skerry::edge {
namespace {

TEST(CommandQueue, GivesBackWhatWasPushedInOrder) {
  CommandQueue queue;
  const Command& set = *find_command("set");
  const Command& ping = *find_command("ping");
  {
    const std::string value(100, 'v');
    const std::vector<BytesView> words = {"SET", "", value};
    queue.push(set, words);
    queue.push(ping, std::vector<BytesView>{"ping"});
  }
  std::vector<std::pair<const Command*, std::vector<std::string>>> seen;
  queue.for_each([&](const Command& command, Arguments arguments) {
    seen.emplace_back(&command, std::vector<std::string>(arguments.begin(), arguments.end()));
  });
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].first, &set);
  EXPECT_EQ(seen[0].second, (std::vector<std::string>{"SET", "", std::string(100, 'v')}));
  EXPECT_EQ(seen[1].second, (std::vector<std::string>{"ping"}));
  EXPECT_GE(queue.bytes(), 107u);
  queue.clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0u);
}

TEST(Session, ResetMakesItNew) {
  Session session;
  session.id = 7;
  session.name = "a";
  session.protocol = Protocol::resp3;
  session.space = {3};
  session.queueing = session.queueing_failed = true;
  session.watches.push_back({});
  session.reset();
  EXPECT_EQ(session.id, 7u);
  EXPECT_EQ(session.name, "");
  EXPECT_EQ(session.protocol, Protocol::resp2);
  EXPECT_EQ(session.space, core::Space{0});
  EXPECT_FALSE(session.queueing || session.queueing_failed);
  EXPECT_TRUE(session.watches.empty());
}

TEST(Sessions, ListsWhatIsThereAndNeverRepeatsAnId) {
  Sessions sessions;
  Session first;
  Session second;
  {
    const Sessions::Entry one(sessions, first);
    const Sessions::Entry two(sessions, second);
    EXPECT_EQ(sessions.size(), 2u);
    EXPECT_EQ(sessions.all().begin()->second, &first);
  }
  EXPECT_EQ(sessions.size(), 0u);
  const Sessions::Entry again(sessions, first);
  EXPECT_EQ(first.id, 3u);
  EXPECT_EQ(sessions.connected_ever(), 3u);
}

}  // namespace
}  // namespace skerry::edge
