#include "edge/child_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace skerry::edge {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Children : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "skerry-child-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory = pattern;
  }
  ~Children() override { fs::remove_all(directory); }

  core::Result<ChildProcess> shell(const std::string& script) {
    return ChildProcess::start({"/bin/sh", {"-c", script}, directory / "log"});
  }
  std::string log() const {
    std::ifstream stream(directory / "log");
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  fs::path directory;
};

TEST_F(Children, SayInTheLogWhatTheySayAndTheirExitCode) {
  auto child = shell("echo out; echo mistake >&2; exit 7");
  ASSERT_TRUE(child.has_value());
  // `end` also asks a child that is about to end by itself, so wait for its own end first.
  while (child->running()) ::usleep(1000);
  EXPECT_EQ(child->end(10s), 7);
  EXPECT_EQ(log(), "out\nmistake\n");
  EXPECT_EQ(child->exit_code(), 7);
}

TEST_F(Children, EndWhenAsked) {
  auto child = shell("exec sleep 60");
  ASSERT_TRUE(child.has_value());
  EXPECT_TRUE(child->running());
  EXPECT_EQ(child->exit_code(), std::nullopt);
  EXPECT_EQ(child->end(10s), 128 + SIGTERM);
  EXPECT_FALSE(child->running());
}

TEST_F(Children, AreKilledWhenTheyDoNotListen) {
  auto child = shell("trap '' TERM; echo ready; exec sleep 60");
  ASSERT_TRUE(child.has_value());
  while (log().empty()) ::usleep(1000);
  EXPECT_EQ(child->end(1ms), 128 + SIGKILL);
}

TEST_F(Children, EndWithTheirOwner) {
  pid_t id = 0;
  {
    auto child = shell("exec sleep 60");
    ASSERT_TRUE(child.has_value());
    id = child->id();
    ASSERT_EQ(::kill(id, 0), 0);
  }
  EXPECT_NE(::kill(id, 0), 0);
}

TEST_F(Children, HaveAProcessGroupOfTheirOwnAndNoBlockedSignals) {
  sigset_t interrupt, before;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGTERM);
  ASSERT_EQ(::sigprocmask(SIG_BLOCK, &interrupt, &before), 0);
  auto child = shell("exec sleep 60");
  ASSERT_EQ(::sigprocmask(SIG_SETMASK, &before, nullptr), 0);
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(::getpgid(child->id()), child->id());
  EXPECT_EQ(child->end(10s), 128 + SIGTERM);
}

TEST_F(Children, ThatCannotStartAreAnError) {
  const auto child = ChildProcess::start({directory / "nothing", {}, directory / "log"});
  ASSERT_FALSE(child.has_value());
  EXPECT_NE(child.error().detail.find("nothing"), std::string::npos);
}

}  // namespace
}  // namespace skerry::edge
