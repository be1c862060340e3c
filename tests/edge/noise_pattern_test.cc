// That the patterns are the specification's is shown by the vectors (noise_vectors_test.cc); here are the names.
#include "edge/noise_pattern.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

core::Result<NoiseProtocol> parse(const std::string& pattern) {
  return parse_protocol_name("Noise_" + pattern + "_25519_ChaChaPoly_SHA256");
}

TEST(NoisePattern, IsTakenFromTheName) {
  const core::Result<NoiseProtocol> protocol = parse("KX");
  ASSERT_TRUE(protocol.has_value());
  EXPECT_EQ(protocol->hash, HashName::sha256);
  EXPECT_TRUE(protocol->pattern.initiator_static_known);
  EXPECT_FALSE(protocol->pattern.responder_static_known);
  EXPECT_FALSE(protocol->pattern.one_way);
  EXPECT_EQ(protocol->pattern.messages,
            (std::vector<Tokens>{{Token::e}, {Token::e, Token::ee, Token::se, Token::s, Token::es}}));
}

TEST(NoisePattern, OneMessageIsOneWay) {
  EXPECT_TRUE(parse("N")->pattern.one_way);
  EXPECT_FALSE(parse("NN")->pattern.one_way);
}

TEST(NoisePattern, ModifiersPlaceTheKeys) {
  const HandshakePattern pattern = parse("XXpsk0+psk1+psk3")->pattern;
  EXPECT_EQ(pattern.messages, (std::vector<Tokens>{{Token::psk, Token::e, Token::psk},
                                                   {Token::e, Token::ee, Token::s, Token::es},
                                                   {Token::s, Token::se, Token::psk}}));
  EXPECT_EQ(pattern.psks(), 3u);
}

TEST(NoisePattern, KnowsAllOfTheSpecification) {
  EXPECT_EQ(base_pattern_names().size(), 3u + 12u + 23u);
}

TEST(NoisePattern, RefusesOtherNames) {
  for (const char* pattern : {"", "ZZ", "xx", "XXpsk", "XXpsk4", "XXpsk10", "XXpsk0+", "XXpsk0psk1", "XXpsk0+psk0",
                              "XXpsk3+psk3", "XXfallback", "XX+psk0", "Npsk2", "psk0"}) {
    EXPECT_FALSE(parse(pattern).has_value()) << pattern;
  }
  for (const char* name :
       {"", "Noise", "Noise_XX_25519_ChaChaPoly", "Noise_XX_25519_ChaChaPoly_SHA256_", "Noise_XX_448_ChaChaPoly_SHA256",
        "Noise_XX_25519_AESGCM_SHA256", "Noise_XX_25519_ChaChaPoly_BLAKE2s", "Noise_XX_25519_ChaChaPoly_SHA3",
        "noise_XX_25519_ChaChaPoly_SHA256"}) {
    const core::Result<NoiseProtocol> protocol = parse_protocol_name(name);
    ASSERT_FALSE(protocol.has_value()) << name;
    EXPECT_EQ(protocol.error().code, core::ErrorCode::unsupported);
  }
}

}  // namespace
}  // namespace skerry::edge
