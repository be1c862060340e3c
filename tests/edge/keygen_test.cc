#include "edge/keygen.h"

#include <gtest/gtest.h>
#include <sodium.h>
#include <stdlib.h>

#include <filesystem>
#include <sstream>

#include "edge/key_file.h"

namespace skerry::edge {
namespace {

namespace fs = std::filesystem;

class InADirectory : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(sodium_init(), 0);
    std::string pattern = testing::TempDir() + "skerry-keygen-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory = pattern;
  }
  ~InADirectory() override { fs::remove_all(directory); }

  int make(const std::string& name, bool cluster_secret) {
    out.str("");
    mistakes.str("");
    return make_key({directory / name, cluster_secret}, out, mistakes);
  }

  fs::path directory;
  std::ostringstream out, mistakes;
};

TEST_F(InADirectory, PrintsThePublicKeyOfTheFileItMade) {
  ASSERT_EQ(make("node.key", false), exit_ok) << mistakes.str();
  const auto pair = read_private_key_file(directory / "node.key");
  ASSERT_TRUE(pair.has_value());
  const std::string printed = out.str();
  ASSERT_EQ(printed.back(), '\n');
  const auto key = public_key_from_text(std::string_view(printed).substr(0, printed.size() - 1));
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(to_text(*key), to_text(pair->public_key));
  EXPECT_EQ(fs::status(directory / "node.key").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(InADirectory, MakesAClusterSecretAndPrintsNothingOfIt) {
  ASSERT_EQ(make("cluster.secret", true), exit_ok) << mistakes.str();
  EXPECT_TRUE(read_cluster_secret_file(directory / "cluster.secret").has_value());
  EXPECT_EQ(out.str().find("skerry-cluster-secret:"), std::string::npos);
}

TEST_F(InADirectory, NeverOverwrites) {
  ASSERT_EQ(make("node.key", false), exit_ok);
  const std::string first = out.str();
  EXPECT_EQ(make("node.key", false), exit_failure);
  EXPECT_EQ(make("node.key", true), exit_failure);
  EXPECT_NE(mistakes.str().find("node.key"), std::string::npos);
  const auto pair = read_private_key_file(directory / "node.key");
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(to_text(pair->public_key) + "\n", first);
}

TEST_F(InADirectory, SaysWhenTheFileCannotBeMade) {
  EXPECT_EQ(make("missing/node.key", false), exit_failure);
  EXPECT_FALSE(mistakes.str().empty());
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace skerry::edge
