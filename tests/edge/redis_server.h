// The real redis-server, for tests that compare with it: started in a folder of its own on a socket in that folder,
// ended with the object.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/ensure.h"

namespace skerry::edge {

// A reply, taken apart.
struct ReplyTree {
  char marker = 0;
  std::string text;  // of what is no collection: the bytes behind the marker
  std::vector<ReplyTree> elements;

  // What its bytes were, but for maps and sets, whose elements (pairs, for maps) were put in order.
  std::string bytes() const {
    std::string made = marker + text + "\r\n";
    for (const ReplyTree& element : elements) made += element.bytes();
    return made;
  }
  // Puts the elements, taken `group` at a time, into the order of their bytes.
  void sort(std::size_t group) {
    std::vector<std::vector<ReplyTree>> groups;
    for (std::size_t i = 0; i < elements.size(); i += group) {
      const auto begin = elements.begin() + static_cast<std::ptrdiff_t>(i);
      groups.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(std::min(group, elements.size() - i)));
    }
    std::sort(groups.begin(), groups.end(),
              [](const auto& left, const auto& right) { return left.front().bytes() < right.front().bytes(); });
    elements.clear();
    for (auto& each : groups) elements.insert(elements.end(), each.begin(), each.end());
  }
};

// The reply at the front of `bytes`; nothing if it is not complete.  `used` is how many bytes it took.
class ReplyReader {
 public:
  explicit ReplyReader(const std::string& bytes) : bytes_(bytes) {}

  bool read(ReplyTree& tree) {
    const std::size_t end = bytes_.find("\r\n", at_);
    if (end == std::string::npos) return false;
    tree.marker = bytes_[at_];
    tree.text = bytes_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 2;
    const bool sized = std::string("$=!").find(tree.marker) != std::string::npos && tree.text != "-1";
    if (sized) {
      const std::size_t size = std::stoul(tree.text);
      if (bytes_.size() < at_ + size + 2) return false;
      tree.text += "\r\n" + bytes_.substr(at_, size);
      at_ += size + 2;
    }
    if (std::string("*~%>").find(tree.marker) == std::string::npos || tree.text == "-1") return true;
    std::size_t count = std::stoul(tree.text) * (tree.marker == '%' ? 2 : 1);
    for (; count > 0; --count) {
      tree.elements.emplace_back();
      if (!read(tree.elements.back())) return false;
    }
    return true;
  }
  std::size_t used() const { return at_; }

 private:
  const std::string& bytes_;
  std::size_t at_ = 0;
};

class RedisServer {
 public:
  // Null if there is no redis-server on this machine, or it does not start.
  static std::unique_ptr<RedisServer> start() {
    const char* binary = "/usr/bin/redis-server";
    if (::access(binary, X_OK) != 0) return nullptr;
    std::unique_ptr<RedisServer> server(new RedisServer());
    server->process_ = ::fork();
    if (server->process_ == 0) {
      const std::string socket = server->socket_path();
      const std::string log = server->folder_ / "log";
      ::execl(binary, binary, "--port", "0", "--unixsocket", socket.c_str(), "--save", "", "--appendonly", "no",
              "--dir", server->folder_.c_str(), "--logfile", log.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    return server->connect() ? std::move(server) : nullptr;
  }

  ~RedisServer() {
    if (connection_ >= 0) ::close(connection_);
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // The bytes of the reply to one request.
  std::string operator()(const std::vector<std::string>& words) {
    std::string request = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) request += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    return exchange(request);
  }

  std::string exchange(const std::string& request) {
    core::ensure(::write(connection_, request.data(), request.size()) == static_cast<ssize_t>(request.size()));
    std::string received;
    while (true) {
      ReplyTree tree;
      ReplyReader reader(received);
      if (reader.read(tree)) return received.substr(0, reader.used());
      char piece[65'536];
      const ssize_t size = ::read(connection_, piece, sizeof(piece));
      if (size <= 0) return received;  // closed
      received.append(piece, static_cast<std::size_t>(size));
    }
  }

 private:
  RedisServer() {
    char name[] = "/tmp/skerry-redis-XXXXXX";
    core::ensure(::mkdtemp(name) != nullptr);
    folder_ = name;
  }
  std::string socket_path() const { return folder_ / "socket"; }

  // Tries until the server listens, for ten seconds at most.
  bool connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    for (int attempt = 0; attempt < 1'000; ++attempt) {
      connection_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
      if (::connect(connection_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) return true;
      ::close(connection_);
      connection_ = -1;
      if (::waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = -1;
        return false;
      }
      ::poll(nullptr, 0, 10);
    }
    return false;
  }

  std::filesystem::path folder_;
  pid_t process_ = -1;
  int connection_ = -1;
};

}  // namespace skerry::edge
