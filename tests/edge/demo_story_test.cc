#include "edge/demo_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <sstream>

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Type = RespReply::Type;

// As much of a store as the story asks for.  All regions share one: a world whose nodes always agree.
struct PretendStore {
  std::map<std::string, std::string> strings;
  std::map<std::string, std::set<std::string>> sets;
  std::map<std::string, std::map<std::string, std::string>> hashes;

  RespReply answer(const RespCommand& command) {
    const std::string& name = command[0];
    if (name == "SET") return strings[command[1]] = command[2], RespReply{Type::status, "OK", 0, {}};
    if (name == "INCR") return integer(std::stoll(strings[command[1]] = std::to_string(count(command[1]) + 1)));
    if (name == "SADD") return sets[command[1]].insert(command.begin() + 2, command.end()), integer(1);
    if (name == "SREM") return integer(static_cast<std::int64_t>(sets[command[1]].erase(command[2])));
    if (name == "GET") return {Type::bulk, strings[command[1]], 0, {}};
    if (name == "HSET") {
      for (std::size_t i = 2; i + 1 < command.size(); i += 2) hashes[command[1]][command[i]] = command[i + 1];
      return integer(1);
    }
    RespReply items{Type::array, {}, 0, {}};
    if (name == "SMEMBERS") {
      for (const std::string& member : sets[command[1]]) items.items.push_back({Type::bulk, member, 0, {}});
    } else if (name == "HGETALL") {
      for (const auto& [field, value] : hashes[command[1]]) {
        items.items.push_back({Type::bulk, field, 0, {}});
        items.items.push_back({Type::bulk, value, 0, {}});
      }
    } else if (name == "SKERRY.DIGEST") {
      return {Type::bulk, "digest", 0, {}};
    }
    return items;
  }

  static RespReply integer(std::int64_t value) { return {Type::integer, {}, value, {}}; }
  std::int64_t count(const std::string& key) { return strings[key].empty() ? 0 : std::stoll(strings[key]); }
};

class Telling : public testing::Test {
 protected:
  Telling() {
    for (const char* name : {"us-east", "eu-west", "ap-south"}) {
      world.regions.push_back({name, [this](const auto& commands) { return answer_all(commands, shared); }});
    }
    world.cut = [this] { ++cuts; };
    world.heal = [this] { ++heals; };
    world.wait = [](std::chrono::milliseconds) { return true; };
    world.patience = 10s;
  }

  core::Result<std::vector<RespReply>> answer_all(const std::vector<RespCommand>& commands, PretendStore& store) {
    const std::lock_guard lock(mutex);
    std::vector<RespReply> replies;
    for (const RespCommand& command : commands) replies.push_back(store.answer(command));
    return replies;
  }

  StoryEnd tell() { return DemoStory(world, terminal).tell(); }

  std::mutex mutex;
  PretendStore shared;
  DemoWorld world;
  int cuts = 0, heals = 0;
  std::ostringstream out;
  Terminal terminal{out, {}};
};

TEST_F(Telling, EndsWellWhenAllAgreeOnWhatWasWritten) {
  EXPECT_EQ(tell(), StoryEnd::agreed) << out.str();
  EXPECT_EQ(cuts, 1);
  EXPECT_EQ(heals, 1);
  EXPECT_EQ(shared.strings["visits"], "1280");
  EXPECT_THAT(out.str(), HasSubstr("All regions agree after"));
}

TEST_F(Telling, FitsEightyColumns) {
  tell();
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), 80u) << line;
}

TEST_F(Telling, TheTwoTruthsDifferInEveryKeyThatWasWritten) {
  PretendStore far;
  bool apart = false;
  world.cut = [&] {
    const std::lock_guard lock(mutex);
    far = shared;
    apart = true;
  };
  world.regions[2].call_all = [&](const auto& commands) { return answer_all(commands, apart ? far : shared); };
  tell();
  EXPECT_THAT(out.str(), HasSubstr("1230"));
  EXPECT_THAT(out.str(), HasSubstr("1250"));
}

TEST_F(Telling, TheCutLastsUntilItsSessionsHaveEnded) {
  int asked = 0;
  world.heal = [&] { EXPECT_EQ(asked, 3); };
  world.regions[2].call_all = [&](const std::vector<RespCommand>& commands) {
    auto replies = answer_all(commands, shared);
    if (commands.front().front() != "SKERRY.PEERS") return replies;
    RespReply peer{Type::array, {}, 0, {{Type::bulk, "state", 0, {}}, {Type::bulk, "connected", 0, {}}}};
    if (++asked < 3) replies->front().items.push_back(peer);
    return replies;
  };
  EXPECT_EQ(tell(), StoryEnd::agreed);
  EXPECT_EQ(asked, 3);
}

TEST_F(Telling, ALostIncrementIsSeen) {
  int ignored = 0;
  world.regions[1].call_all = [&](const std::vector<RespCommand>& commands) {
    auto replies = answer_all(commands, shared);
    if (commands.front().front() == "INCR" && ignored++ == 0) {
      const std::lock_guard lock(mutex);
      shared.strings["visits"] = std::to_string(shared.count("visits") - 1);
    }
    return replies;
  };
  EXPECT_EQ(tell(), StoryEnd::disagreed);
  EXPECT_THAT(out.str(), HasSubstr("wrong: visits"));
}

TEST_F(Telling, ARegionThatShowsSomethingElseIsSeen) {
  PretendStore other;
  world.regions[2].call_all = [&](const auto& commands) { return answer_all(commands, other); };
  EXPECT_EQ(tell(), StoryEnd::disagreed);
}

TEST_F(Telling, RegionsThatNeverAgreeEndIt) {
  world.patience = 0ms;
  world.regions[2].call_all = [this](const auto& commands) {
    auto replies = answer_all(commands, shared);
    if (commands.front().front() == "SKERRY.CONTEXT") replies->front().items.push_back({});
    return replies;
  };
  EXPECT_EQ(tell(), StoryEnd::disagreed);
  EXPECT_THAT(out.str(), HasSubstr("do not agree"));
}

TEST_F(Telling, ANodeThatDoesNotAnswerEndsIt) {
  world.regions[1].call_all = [](const auto&) -> core::Result<std::vector<RespReply>> {
    return core::fail(core::ErrorCode::io, "no answer in time");
  };
  EXPECT_EQ(tell(), StoryEnd::failed);
  EXPECT_THAT(out.str(), HasSubstr("eu-west: no answer in time"));
}

TEST_F(Telling, TheUserMayEndIt) {
  world.wait = [](std::chrono::milliseconds) { return false; };
  EXPECT_EQ(tell(), StoryEnd::interrupted);
  EXPECT_EQ(heals, 0);
}

}  // namespace
}  // namespace skerry::edge
