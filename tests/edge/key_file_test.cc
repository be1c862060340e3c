#include "edge/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace skerry::edge {
namespace {

namespace fs = std::filesystem;

class KeyFile : public testing::Test {
 protected:
  KeyFile() {
    std::string pattern = (fs::temp_directory_path() / "skerry-key-file-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~KeyFile() override { fs::remove_all(folder_); }

  fs::path path(const std::string& name) const { return folder_ / name; }
  fs::path file_with(const std::string& content, fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
    const fs::path made = path("file" + std::to_string(files_++));
    std::ofstream(made) << content;
    fs::permissions(made, mode);
    return made;
  }
  static std::string content(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  // Refused, and the sentence names the file and says `expected`.
  static void expect_refused(const fs::path& file, const std::string& expected) {
    const core::Result<KeyPair> pair = read_private_key_file(file);
    ASSERT_FALSE(pair.has_value());
    EXPECT_NE(pair.error().detail.find(file.string()), std::string::npos) << pair.error().detail;
    EXPECT_NE(pair.error().detail.find(expected), std::string::npos) << pair.error().detail;
  }

  fs::path folder_;
  int files_ = 0;
};

const std::string zeros_but_one = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

TEST_F(KeyFile, KeepsAPrivateKey) {
  const core::Result<PublicKey> created = create_private_key_file(path("node.key"));
  ASSERT_TRUE(created.has_value()) << created.error().detail;
  const core::Result<KeyPair> read = read_private_key_file(path("node.key"));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->public_key, *created);
}

TEST_F(KeyFile, KeepsAClusterSecret) {
  ASSERT_TRUE(create_cluster_secret_file(path("one")).has_value());
  ASSERT_TRUE(create_cluster_secret_file(path("two")).has_value());
  const auto one = read_cluster_secret_file(path("one")), two = read_cluster_secret_file(path("two"));
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->view(), two->view());
}

TEST_F(KeyFile, IsOneLineForItsOwnerAlone) {
  ASSERT_TRUE(create_private_key_file(path("node.key")).has_value());
  const std::string text = content(path("node.key"));
  EXPECT_EQ(text.substr(0, 19), "skerry-private-key:");
  EXPECT_EQ(text.size(), 19u + 44 + 1);
  EXPECT_EQ(text.back(), '\n');
  struct stat status {};
  ASSERT_EQ(stat(path("node.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST_F(KeyFile, IsNeverOverwritten) {
  ASSERT_TRUE(create_private_key_file(path("node.key")).has_value());
  const std::string before = content(path("node.key"));
  const core::Result<PublicKey> again = create_private_key_file(path("node.key"));
  ASSERT_FALSE(again.has_value());
  EXPECT_NE(again.error().detail.find("not overwritten"), std::string::npos);
  EXPECT_EQ(content(path("node.key")), before);
}

TEST_F(KeyFile, ReadsWhatItIsMeantTo) {
  const std::string line = "skerry-private-key:" + zeros_but_one;
  for (const char* end : {"", "\n", "\r\n", "\n\n"}) {
    EXPECT_TRUE(read_private_key_file(file_with(line + end)).has_value()) << end;
  }
  EXPECT_TRUE(read_private_key_file(file_with(line, fs::perms::owner_read)).has_value());
}

TEST_F(KeyFile, RefusesOtherContent) {
  const std::vector<std::string> texts = {"",
                                          zeros_but_one,
                                          "skerry-private-key:",
                                          "skerry-private-key:" + zeros_but_one + "x",
                                          "skerry-private-key: " + zeros_but_one,
                                          "skerry-private-key:" + zeros_but_one.substr(1),
                                          "skerry-private-key:" + zeros_but_one + "\nmore",
                                          "skerry-cluster-secret:" + zeros_but_one,
                                          "skerry-private-key:" + std::string(44, '!'),
                                          std::string(10'000, 'x')};
  for (const std::string& text : texts) {
    expect_refused(file_with(text), "skerry-private-key: and 32 bytes in base64");
  }
}

TEST_F(KeyFile, SaysNothingOfTheContent) {
  const std::string secret = "c2VjcmV0IGJ5dGVzIHRoYXQgbXVzdCBub3QgYmUgdG9sZA";
  const core::Result<KeyPair> pair = read_private_key_file(file_with("skerry-private-key:" + secret));
  ASSERT_FALSE(pair.has_value());
  EXPECT_EQ(pair.error().detail.find(secret.substr(0, 6)), std::string::npos);
}

TEST_F(KeyFile, RefusesAFileThatOthersMayOpen) {
  for (const fs::perms others : {fs::perms::group_read, fs::perms::others_read, fs::perms::others_write}) {
    expect_refused(file_with("skerry-private-key:" + zeros_but_one, fs::perms::owner_read | others), "0600");
  }
}

TEST_F(KeyFile, RefusesWhatIsNoFile) {
  expect_refused(path("missing"), "skerry keygen");
  fs::create_directory(path("folder"));
  expect_refused(path("folder"), "no regular file");
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  expect_refused(path("pipe"), "no regular file");
}

TEST(PublicKeyText, ReadsWhatItWrites) {
  const PublicKey key = generate_key_pair().public_key;
  const std::string text = to_text(key);
  EXPECT_EQ(text.substr(0, 18), "skerry-public-key:");
  EXPECT_EQ(text.size(), 18u + 44);
  EXPECT_EQ(public_key_from_text(text), key);
}

TEST(PublicKeyText, RefusesOtherText) {
  for (const std::string& text : {std::string(), zeros_but_one, "skerry-public-key:" + zeros_but_one + "\n",
                                  "skerry-public-key:" + zeros_but_one.substr(4)}) {
    const auto key = public_key_from_text(text);
    ASSERT_FALSE(key.has_value()) << text;
    EXPECT_NE(key.error().detail.find("skerry-public-key: and 32 bytes in base64"), std::string::npos);
  }
  EXPECT_FALSE(public_key_from_text("skerry-public-key:" + zeros_but_one).has_value());  // a small order
  const auto secret = public_key_from_text("skerry-private-key:" + zeros_but_one);
  ASSERT_FALSE(secret.has_value());
  EXPECT_NE(secret.error().detail.find("a private key stands where a public one belongs"), std::string::npos);
}

}  // namespace
}  // namespace skerry::edge
