#include "simulations/scenario/toml_fields.h"

#include <gtest/gtest.h>

namespace skerry::simulations::scenario {
namespace {

using namespace std::chrono_literals;

TEST(TomlFields, DurationsAndSizesHaveUnits) {
  EXPECT_EQ(parse_duration("1.5s"), 1'500ms);
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("3d"), 72h);
  EXPECT_EQ(parse_duration("-2h"), -2h);
  for (const char* wrong : {"", "5", "s", "5 s", "5sec", "1e400s", "nan", "infs", "999999999999d"})
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  EXPECT_EQ(parse_size("64kB"), 64'000u);
  EXPECT_EQ(parse_size("1MiB"), 1'048'576u);
  for (const char* wrong : {"", "64", "-1kB", "0B", "64 kB", "64XB"})
    EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
}

// What the fields of `text` have to say, each asked for what its name says.
std::string complaint(const std::string& text) {
  const toml::table table = toml::parse(text);
  Source source("file.toml");
  Fields fields(source, table, "[t]",
                {"text", "word", "duration", "size", "number", "whole", "flag", "texts", "table"});
  fields.text("text");
  fields.word("word", {"one", "two"});
  fields.duration("duration", {0s, 1min});
  fields.size("size");
  fields.number("number", {0, 1});
  fields.whole("whole", {-1, 5});
  fields.flag("flag");
  fields.texts("texts");
  fields.table("table");
  return source.failed() ? source.error().detail : "";
}

TEST(TomlFields, SayFileLineKeyAndWhatIsAccepted) {
  EXPECT_EQ(complaint("text = 'a'\nword = 'two'\nduration = '5s'\nsize = '1kB'\nnumber = 1\nwhole = -1\nflag = true\n"
                      "texts = ['a', 'b']\n[table]\na = 1\n"),
            "");
  EXPECT_EQ(complaint("text = 'a'\nwhole = 6"), "file.toml:2: [t] whole: accepted is a whole number from -1 to 5");
  EXPECT_EQ(complaint("\n\nword = 'three'"), "file.toml:3: [t] word: 'three' is not known; accepted is one or two");
  EXPECT_EQ(complaint("duration = '2m'"), "file.toml:1: [t] duration: '2m' is out of range; accepted is 0s to 60s");
  for (const char* wrong :
       {"text = 1", "word = 1", "duration = 5", "duration = '5'", "size = 5", "number = 1.5", "number = nan",
        "number = '1'", "whole = 1.0", "flag = 1", "texts = 1", "texts = []", "texts = ['a', 1]", "table = 1"}) {
    const std::string said = complaint(wrong);
    EXPECT_NE(said.find("accepted "), std::string::npos) << wrong << ": " << said;
  }
}

TEST(TomlFields, AnUnknownKeyIsTheFirstThingSaid) {
  const std::string said = complaint("text = 1\nflga = true");
  EXPECT_EQ(said.find("file.toml:2: [t] 'flga' is not known; accepted are text, word, "), 0u) << said;
}

TEST(TomlFields, AListOfTablesIsNothingElse) {
  for (const char* wrong : {"t = 1", "t = [1]", "[t]\na = 1"}) {
    const toml::table table = toml::parse(wrong);
    Source source("file.toml");
    EXPECT_TRUE(tables(source, table, "t").empty());
    EXPECT_TRUE(source.failed()) << wrong;
  }
}

}  // namespace
}  // namespace skerry::simulations::scenario
