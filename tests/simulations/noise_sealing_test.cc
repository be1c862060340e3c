#include "simulations/noise_sealing.h"

#include <gtest/gtest.h>

namespace skerry::simulations {
namespace {

TEST(NoiseSealing, IsASessionOfTwoHosts) {
  NoiseKeys keys(Streams(1), 3);
  const auto session = keys.session(2, 0);
  ASSERT_TRUE(session->accept(session->last_message()));
  for (const unsigned side : {0u, 1u}) {
    const auto sealed = session->seal(side, "plain");
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->find("plain"), core::Bytes::npos);
    EXPECT_EQ(session->open(side, *sealed), "plain");
    EXPECT_FALSE(session->open(side, *sealed)) << "twice";
  }
}

TEST(NoiseSealing, RefusesALastMessageThatWasAltered) {
  NoiseKeys keys(Streams(1), 2);
  const core::Bytes honest = keys.session(0, 1)->last_message();
  for (std::size_t i = 0; i < honest.size() * 8; ++i) {
    const auto session = keys.session(0, 1);
    core::Bytes altered = session->last_message();
    altered[i / 8] = static_cast<char>(altered[i / 8] ^ (1 << i % 8));
    EXPECT_FALSE(session->accept(altered)) << i;
  }
  EXPECT_FALSE(keys.session(0, 1)->accept(honest)) << "of another session";
  const auto session = keys.session(0, 1);
  EXPECT_FALSE(session->accept(session->last_message() + session->last_message())) << "twice";
}

TEST(NoiseSealing, HasTheSameBytesForTheSameSeed) {
  const auto bytes = [](std::uint64_t seed) {
    NoiseKeys keys(Streams(seed), 2);
    const auto session = keys.session(0, 1);
    return session->last_message() + session->seal(0, "plain").value();
  };
  EXPECT_EQ(bytes(1), bytes(1));
  EXPECT_NE(bytes(1), bytes(2));
}

TEST(NoiseSealing, NoTwoSessionsOrHostsHaveAKeyInCommon) {
  NoiseKeys keys(Streams(1), 3);
  const auto one = keys.session(0, 1), other = keys.session(0, 1);
  ASSERT_TRUE(one->accept(one->last_message()));
  ASSERT_TRUE(other->accept(other->last_message()));
  EXPECT_FALSE(other->open(0, one->seal(0, "plain").value()));
}

}  // namespace
}  // namespace skerry::simulations
