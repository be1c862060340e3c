#include "simulations/html/page.h"

#include <gtest/gtest.h>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

TEST(Page, SaysFirstThatItHolds) {
  const ObservedRun run(small_plan());
  const std::string text = page(run.subject());
  EXPECT_NE(text.find("<title>A cut &amp; a crash"), std::string::npos);
  const std::size_t verdict = text.find("✓ Holds");
  EXPECT_LT(verdict, text.find("<h2>Timeline"));
  EXPECT_EQ(text.find("✗"), std::string::npos);
  EXPECT_NE(text.find("<code>skerry-simulate --seed 1</code>"), std::string::npos);
  for (const char* part : {"<h2>Timeline", "<h2>Divergence over time", "<h2>Lag", "<h2>Links", "<h2>What goes wrong"})
    EXPECT_EQ(times(text, part), 1u) << part;
}

TEST(Page, ExplainsAViolationFirst) {
  ObservedRun run(small_plan());
  run.report().violation = Violation{"I3", "host 1: a <cell>", {"1:17 write <b>", "two"}};
  run.report().violated_at = 1500ms;
  const std::string text = page(run.subject());
  EXPECT_NE(text.find("✗ Violated: I3 at 1.5 s"), std::string::npos);
  EXPECT_NE(text.find("host 1: a &lt;cell&gt;"), std::string::npos);
  EXPECT_NE(text.find("I3 says: For every event that a replica knows"), std::string::npos);
  EXPECT_NE(text.find("<pre>1:17 write &lt;b&gt;\ntwo\n</pre>"), std::string::npos);
  EXPECT_NE(text.find("At that moment: nothing cut, nobody down."), std::string::npos);
  EXPECT_EQ(text.find("✓"), std::string::npos);
}

TEST(Page, NoKeyGetsOut) {
  const std::string text = page(ObservedRun(small_plan()).subject());
  EXPECT_EQ(text.find("<img"), std::string::npos);
  EXPECT_EQ(times(text, "</script>"), 2u) << "the data's and the script's own";
  EXPECT_EQ(text.find('\xff'), std::string::npos) << "it is UTF-8";
}

TEST(Page, NeedsNoNetwork) {
  const std::string text = page(ObservedRun(small_plan()).subject());
  EXPECT_EQ(text.find(" src="), text.find(" src=x onerror")) << "only the hostile key, as text";
  EXPECT_EQ(text.find("<link"), std::string::npos);
  EXPECT_EQ(times(text, "href=\""), times(text, "href=\"#"));
  EXPECT_NE(text.find("default-src 'none'"), std::string::npos);
}

TEST(Page, TheSameRunGivesTheSamePage) {
  EXPECT_EQ(page(ObservedRun(small_plan()).subject()), page(ObservedRun(small_plan()).subject()));
}

}  // namespace
}  // namespace skerry::simulations::html
