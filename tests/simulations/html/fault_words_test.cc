#include "simulations/html/fault_words.h"

#include <gtest/gtest.h>

#include "tests/simulations/quiet_world.h"

namespace skerry::simulations::html {
namespace {

std::string all_words(const Conditions& conditions, const std::vector<std::string>& hosts) {
  std::string text;
  for (const Topic& topic : fault_words(conditions, hosts)) {
    text += topic.name + ":";
    for (const std::string& sentence : topic.sentences) text += " " + sentence;
    text += "\n";
  }
  return text;
}

TEST(FaultWords, SayWhatHappensAndWhatDoesNot) {
  Conditions conditions = quiet_conditions(3);
  conditions.faults.partitions = 1;
  conditions.faults.crashes = 4;
  conditions.network.loss = 0.0405;
  conditions.stay_apart = Edge{0, 2};
  conditions.hosts[1].clock.offset = 90s;
  const std::string text = all_words(conditions, {"eu-west", "us-east", "ap-south"});
  for (const char* fact :
       {"Drawn for this run: 1 partition and 4 crashes.", "None of: cuts of single paths, ", "clocks that stand still.",
        "3 replicas; each has sessions with each other.", "A packet takes 10 ms.", "4.05 % are lost",
        "eu-west and ap-south stay cut off", "us-east: 1 min 30 s off", "ap-south: a sync takes 2 ms."})
    EXPECT_NE(text.find(fact), std::string::npos) << fact << "\n" << text;
  EXPECT_EQ(text.find("flipped bit"), std::string::npos) << text;
}

TEST(FaultWords, EveryInvariantHasItsSentence) {
  for (int i = 1; i <= 12; ++i) EXPECT_FALSE(invariant_words("I" + std::to_string(i)).empty()) << i;
  EXPECT_TRUE(invariant_words("I13").empty());
}

}  // namespace
}  // namespace skerry::simulations::html
