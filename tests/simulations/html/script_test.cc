#include "simulations/html/script.h"

#include <gtest/gtest.h>

#include <regex>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(Script, StaysWithinItsElementAndAsksNobody) {
  const std::string text = script();
  for (const char* part : {"</script", "<!--", "fetch(", "XMLHttpRequest", "import(", "innerHTML", "eval("})
    EXPECT_EQ(text.find(part), std::string::npos) << part;
  EXPECT_EQ(times(text, "http"), 1u) << "the name of SVG";
}

TEST(Script, FindsWhatItLooksForInThePage) {
  const std::string text = script();
  const std::string page = html::page(ObservedRun(small_plan()).subject());
  const std::regex by_id(R"(getElementById\('([\w-]+)'\))");
  for (std::sregex_iterator id(text.begin(), text.end(), by_id), end; id != end; ++id)
    EXPECT_EQ(times(page, "id=\"" + (*id)[1].str() + "\""), 1u) << (*id)[1];
  for (const char* part :
       {"class=\"chart\"", "class=\"pointed\"", "class=\"labels\"", "class=\"axis\"", "class=\"tools\"",
        "value=\"closer\"", "value=\"wider\"", "value=\"earlier\"", "value=\"later\"", "value=\"whole\""})
    EXPECT_NE(page.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace skerry::simulations::html
