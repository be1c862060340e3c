#include "edge/refusals.h"

#include <gtest/gtest.h>

#include <fstream>

#include "edge/command_table.h"

namespace skerry::edge {
namespace {

TEST(Refusals, GiveAReasonForWhatRedisHasAndWeDoNot) {
  for (const BytesView name : {"LPUSH", "blpop", "XADD", "eval", "fcall_ro", "bzpopmin", "XREADGROUP"}) {
    EXPECT_TRUE(reason_not_offered(name).has_value()) << name;
  }
}

TEST(Refusals, KnowNothingOfOtherNames) {
  for (const BytesView name : {"", " ", "nosuch", "pus", "lpush rpush", "get", "lpush ", "averyveryverylongcommandname",
                               "rename", "subscribe", "auth", "replicaof", "cluster", "save", "monitor"}) {
    EXPECT_FALSE(reason_not_offered(name).has_value()) << name;
  }
}

// The error sends its reader there.
TEST(Refusals, AreExplainedInTheDocumentation) {
  std::ifstream file(std::string(SKERRY_SOURCE_DIR) + "/docs/semantics.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t section = text.find("## What is not offered");
  ASSERT_NE(section, std::string::npos);
  const std::string families = text.substr(section, text.find("\n## ", section + 1) - section);
  for (const BytesView name : {"LPUSH", "BLPOP", "XADD", "EVAL"}) {
    const auto reason = reason_not_offered(name);
    ASSERT_TRUE(reason.has_value());
    EXPECT_NE(families.find(std::string(name)), std::string::npos) << name;
    EXPECT_NE(families.find(std::string(*reason)), std::string::npos) << *reason;
  }
}

TEST(Refusals, RefuseNothingThatIsOffered) {
  for (const Command& command : command_table()) EXPECT_FALSE(reason_not_offered(command.name)) << command.name;
}

}  // namespace
}  // namespace skerry::edge
