#include "edge/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/random.h"

namespace skerry::edge {
namespace {

bool matches(BytesView pattern, BytesView text) {
  return Glob(pattern).matches(text);
}

TEST(Glob, KnowsRedissElements) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("a*c", "abbbc"));
  EXPECT_FALSE(matches("a*c", "abbb"));
  EXPECT_TRUE(matches("h?llo", "hallo"));
  EXPECT_FALSE(matches("h?llo", "hllo"));
  EXPECT_TRUE(matches("h[ae]llo", "hello"));
  EXPECT_FALSE(matches("h[ae]llo", "hillo"));
  EXPECT_TRUE(matches("h[^e]llo", "hallo"));
  EXPECT_FALSE(matches("h[^e]llo", "hello"));
  EXPECT_TRUE(matches("h[a-c]llo", "hbllo"));
  EXPECT_TRUE(matches("h[c-a]llo", "hbllo"));
  EXPECT_TRUE(matches("a\\*b", "a*b"));
  EXPECT_FALSE(matches("a\\*b", "axb"));
  EXPECT_TRUE(matches("[\\]]", "]"));
  EXPECT_TRUE(matches("a\\", "a\\"));
  EXPECT_TRUE(matches("[ab", "b"));
  EXPECT_TRUE(matches("**a**", "a"));
}

TEST(Glob, MayIgnoreCase) {
  EXPECT_TRUE(Glob("MAX*", Letters::any_case).matches("maxmemory"));
  EXPECT_TRUE(Glob("[A-C]x", Letters::any_case).matches("bX"));
  EXPECT_FALSE(matches("MAX*", "maxmemory"));
}

// What a glob means, said by recursion: only for short texts.
bool naive(BytesView pattern, BytesView text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return naive(pattern.substr(1), text) || (!text.empty() && naive(pattern, text.substr(1)));
  }
  if (text.empty()) return false;
  return (pattern.front() == '?' || pattern.front() == text.front()) && naive(pattern.substr(1), text.substr(1));
}

TEST(Glob, AgreesWithTheNaiveMeaning) {
  core::Random random(7);
  const auto word = [&random](BytesView letters, std::size_t size_max) {
    std::string made;
    for (std::size_t size = random.below(size_max); made.size() < size;) made += letters[random.below(letters.size())];
    return made;
  };
  std::size_t matching = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string pattern = word("ab*?", 8);
    const std::string text = word("ab", 8);
    ASSERT_EQ(matches(pattern, text), naive(pattern, text)) << pattern << " " << text;
    matching += matches(pattern, text);
  }
  EXPECT_GT(matching, 1'000u);
}

TEST(Glob, TakesBoundedTimeForManyStars) {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";
  pattern += "*b";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches(pattern, std::string(30'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));  // the recursive way: for ever
}

}  // namespace
}  // namespace skerry::edge
