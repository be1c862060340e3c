#include "simulations/html/text.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace skerry::simulations::html {
namespace {

using namespace std::chrono_literals;

TEST(HtmlText, AHostileKeyIsText) {
  EXPECT_EQ(escaped("</text><script>alert('x' && \"y\")</script>"),
            "&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39; &amp;&amp; &quot;y&quot;)&lt;/script&gt;");
  EXPECT_EQ(script_string("</script><!--\"\\"), R"("\u003c/script\u003e\u003c!--\u0022\u005c")");
  EXPECT_EQ(script_string("a\u2028b"), "\"a\\u2028b\"");
}

TEST(HtmlText, BytesThatAreNoTextAreWrittenOut) {
  EXPECT_EQ(escaped("Grüße, 世界 🌍"), "Grüße, 世界 🌍");
  EXPECT_EQ(escaped(std::string_view("\0\n\x7f", 3)), "\\x00\\x0a\\x7f");
  EXPECT_EQ(escaped("\xff\xc3("), "\\xff\\xc3(");
  EXPECT_EQ(escaped("\xc3"), "\\xc3") << "cut short";
  EXPECT_EQ(escaped("\xc0\xbc"), "\\xc0\\xbc") << "an overlong <";
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half a pair";
  EXPECT_EQ(escaped("\xc2\x85"), "\\xc2\\x85") << "C1";
  EXPECT_EQ(escaped("a\u202eb"), "a\\xe2\\x80\\xaeb") << "it would turn the line around";
  EXPECT_EQ(script_string("\xff"), "\"\\u005cxff\"");
}

TEST(HtmlText, ShortensByCharacters) {
  EXPECT_EQ(shortened("世界", 2), "世界");
  EXPECT_EQ(shortened("世界!", 2), "世界…");
  EXPECT_EQ(shortened("\xff\xff\xff", 2), "\xff\xff…");
}

TEST(HtmlText, FiguresForPeople) {
  EXPECT_EQ(words(core::Duration{}), "0");
  EXPECT_EQ(words(240us), "240 µs");
  EXPECT_EQ(words(1500us), "1.5 ms");
  EXPECT_EQ(words(182ms), "182 ms");
  EXPECT_EQ(words(4200ms), "4.2 s");
  EXPECT_EQ(words(10s), "10 s");
  EXPECT_EQ(words(125s), "2 min 5 s");
  EXPECT_EQ(words(2min), "2 min");
  EXPECT_EQ(words(3h + 4min), "3 h 4 min");
  EXPECT_EQ(words(24h * 12 + 3h), "12 d 3 h");
  EXPECT_EQ(words(-5ms), "−5 ms");
  EXPECT_EQ(byte_words(999), "999 B");
  EXPECT_EQ(byte_words(3'107'064), "3.1 MB");
  EXPECT_EQ(byte_words(42'000), "42 kB");
  EXPECT_EQ(count_words(1'592'602), "1,592,602");
  EXPECT_EQ(count_words(999), "999");
  EXPECT_EQ(counted(1, "write"), "1 write");
  EXPECT_EQ(counted(1204, "write"), "1,204 writes");
  EXPECT_EQ(share_words(0.0405), "4.05 %");
  EXPECT_EQ(coordinate(12.50), "12.5");
  EXPECT_EQ(coordinate(3), "3");
  EXPECT_EQ(coordinate(-0.001), "0");
}

}  // namespace
}  // namespace skerry::simulations::html
