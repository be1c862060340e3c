// A node with clients, served by a thread of its own, and blocking clients that talk to it over loopback.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "edge/clients.h"
#include "edge/commands.h"
#include "edge/node.h"
#include "edge/sqlite_store.h"
#include "edge/system.h"
#include "tests/edge/temporary_directory.h"

namespace skerry::edge {

using boost::asio::ip::tcp;

// A connection as a simple client has it.  Every wait ends after a minute.
class BlockingClient {
 public:
  explicit BlockingClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    const timeval patience{60, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }

  void send(const std::string& bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes)); }
  // As many bytes as `wanted` has; fewer when the connection ends.
  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const ssize_t more = ::recv(socket_.native_handle(), bytes.data() + have, size - have, 0);
      if (more <= 0) break;
      have += static_cast<std::size_t>(more);
    }
    bytes.resize(have);
    return bytes;
  }
  std::string ask(const std::string& request, const std::string& wanted) {
    send(request);
    return receive(wanted.size());
  }
  // Whether nothing has come that was not received.
  bool silent() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }
  bool ended() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, 0) == 0;
  }
  void close() { socket_.close(); }

 private:
  boost::asio::io_context io_;
  tcp::socket socket_;
};

class ServedNode {
 public:
  explicit ServedNode(Ack ack, std::size_t clients_max = 8) {
    EXPECT_TRUE(start_entropy().has_value());
    SqliteStore::Options options;
    options.incarnation_if_new.bytes.fill(7);
    auto opened = SqliteStore::open(directory_ / "data", std::move(options));
    EXPECT_TRUE(opened.has_value());
    store_ = std::move(*opened);
    auto loaded = sync::Replica::load(*store_, {.self = store_->incarnation(), .cache_bytes = 64 << 20, .seed = 1},
                                      SystemClock().now());
    EXPECT_TRUE(loaded.has_value());
    replica_ = std::move(*loaded);
    node_.emplace(io_, *store_, *replica_, ack);
    commands_.emplace(*replica_, sessions_, no_peers(), facts(clients_max));
    clients_.emplace(*node_, *commands_);
    const auto port = clients_->listen({boost::asio::ip::address_v4::loopback(), 0});
    EXPECT_TRUE(port.has_value());
    port_ = *port;
    thread_ = std::thread([this] { io_.run(); });
  }
  ~ServedNode() {
    in_loop([this] { clients_->stop(); });
    io_.stop();
    thread_.join();
    node_->stop();
  }

  std::uint16_t port() const { return port_; }
  std::string data() const { return directory_ / "data"; }
  bool becomes_full() {
    return comes_true([this] { return node_->full(); });
  }
  bool is_synced() {
    return comes_true([this] { return store_->durable_to() == replica_->keyspace().staged_to(); });
  }
  // What `f` returns, called by the loop.
  template <class F>
  std::invoke_result_t<F> in_loop(F f) {
    std::packaged_task<std::invoke_result_t<F>()> task(std::move(f));
    auto result = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return result.get();
  }
  // Whether so many commands come to be run.
  bool runs(std::uint64_t commands) {
    return comes_true([this, commands] { return commands_->calls_in_all() >= commands; });
  }
  std::size_t sessions() {
    return in_loop([this] { return sessions_.size(); });
  }
  // A port for one connection that gives up half-sent large requests after `stall_max`.
  std::uint16_t listen_once(core::Duration stall_max) {
    return in_loop([this, stall_max] {
      if (!impatient_) impatient_.emplace(*node_);
      impatient_->request_stall_max = stall_max;
      auto door = std::make_shared<tcp::acceptor>(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
      door->async_accept([this, door](const boost::system::error_code&, tcp::socket socket) {
        std::make_shared<ClientLink>(std::move(socket), *node_, *commands_, *impatient_)->start();
      });
      return door->local_endpoint().port();
    });
  }
  core::Result<std::uint16_t> listen(const tcp::endpoint& address) { return clients_->listen(address); }
  void stop_clients() {
    in_loop([this] { clients_->stop(); });
  }
  // Asks the loop again and again, for a minute at most.
  template <class F>
  bool comes_true(F question) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::chrono::steady_clock::now() < deadline) {
      if (in_loop(question)) return true;
    }
    return false;
  }
  bool sessions_become(std::size_t count) {
    return comes_true([this, count] { return sessions_.size() == count; });
  }

 private:
  static ServerFacts facts(std::size_t clients_max) {
    return {.region = "here",
            .ack = "any",
            .run_id = std::string(40, '0'),
            .data_directory = "",
            .clients_max = clients_max,
            .started_at = SystemClock().now().instant};
  }

  tests::TemporaryDirectory directory_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<sync::Replica> replica_;
  std::optional<Node> node_;
  Sessions sessions_;
  std::optional<Commands> commands_;
  std::optional<ClientCommons> impatient_;
  std::optional<Clients> clients_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

inline std::string request(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return bytes;
}
inline std::string as_bulk(const std::string& bytes) {
  return "$" + std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n";
}

}  // namespace skerry::edge
