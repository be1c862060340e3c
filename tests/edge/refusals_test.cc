#include "edge/refusals.h"

#include <gtest/gtest.h>

#include "edge/command_table.h"

namespace skerry::edge {
namespace {

TEST(Refusals, GiveAReasonForWhatRedisHasAndWeDoNot) {
  for (const BytesView name : {"LPUSH", "blpop", "XADD", "eval", "migrate", "subscribe", "restore-asking", "auth"}) {
    EXPECT_TRUE(reason_not_offered(name).has_value()) << name;
  }
}

TEST(Refusals, KnowNothingOfOtherNames) {
  for (const BytesView name :
       {"", " ", "nosuch", "pus", "lpush rpush", "get", "lpush ", "averyveryverylongcommandname"}) {
    EXPECT_FALSE(reason_not_offered(name).has_value()) << name;
  }
}

TEST(Refusals, RefuseNothingThatIsOffered) {
  for (const Command& command : command_table()) EXPECT_FALSE(reason_not_offered(command.name)) << command.name;
}

}  // namespace
}  // namespace skerry::edge
