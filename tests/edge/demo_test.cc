#include "edge/demo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "edge/system.h"

namespace skerry::edge {
namespace {

// The story itself, with real nodes, is tests/system/demo_test.py.
TEST(Demo, SaysWhatIsWrongBeforeItStartsAnything) {
  using boost::asio::ip::tcp;
  ASSERT_TRUE(start_entropy().has_value());
  boost::asio::io_context io;
  const tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  DemoCommand command;
  command.resp_base = taken.local_endpoint().port();
  command.once = true;
  const int code = run_demo(command);
  const std::string said = testing::internal::GetCapturedStdout();
  const std::string mistakes = testing::internal::GetCapturedStderr();
  EXPECT_EQ(code, exit_failure);
  EXPECT_THAT(said, testing::HasSubstr("40 ms"));
  EXPECT_THAT(mistakes, testing::HasSubstr("port " + std::to_string(command.resp_base) + " is in use"));
}

}  // namespace
}  // namespace skerry::edge
