#include "edge/terminal.h"

#include <gtest/gtest.h>

#include <sstream>

namespace skerry::edge {
namespace {

TEST(TerminalStyle, ColoursOnlyOnATerminalThatWantsThem) {
  EXPECT_TRUE(terminal_style({true, nullptr, "xterm", nullptr}).colours);
  EXPECT_TRUE(terminal_style({true, "", "xterm", nullptr}).colours);  // NO_COLOR counts when it is not empty
  EXPECT_FALSE(terminal_style({true, "1", "xterm", nullptr}).colours);
  EXPECT_FALSE(terminal_style({true, nullptr, "dumb", nullptr}).colours);
  EXPECT_FALSE(terminal_style({true, nullptr, nullptr, nullptr}).colours);
  EXPECT_FALSE(terminal_style({false, nullptr, "xterm", nullptr}).colours);
}

TEST(TerminalStyle, UnicodeOnlyWhereTheLocaleSaysSo) {
  EXPECT_TRUE(terminal_style({false, nullptr, nullptr, "en_GB.UTF-8"}).unicode);
  EXPECT_TRUE(terminal_style({false, nullptr, nullptr, "C.utf8"}).unicode);
  EXPECT_FALSE(terminal_style({false, nullptr, nullptr, "C"}).unicode);
  EXPECT_FALSE(terminal_style({false, nullptr, nullptr, nullptr}).unicode);
}

TEST(Fitted, FillsOrCutsToColumns) {
  EXPECT_EQ(fitted("ab", 4), "ab  ");
  EXPECT_EQ(fitted("abcd", 4), "abcd");
  EXPECT_EQ(fitted("abcde", 4), "abc…");
  EXPECT_EQ(fitted("äöüß!", 4), "äöü…");
  EXPECT_EQ(fitted("äöüß", 4), "äöüß");
  EXPECT_EQ(fitted("", 2), "  ");
  EXPECT_EQ(columns_of(fitted("— much too long —", 1)), 1u);
  EXPECT_EQ(fitted("x", 0), "");
}

class Written : public testing::Test {
 protected:
  std::ostringstream out;
  Terminal plain{out, {false, false}};
  Terminal rich{out, {true, true}};
};

TEST_F(Written, ChaptersAreNumbered) {
  plain.chapter("First");
  plain.line("said");
  plain.chapter("Second");
  EXPECT_EQ(out.str(), "\n 1 First\n\n   said\n\n 2 Second\n\n");
}

TEST_F(Written, ATableHasAlignedColumnsAndFits) {
  plain.table(10, {{{"key"}, {"us-east"}, {"eu-west"}, {"ap-south"}},
                   {{"visits"}, {"12"}, {std::string(40, 'x')}, {"13", Tone::attention}}});
  EXPECT_EQ(out.str(),
            "   key       us-east               eu-west               ap-south\n"
            "   ---------------------------------------------------------------------------\n"
            "   visits    12                    xxxxxxxxxxxxxxxxxxxx~ 13\n");
}

TEST_F(Written, PlainMeansAsciiWithoutEscapes) {
  plain.line("A → B · 40 ms ∥ …", Tone::good);
  EXPECT_EQ(out.str(), "   A -> B - 40 ms || ~\n");
}

TEST_F(Written, RichMeansColoursAndLines) {
  rich.line("A → B", Tone::good);
  EXPECT_EQ(out.str(), "   \x1b[32mA → B\x1b[0m\n");
}

}  // namespace
}  // namespace skerry::edge
