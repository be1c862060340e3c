#include "edge/listening.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

using boost::asio::ip::tcp;

TEST(Listening, AnAddressIsLookedUpAndTaken) {
  boost::asio::io_context io;
  const auto endpoint = endpoint_of(io, {"localhost", 0});
  ASSERT_TRUE(endpoint.has_value()) << endpoint.error().detail;
  EXPECT_TRUE(may_listen_at(io, *endpoint));
  auto acceptor = listen_at(io, *endpoint);
  ASSERT_TRUE(acceptor.has_value());
  tcp::socket client(io);
  client.connect(acceptor->local_endpoint());
}

TEST(Listening, AHostThatIsNotThereIsAMistake) {
  boost::asio::io_context io;
  const auto endpoint = endpoint_of(io, {"nosuch.invalid", 7600});
  ASSERT_FALSE(endpoint.has_value());
  EXPECT_EQ(endpoint.error().code, core::ErrorCode::invalid);
  EXPECT_NE(endpoint.error().detail.find("cannot look up 'nosuch.invalid'"), std::string::npos);
  EXPECT_NE(endpoint.error().detail.find("; accepted is "), std::string::npos);
}

TEST(Listening, AnAddressThatIsTakenIsNot) {
  boost::asio::io_context io;
  const auto taken = listen_at(io, *endpoint_of(io, {"127.0.0.1", 0}));
  ASSERT_TRUE(taken.has_value());
  const tcp::endpoint endpoint = taken->local_endpoint();
  for (const core::Result<void>& second : {may_listen_at(io, endpoint), listen_at(io, endpoint).map([](auto&&) {})}) {
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, core::ErrorCode::io);
    EXPECT_EQ(second.error().detail.find("cannot listen at 127.0.0.1:" + std::to_string(endpoint.port()) + " ("), 0u);
  }
}

// The question leaves nothing behind: who asks may listen, and so may another.
TEST(Listening, ToAskTakesNothing) {
  boost::asio::io_context io;
  const tcp::endpoint endpoint = listen_at(io, *endpoint_of(io, {"127.0.0.1", 0}))->local_endpoint();
  EXPECT_TRUE(may_listen_at(io, endpoint));
  EXPECT_TRUE(may_listen_at(io, endpoint));
  EXPECT_TRUE(listen_at(io, endpoint));
}

}  // namespace
}  // namespace skerry::edge
