#include "edge/resp_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace skerry::edge {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;

constexpr std::size_t bulk_bytes_max = 512u << 20;
constexpr std::int64_t items_max = 1 << 20;
constexpr std::size_t nesting_max = 8;
constexpr std::size_t line_bytes_max = 64 * 1024;

std::optional<std::int64_t> number(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// What one line of RESP2 begins.
struct Piece {
  RespReply reply;
  std::int64_t items = 0;  // array: how many follow
  std::size_t end = 0;     // where the next piece begins
};

Result<std::optional<Piece>> read_bulk(std::string_view buffer, std::size_t begin, std::int64_t size) {
  if (size < 0) return Piece{RespReply{}, 0, begin};
  if (static_cast<std::uint64_t>(size) > bulk_bytes_max) return fail(ErrorCode::too_large, "a bulk reply too long");
  const std::size_t end = begin + static_cast<std::size_t>(size);
  if (buffer.size() < end + 2) return std::nullopt;
  if (buffer.substr(end, 2) != "\r\n") return fail(ErrorCode::malformed, "a bulk reply without its end");
  Piece piece{RespReply{RespReply::Type::bulk, {}, 0, {}}, 0, end + 2};
  piece.reply.text = buffer.substr(begin, end - begin);
  return piece;
}

Result<std::optional<Piece>> read_piece(std::string_view buffer, std::size_t begin) {
  const std::size_t line_end = buffer.find("\r\n", begin);
  if (line_end == std::string_view::npos) {
    if (buffer.size() - begin > line_bytes_max) return fail(ErrorCode::too_large, "a reply line too long");
    return std::nullopt;
  }
  if (line_end == begin) return fail(ErrorCode::malformed, "an empty reply line");
  const std::string_view rest = buffer.substr(begin + 1, line_end - begin - 1);
  Piece piece{RespReply{}, 0, line_end + 2};
  switch (buffer[begin]) {
    case '+':
      piece.reply.type = RespReply::Type::status;
      piece.reply.text = rest;
      return piece;
    case '-':
      piece.reply.type = RespReply::Type::error;
      piece.reply.text = rest;
      return piece;
    default:
      break;
  }
  const std::optional<std::int64_t> value = number(rest);
  if (!value) return fail(ErrorCode::malformed, "a reply without a number where one belongs");
  switch (buffer[begin]) {
    case ':':
      piece.reply.type = RespReply::Type::integer;
      piece.reply.integer = *value;
      return piece;
    case '$':
      return read_bulk(buffer, piece.end, *value);
    case '*':
      if (*value > items_max) return fail(ErrorCode::too_large, "an array reply too long");
      if (*value >= 0) piece.reply.type = RespReply::Type::array;
      piece.items = *value;
      return piece;
    default:
      return fail(ErrorCode::malformed, "a reply of a type that RESP2 does not know");
  }
}

std::string encoded(const RespCommand& command) {
  std::string bytes = "*" + std::to_string(command.size()) + "\r\n";
  for (const std::string& argument : command) {
    bytes += "$" + std::to_string(argument.size()) + "\r\n" + argument + "\r\n";
  }
  return bytes;
}

// Waits until the socket is ready for `events`.
Result<void> wait_for(int socket, short events, std::chrono::milliseconds patience) {
  pollfd waited{socket, events, 0};
  int ready;
  do {
    ready = ::poll(&waited, 1, static_cast<int>(patience.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return fail(ErrorCode::io, "no answer in time");
  if (ready < 0) return fail(ErrorCode::io, std::strerror(errno));
  return {};
}

}  // namespace

Result<std::optional<RespReply>> RespReplies::next() {
  struct Open {
    RespReply array;
    std::int64_t missing;
  };
  std::vector<Open> open;
  std::size_t position = 0;
  while (true) {
    auto piece = read_piece(buffer_, position);
    if (!piece) return tl::make_unexpected(piece.error());
    if (!*piece) return std::nullopt;
    position = (*piece)->end;
    RespReply reply = std::move((*piece)->reply);
    if ((*piece)->items > 0) {
      if (open.size() == nesting_max) return fail(ErrorCode::too_large, "arrays in arrays beyond measure");
      open.push_back({std::move(reply), (*piece)->items});
      continue;
    }
    while (!open.empty()) {
      open.back().array.items.push_back(std::move(reply));
      if (--open.back().missing > 0) break;
      reply = std::move(open.back().array);
      open.pop_back();
    }
    if (!open.empty()) continue;
    buffer_.erase(0, position);
    return reply;
  }
}

Result<RespClient> RespClient::connect(std::uint16_t port, std::chrono::milliseconds patience) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return fail(ErrorCode::io, std::strerror(errno));
  RespClient client(socket, patience);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return client;
  if (errno != EINPROGRESS) return fail(ErrorCode::io, std::strerror(errno));
  if (auto ready = wait_for(socket, POLLOUT, patience); !ready) return tl::make_unexpected(ready.error());
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail(ErrorCode::io, std::strerror(error));
  return client;
}

RespClient::RespClient(RespClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), patience_(other.patience_), replies_(std::move(other.replies_)) {}

RespClient& RespClient::operator=(RespClient&& other) noexcept {
  if (this == &other) return *this;
  close();
  socket_ = std::exchange(other.socket_, -1);
  patience_ = other.patience_;
  replies_ = std::move(other.replies_);
  return *this;
}

RespClient::~RespClient() {
  close();
}

void RespClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

Result<RespReply> RespClient::call(const RespCommand& command) {
  auto replies = call_all({command});
  if (!replies) return tl::make_unexpected(replies.error());
  return std::move(replies->front());
}

Result<std::vector<RespReply>> RespClient::call_all(const std::vector<RespCommand>& commands) {
  std::string bytes;
  for (const RespCommand& command : commands) bytes += encoded(command);
  if (auto sent = send(bytes); !sent) {
    close();
    return tl::make_unexpected(sent.error());
  }
  std::vector<RespReply> replies;
  replies.reserve(commands.size());
  while (replies.size() < commands.size()) {
    auto reply = receive();
    if (!reply) {
      close();
      return tl::make_unexpected(reply.error());
    }
    replies.push_back(std::move(*reply));
  }
  return replies;
}

Result<void> RespClient::send(std::string_view bytes) {
  if (socket_ < 0) return fail(ErrorCode::io, "the connection is closed");
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (auto ready = wait_for(socket_, POLLOUT, patience_); !ready) return ready;
    } else if (errno != EINTR) {
      return fail(ErrorCode::io, std::strerror(errno));
    }
  }
  return {};
}

Result<RespReply> RespClient::receive() {
  char buffer[16 * 1024];
  while (true) {
    auto reply = replies_.next();
    if (!reply) return tl::make_unexpected(reply.error());
    if (*reply) return std::move(**reply);
    if (auto ready = wait_for(socket_, POLLIN, patience_); !ready) return tl::make_unexpected(ready.error());
    const ssize_t size = ::recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (size > 0) {
      replies_.feed({buffer, static_cast<std::size_t>(size)});
    } else if (size == 0) {
      return fail(ErrorCode::io, "the server closed the connection");
    } else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
      return fail(ErrorCode::io, std::strerror(errno));
    }
  }
}

}  // namespace skerry::edge
