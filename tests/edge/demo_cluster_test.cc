#include "edge/demo_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <optional>

#include "edge/system.h"

namespace skerry::edge {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using testing::HasSubstr;

// A folder in which the cluster makes its own, so that a test sees what is left behind.
class InAFolder : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(start_entropy().has_value());
    std::string pattern = testing::TempDir() + "skerry-cluster-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    if (const char* before = ::getenv("TMPDIR")) folder_before = before;
    ::setenv("TMPDIR", folder.c_str(), 1);
  }
  ~InAFolder() override {
    if (folder_before) {
      ::setenv("TMPDIR", folder_before->c_str(), 1);
    } else {
      ::unsetenv("TMPDIR");
    }
    fs::remove_all(folder);
  }

  // Three ports in a row that nobody has.
  std::uint16_t free_base() {
    for (int tries = 0; tries < 100; ++tries) {
      const auto base = static_cast<std::uint16_t>(20000 + entropy_u64() % 40000);
      std::vector<tcp::acceptor> held;
      bool free = true;
      for (std::uint16_t i = 0; i < 3; ++i) free = free && bound(held.emplace_back(io), base + i);
      if (free) return base;
    }
    ADD_FAILURE() << "no free ports";
    return 0;
  }
  static bool bound(tcp::acceptor& acceptor, int port) {
    boost::system::error_code error;
    acceptor.open(tcp::v4());
    acceptor.bind({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)}, error);
    if (!error) acceptor.listen(1, error);
    return !error;
  }

  fs::path folder;
  std::optional<std::string> folder_before;
  boost::asio::io_context io;
};

TEST(DemoConfig, NamesThePeersButNotItself) {
  const DemoPlan plan = demo_plan(7001);
  const std::string text = demo_config(plan, {1, "/tmp/demo", {11, 12, 13}, {"key-a", "key-b", "key-c"}});
  EXPECT_THAT(text, HasSubstr("region = \"eu-west\""));
  EXPECT_THAT(text, HasSubstr("listen = \"127.0.0.1:7002\""));
  EXPECT_THAT(text, HasSubstr("listen = \"127.0.0.1:12\""));
  EXPECT_THAT(text, HasSubstr("name = \"us-east\"\naddress = \"127.0.0.1:11\"\npublic_key = \"key-a\""));
  EXPECT_THAT(text, HasSubstr("name = \"ap-south\"\naddress = \"127.0.0.1:13\"\npublic_key = \"key-c\""));
  EXPECT_THAT(text, Not(HasSubstr("key-b")));
}

TEST_F(InAFolder, APortInUseIsNamedWithTheWayOut) {
  DemoPlan plan = demo_plan(free_base());
  tcp::acceptor taken(io);
  ASSERT_TRUE(bound(taken, plan.resp_base + 2));
  const auto cluster = DemoCluster::start(plan);
  ASSERT_FALSE(cluster.has_value());
  EXPECT_EQ(cluster.error().detail,
            "port " + std::to_string(plan.resp_base + 2) + " is in use; choose others with --resp-base PORT");
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(InAFolder, ANodeThatEndsIsReportedWithItsLastWords) {
  DemoPlan plan = demo_plan(free_base());
  const fs::path program = folder / "program";
  ASSERT_EQ(::symlink("/bin/ls", program.c_str()), 0);  // which does not know our options, and says so
  plan.program = program;
  auto cluster = DemoCluster::start(plan);
  ASSERT_TRUE(cluster.has_value()) << cluster.error().detail;
  const auto connected = (*cluster)->wait_until_connected([](auto) { return true; }, 20s);
  ASSERT_FALSE(connected.has_value());
  EXPECT_THAT(connected.error().detail, HasSubstr("has ended:\n"));
  EXPECT_THAT(connected.error().detail, HasSubstr("--config"));
}

TEST_F(InAFolder, NothingIsLeftBehindUnlessItIsKept) {
  for (bool keep : {false, true}) {
    DemoPlan plan = demo_plan(free_base());
    plan.program = "/bin/false";
    plan.keep_directory = keep;
    fs::path directory;
    {
      auto cluster = DemoCluster::start(plan);
      ASSERT_TRUE(cluster.has_value()) << cluster.error().detail;
      directory = (*cluster)->directory();
      EXPECT_TRUE(fs::exists(directory / "eu-west" / "node.toml"));
    }
    EXPECT_EQ(fs::exists(directory), keep);
  }
}

TEST_F(InAFolder, WaitingEndsWhenTheUserSaysSo) {
  DemoPlan plan = demo_plan(free_base());
  const fs::path program = folder / "program";
  std::ofstream(program) << "#!/bin/sh\nexec sleep 60\n";  // runs, and answers nobody
  fs::permissions(program, fs::perms::owner_all);
  plan.program = program;
  auto cluster = DemoCluster::start(plan);
  ASSERT_TRUE(cluster.has_value()) << cluster.error().detail;
  const auto connected = (*cluster)->wait_until_connected([](auto) { return false; }, 20s);
  ASSERT_TRUE(connected.has_value()) << connected.error().detail;
  EXPECT_FALSE(*connected);
}

}  // namespace
}  // namespace skerry::edge
