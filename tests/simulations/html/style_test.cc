#include "simulations/html/style.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(Style, KnowsDarknessPaperAndNarrowScreensAndNeedsNobody) {
  const std::string text = style();
  for (const char* part : {"prefers-color-scheme: dark", "@media print", "max-width: 700px", "focus-visible"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  EXPECT_EQ(text.find("http"), std::string::npos);
  EXPECT_EQ(text.find("@import"), std::string::npos);
  EXPECT_EQ(times(text, "{"), times(text, "}"));
}

// What is said in light is said in dark and on paper: each sets every colour.
TEST(Style, EveryGroundHasEveryColour) {
  const std::string text = style();
  const std::regex variable(R"((--[\w-]+):)");
  std::vector<std::set<std::string>> grounds;
  for (std::size_t at = text.find(":root {"); at != std::string::npos; at = text.find(":root {", at + 1)) {
    const std::string block = text.substr(at, text.find('}', at) - at);
    std::set<std::string>& names = grounds.emplace_back();
    for (std::sregex_iterator name(block.begin(), block.end(), variable), end; name != end; ++name)
      names.insert((*name)[1]);
  }
  ASSERT_EQ(grounds.size(), 3u);
  EXPECT_EQ(grounds[0], grounds[1]);
  EXPECT_EQ(grounds[0], grounds[2]);
  const std::regex use(R"(var\((--[\w-]+)\))");
  for (std::sregex_iterator name(text.begin(), text.end(), use), end; name != end; ++name)
    EXPECT_TRUE(grounds[0].count((*name)[1]) || (*name)[1] == "--h") << (*name)[1];
}

}  // namespace
}  // namespace skerry::simulations::html
