#include "edge/host_port.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

TEST(HostPort, IsAHostAndAPort) {
  EXPECT_EQ(parse_host_port("127.0.0.1:6379"), (HostPort{"127.0.0.1", 6379}));
  EXPECT_EQ(parse_host_port("eu.example.org:65535"), (HostPort{"eu.example.org", 65535}));
  EXPECT_EQ(parse_host_port("localhost:0"), (HostPort{"localhost", 0}));
  EXPECT_EQ(parse_host_port("[::1]:6379"), (HostPort{"::1", 6379}));
  EXPECT_EQ(parse_host_port("[::]:1"), (HostPort{"::", 1}));
  EXPECT_EQ(parse_host_port("[fe80::1%eth0]:7600"), (HostPort{"fe80::1%eth0", 7600}));
}

TEST(HostPort, IsWrittenAsItWasRead) {
  for (const char* text : {"127.0.0.1:6379", "[::1]:6379", "localhost:0"}) {
    EXPECT_EQ(to_text(*parse_host_port(text)), text);
  }
}

TEST(HostPort, SaysWhatIsWrongAndWhatIsAccepted) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "port is missing"},
      {"localhost", "port is missing"},
      {":6379", "host is missing"},
      {"[]:6379", "host is missing"},
      {"localhost:", "no number from 0 to 65535"},
      {"localhost:65536", "no number from 0 to 65535"},
      {"localhost:-1", "no number from 0 to 65535"},
      {"localhost:+1", "no number from 0 to 65535"},
      {"localhost: 1", "no number from 0 to 65535"},
      {"localhost:1x", "no number from 0 to 65535"},
      {"::1:6379", "needs brackets"},
      {"::1", "needs brackets"},
      {"[::1]", "port is missing"},
      {"[localhost]:1", "neither a name nor an address"},
      {"a b:1", "neither a name nor an address"},
      {"[::1 ]:1", "neither a name nor an address"},
      {std::string(254, 'a') + ":1", "longer than any name"},
  };
  for (const auto& [text, expected] : cases) {
    const core::Result<HostPort> parsed = parse_host_port(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_NE(parsed.error().detail.find(expected), std::string::npos) << text << ": " << parsed.error().detail;
    EXPECT_NE(parsed.error().detail.find(host_port_accepted), std::string::npos);
  }
}

}  // namespace
}  // namespace skerry::edge
