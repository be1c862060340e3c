#include "simulations/scenario/redis_words.h"

#include <gtest/gtest.h>

#include <set>

namespace skerry::simulations::scenario {
namespace {

using namespace std::chrono_literals;

Command command(const std::string& text) {
  const auto words = words_of(text);
  EXPECT_TRUE(words) << text;
  const auto command = command_of(words.value());
  EXPECT_TRUE(command) << text << ": " << (command ? "" : command.error().detail);
  return command.value_or(Command{});
}

std::string mistake(const std::string& text) {
  const auto words = words_of(text);
  if (!words) return words.error().detail;
  const auto command = command_of(*words);
  return command ? "" : command.error().detail;
}

TEST(RedisWords, ATextInQuotesIsOneWord) {
  EXPECT_EQ(words_of("SET  k 'two words'").value(), (Words{"SET", "k", "two words"}));
  EXPECT_EQ(words_of("SET k ''").value(), (Words{"SET", "k", ""}));
  EXPECT_NE(mistake("SET k 'open"), "");
  EXPECT_NE(mistake("   "), "");
}

TEST(RedisWords, AreTheSimulatorsCommands) {
  EXPECT_EQ(to_text(command("set k v")), "SET k v");
  const Command until = command("SET k v EX 5");
  EXPECT_EQ(until.verb, Verb::set_until);
  EXPECT_EQ(until.lifetime, 5s);
  EXPECT_EQ(command("SET k v PX 20").lifetime, 20ms);
  EXPECT_EQ(command("SET k v KEEPTTL").verb, Verb::set_keeping);
  EXPECT_EQ(command("INCR k").amount, 1);
  EXPECT_EQ(command("DECR k").amount, -1);
  EXPECT_EQ(command("DECRBY k 7").amount, -7);
  EXPECT_EQ(command("ZADD k 2.25 m").amount, 9);
  EXPECT_EQ(command("ZADD k 2.25 m").member, "m");
  EXPECT_EQ(command("HINCRBY k f -3").member, "f");
  EXPECT_EQ(command("EXPIRE k 60").lifetime, 60s);
  EXPECT_EQ(command("SCARD k").verb, Verb::get);
  EXPECT_EQ(command("SMEMBERS k").verb, Verb::set_members);
  EXPECT_EQ(command("FLUSHDB").verb, Verb::flush);
}

TEST(RedisWords, SayWhatIsAcceptedInstead) {
  EXPECT_NE(mistake("LPUSH k v").find("accepted are GET"), std::string::npos);
  EXPECT_NE(mistake("SET k").find("accepted is SET key value"), std::string::npos);
  EXPECT_NE(mistake("SET k v NX"), "");
  EXPECT_NE(mistake("SET k v EX soon"), "");
  EXPECT_NE(mistake("GET k v"), "");
  EXPECT_NE(mistake("INCRBY k 1.5"), "");
  EXPECT_NE(mistake("SADD k ''"), "");
  EXPECT_NE(mistake("ZADD k 0.1 m").find("multiple of 0.25"), std::string::npos);
}

TEST(RedisWords, APatternStandsForMany) {
  core::Random random(1);
  std::set<std::string> keys;
  for (int i = 0; i < 200; ++i) {
    const auto words = filled({"SADD", "cart/{2..5}/{region}", "m"}, {.region = "eu"}, random).value();
    keys.insert(words[1]);
    EXPECT_EQ(words[2], "m");
  }
  EXPECT_EQ(keys, (std::set<std::string>{"cart/2/eu", "cart/3/eu", "cart/4/eu", "cart/5/eu"}));
  const auto at = [&](Filling::Number number) { return filled({"GET", "k{-3..7}"}, {.number = number}, random); };
  EXPECT_EQ(at(Filling::Number::least).value()[1], "k-3");
  EXPECT_EQ(at(Filling::Number::greatest).value()[1], "k7");
  for (const char* wrong : {"{", "{}", "{1..}", "{5..1}", "{name}", "{1-5}"})
    EXPECT_FALSE(filled({"GET", wrong}, {}, random)) << wrong;
}

TEST(RedisWords, SkewIsOfKeysOnly) {
  core::Random random(1);
  int small_keys = 0;
  int small_members = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto words = filled({"SADD", "{0..99}", "{0..99}"}, {.skew = 3}, random).value();
    small_keys += words[1].size() == 1;
    small_members += words[2].size() == 1;
  }
  EXPECT_GT(small_keys, 400);
  EXPECT_LT(small_members, 200);
}

}  // namespace
}  // namespace skerry::simulations::scenario
