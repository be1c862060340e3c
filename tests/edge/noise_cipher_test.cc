#include "edge/noise_cipher.h"

#include "tests/edge/noise_vector.h"

namespace skerry::edge {
namespace {

core::Bytes counting_bytes() {
  core::Bytes bytes;
  for (char i = 0; i < 32; ++i) bytes.push_back(i);
  return bytes;
}

CipherState cipher_with_key() {
  CipherState cipher;
  cipher.initialize_key(counting_bytes());
  return cipher;
}

TEST(CipherState, PassesBytesThroughWithoutAKey) {
  CipherState cipher;
  core::Bytes sent = "before ", received;
  ASSERT_TRUE(cipher.encrypt_with_ad("ad", "plain", sent).has_value());
  EXPECT_EQ(sent, "before plain");
  ASSERT_TRUE(cipher.decrypt_with_ad("ad", "plain", received).has_value());
  EXPECT_EQ(received, "plain");
  EXPECT_EQ(cipher.nonce(), 0u);
}

TEST(CipherState, CountsItsNonceLittleEndianBehindFourZeros) {  // computed with OpenSSL
  CipherState cipher = cipher_with_key();
  cipher.set_nonce(0x0102030405060708);
  core::Bytes sent;
  ASSERT_TRUE(cipher.encrypt_with_ad("associated", "payload", sent).has_value());
  EXPECT_EQ(to_hex(sent), "8028d488c4588e752767f30388cf5ec6479c86d80ebcf7");
  EXPECT_EQ(cipher.nonce(), 0x0102030405060709u);
}

TEST(CipherState, OpensWhatTheOtherSealed) {
  CipherState here = cipher_with_key(), there = cipher_with_key();
  for (const char* text : {"one", "two", "", "four"}) {
    core::Bytes sent, received = "kept ";
    ASSERT_TRUE(here.encrypt_with_ad("ad", text, sent).has_value());
    ASSERT_TRUE(there.decrypt_with_ad("ad", sent, received).has_value());
    EXPECT_EQ(received, "kept " + std::string(text));
  }
}

TEST(CipherState, LeavesTheResultAndTheNonceWhenATagDoesNotMatch) {
  CipherState here = cipher_with_key(), there = cipher_with_key();
  core::Bytes sent, received = "kept";
  ASSERT_TRUE(here.encrypt_with_ad("ad", "text", sent).has_value());
  EXPECT_FALSE(there.decrypt_with_ad("another ad", sent, received).has_value());
  EXPECT_FALSE(there.decrypt_with_ad("ad", sent.substr(1), received).has_value());
  EXPECT_FALSE(there.decrypt_with_ad("ad", "short", received).has_value());
  EXPECT_EQ(received, "kept");
  EXPECT_TRUE(there.decrypt_with_ad("ad", sent, received).has_value());
}

// 2^64 - 1 is rekey()'s own nonce (section 5.1): a message under it would give the next key away.
TEST(CipherState, NeverUsesTheLastNonce) {
  CipherState here = cipher_with_key(), there = cipher_with_key();
  here.set_nonce(CipherState::nonce_max - 1);
  there.set_nonce(CipherState::nonce_max - 1);
  core::Bytes sent, more, received;
  ASSERT_TRUE(here.encrypt_with_ad({}, "last", sent).has_value());
  EXPECT_FALSE(here.encrypt_with_ad({}, "beyond", more).has_value());
  EXPECT_TRUE(more.empty());
  ASSERT_TRUE(there.decrypt_with_ad({}, sent, received).has_value());
  EXPECT_FALSE(there.decrypt_with_ad({}, sent, received).has_value());
  EXPECT_EQ(received, "last");
}

TEST(CipherState, RekeysWithoutTouchingTheNonce) {
  CipherState here = cipher_with_key(), there = cipher_with_key();
  here.set_nonce(5);
  there.set_nonce(5);
  core::Bytes before, after, received;
  ASSERT_TRUE(here.encrypt_with_ad({}, "text", before).has_value());
  here.set_nonce(5);
  here.rekey();
  EXPECT_EQ(here.nonce(), 5u);
  ASSERT_TRUE(here.encrypt_with_ad({}, "text", after).has_value());
  EXPECT_NE(before, after);
  EXPECT_FALSE(there.decrypt_with_ad({}, after, received).has_value());
  there.rekey();
  EXPECT_TRUE(there.decrypt_with_ad({}, after, received).has_value());
}

}  // namespace
}  // namespace skerry::edge
