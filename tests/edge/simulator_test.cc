#include "edge/simulator.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace skerry::edge {
namespace {

namespace fs = std::filesystem;

class Simulator : public testing::Test {
 protected:
  Simulator() { fs::create_directories(folder_); }
  ~Simulator() override { fs::remove_all(folder_); }

  fs::path folder_ = fs::path(testing::TempDir()) / ("simulator-" + std::to_string(::getpid()));
};

TEST_F(Simulator, LiesBesideTheProgram) {
  EXPECT_EQ(simulator_beside("/usr/bin/skerry"), "/usr/bin/skerry-simulate");
}

TEST_F(Simulator, TakesOverWithEveryWordAndItsExitCode) {
  const fs::path program = simulator_beside(folder_ / "skerry");
  std::ofstream(program) << "#!/bin/sh\necho \"$1|$2|$#\" > '" << (folder_ / "words").string() << "'\nexit 1\n";
  fs::permissions(program, fs::perms::owner_all);
  const pid_t child = ::fork();
  if (child == 0) {
    become_simulator(program, {"a b.toml", "--json"});
    ::_exit(99);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 1);
  std::string words;
  std::getline(std::ifstream(folder_ / "words"), words);
  EXPECT_EQ(words, "a b.toml|--json|2");
}

TEST_F(Simulator, SaysWhatIsMissing) {
  const core::Error missing = become_simulator(simulator_beside(folder_ / "skerry"), {});
  EXPECT_NE(missing.detail.find("is not installed"), std::string::npos) << missing.detail;
  EXPECT_NE(missing.detail.find((folder_ / "skerry-simulate").string()), std::string::npos) << missing.detail;
  const fs::path unfit = folder_ / "skerry-simulate";
  std::ofstream{unfit} << "text";
  const core::Error refused = become_simulator(unfit, {});
  EXPECT_NE(refused.detail.find("cannot start"), std::string::npos) << refused.detail;
}

}  // namespace
}  // namespace skerry::edge
