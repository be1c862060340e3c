#include "edge/config_value.h"

#include <gtest/gtest.h>

#include <array>

namespace skerry::edge {
namespace {

TEST(ConfigValue, SizesHaveAUnit) {
  EXPECT_EQ(parse_size("0B"), 0u);
  EXPECT_EQ(parse_size("17B"), 17u);
  EXPECT_EQ(parse_size("3KiB"), 3u * 1024);
  EXPECT_EQ(parse_size("64MiB"), 64u << 20);
  EXPECT_EQ(parse_size("2GiB"), 2ull << 30);
  EXPECT_EQ(parse_size("1TiB"), 1ull << 40);
  EXPECT_EQ(parse_size("18446744073709551615B"), ~0ull);
  EXPECT_EQ(parse_size("16777215TiB"), 16777215ull << 40);
}

TEST(ConfigValue, OtherSizesAreNone) {
  for (const char* text : {"", "64", "MiB", "64mb", "64MB", "64 MiB", "-1MiB", "+1MiB", "1.5GiB", "64MiB ", "0x10B",
                           "18446744073709551616B", "16777216TiB"}) {
    EXPECT_FALSE(parse_size(text).has_value()) << text;
  }
}

TEST(ConfigValue, CachesHaveARange) {
  EXPECT_EQ(parse_cache("1MiB"), 1u << 20);
  EXPECT_EQ(parse_cache("1TiB"), std::size_t{1} << 40);
  EXPECT_EQ(parse_cache("1023KiB").error().detail,
            "'1023KiB' is out of range; accepted is a size from 1MiB to 1TiB, such as 64MiB");
  EXPECT_FALSE(parse_cache("1025GiB").has_value());
  EXPECT_FALSE(parse_cache("64").has_value());
}

TEST(ConfigValue, NamesAreShortAndPlain) {
  EXPECT_EQ(parse_name("eu-west_1.a"), "eu-west_1.a");
  EXPECT_EQ(parse_name(std::string(64, 'a')), std::string(64, 'a'));
  for (const std::string& text : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a/b"),
                                  std::string("\xc3\xa9"), std::string("a\nb"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(parse_name(text).has_value()) << text;
  }
  EXPECT_EQ(parse_cluster_name("production/1"), "production/1");
  EXPECT_FALSE(parse_cluster_name("production 1").has_value());
}

TEST(ConfigValue, AcksAreTwo) {
  EXPECT_EQ(parse_ack("durable"), Ack::durable);
  EXPECT_EQ(parse_ack("memory"), Ack::memory);
  EXPECT_EQ(parse_ack("Memory").error().detail, "'Memory' is no level; accepted is durable or memory");
}

TEST(ConfigValue, PathsAreSeenFromTheirBase) {
  EXPECT_EQ(parse_folder("data", "/etc/skerry"), "/etc/skerry/data");
  EXPECT_EQ(parse_folder("/data", "/etc/skerry"), "/data");
  EXPECT_EQ(parse_folder("data", {}), "data");
  EXPECT_FALSE(parse_folder("", {}).has_value());
  EXPECT_FALSE(parse_folder(core::BytesView("a\0b", 3), {}).has_value());
  EXPECT_EQ(parse_secret_file("node.key", "/etc/skerry"), "/etc/skerry/node.key");
}

TEST(ConfigValue, ASecretInThePlaceOfItsFileIsNotRepeated) {
  for (const char* text : {"skerry-private-key:c2VjcmV0", "skerry-cluster-secret:c2VjcmV0"}) {
    const auto file = parse_secret_file(text, {});
    ASSERT_FALSE(file.has_value());
    EXPECT_NE(file.error().detail.find("a secret stands where the path of its file belongs"), std::string::npos);
    EXPECT_EQ(file.error().detail.find("c2VjcmV0"), std::string::npos);
  }
}

TEST(ConfigValue, TextInQuotesIsShortAndHarmless) {
  EXPECT_EQ(in_quotes("text"), "'text'");
  EXPECT_EQ(in_quotes("a\x1b[2Jb\nc\x7f."), "'a?[2Jb?c?.'");
  EXPECT_EQ(in_quotes(std::string(61, 'x')), "'" + std::string(60, 'x') + "...'");
}

TEST(ConfigValue, AnUnknownWordHasANearest) {
  constexpr std::array<core::BytesView, 4> known = {"region", "data", "ack", "cache"};
  EXPECT_EQ(unknown_word("cahce", known),
            "'cahce' is not known; the nearest is 'cache', accepted are region, data, ack, cache");
  EXPECT_NE(unknown_word("date", known).find("nearest is 'data'"), std::string::npos);
  EXPECT_NE(unknown_word("regoin", known).find("nearest is 'region'"), std::string::npos);
  EXPECT_NE(unknown_word("akc", known).find("nearest is 'ack'"), std::string::npos);
  EXPECT_FALSE(unknown_word(std::string(1'000'000, 'x'), known).empty());
}

}  // namespace
}  // namespace skerry::edge
