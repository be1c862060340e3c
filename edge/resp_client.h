// A small synchronous client of our own RESP server (RESP2): what the demo talks to its nodes with.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace skerry::edge {

struct RespReply {
  enum class Type { status, error, integer, bulk, null, array };
  Type type = Type::null;
  std::string text;  // status, error, bulk
  std::int64_t integer = 0;
  std::vector<RespReply> items;  // array
  bool operator==(const RespReply&) const = default;
};

// Bytes in, replies out.  After an error it must not be used again.
class RespReplies {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  // The next whole reply; nothing while bytes of it are missing; `malformed` or `too_large` on what RESP2 does not say.
  core::Result<std::optional<RespReply>> next();

 private:
  std::string buffer_;
};

using RespCommand = std::vector<std::string>;

// One thread at a time.  After any error the connection is closed and every further call fails.
class RespClient {
 public:
  // To 127.0.0.1; each wait, here and in calls, takes at most `patience`.
  static core::Result<RespClient> connect(std::uint16_t port, std::chrono::milliseconds patience);
  // Takes over a connected socket.
  RespClient(int socket, std::chrono::milliseconds patience) : socket_(socket), patience_(patience) {}
  RespClient(RespClient&& other) noexcept;
  RespClient& operator=(RespClient&& other) noexcept;
  ~RespClient();

  // An error reply of the server is a reply, not an error.  `io` when the connection failed or the wait was too long.
  core::Result<RespReply> call(const RespCommand& command);
  // Sends all at once, then reads as many replies.
  core::Result<std::vector<RespReply>> call_all(const std::vector<RespCommand>& commands);

 private:
  core::Result<void> send(std::string_view bytes);
  core::Result<RespReply> receive();
  void close();

  int socket_ = -1;
  std::chrono::milliseconds patience_;
  RespReplies replies_;
};

}  // namespace skerry::edge
