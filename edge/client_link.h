// One connection of a client: bytes in, requests run, bytes out.
//
// Everything that one read brought is run at once and answered by one write (notes on clients: a write for each reply
// costs five times the CPU).  The answers leave when the node says that what they depend on is durable; until then,
// and until they are written, nothing more is read, so their order is the order of the requests.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "edge/commands.h"
#include "edge/node.h"
#include "edge/ready_links.h"
#include "edge/session.h"

namespace skerry::edge {

// What the connections of a node share: memory for what is larger than a connection's own, and the right to a log line.
struct ClientCommons {
  explicit ClientCommons(Node& node) : ready(std::make_shared<ReadyLinks>(node)) {}
  std::shared_ptr<ReadyLinks> ready;
  std::size_t large_requests_bytes = 0;
  std::size_t large_replies_bytes = 0;
  core::Instant next_notice{};
  core::Duration request_stall_max = edge::request_stall_max;
};

// Bytes received and not yet used.  Small while nothing comes, larger for who sends much.
class ReadBuffer {
 public:
  std::span<char> unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t size);
  // Makes room for at least one more byte, of the `wanted` bytes of one request in all; then room() is not empty.  Sets
  // aside only some times what has come of it so far.
  void reserve(std::size_t wanted);
  std::span<char> room() const { return {bytes_.get() + end_, capacity_ - end_}; }
  void received(std::size_t size);
  std::size_t capacity() const { return capacity_; }

 private:
  void resize(std::size_t capacity);

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool filled_ = false;  // the last read took all the room there was
};

// Lives as long as any of its operations is under way.
class ClientLink : public std::enable_shared_from_this<ClientLink> {
 public:
  // All but the socket outlive the link.
  ClientLink(boost::asio::ip::tcp::socket socket, Node& node, Commands& commands, ClientCommons& commons);
  ~ClientLink() { close(); }

  void start();
  // No further request is run; what was answered still leaves, then the connection is closed.
  void finish();
  // At once.  After this nothing that outlives the link is touched any more.
  void close();
  bool closed() const { return state_ == State::closed; }

  // --- for ReadyLinks
  void run_received();
  BytesView unread() const;
  const Session& session() const { return session_; }

 private:
  enum class State {
    idle,            // between two of the following
    reading,         // waits for bytes
    ready,           // has read some: ReadyLinks runs it
    delivering,      // answers wait for the disk, or for the client to take them
    without_room,    // the next request waits until the replica is not full any more
    awaiting_peers,  // WAIT
    closed,
  };

  // Does whatever comes next, unless something is under way.
  void proceed();
  void read();
  void await_rest();
  void received(const boost::system::error_code& error, std::size_t size);
  void run_requests();
  // Runs the request at the front of the buffer; whether another may follow at once.
  bool run_request(Reply& reply);
  bool take_request(Reply& reply);
  void look_ahead();
  void refuse_protocol(Reply& reply);

  void deliver();
  void send();
  void send_rest();
  void sent();

  void wait_for_room();
  void wait_for_peers();
  bool client_has_gone();

  // Counts what this link holds beyond its own share; whether there is enough for all.
  bool within_budget();
  void notice(core::BytesView what);
  boost::asio::steady_timer& timer();

  boost::asio::ip::tcp::socket socket_;
  Node& node_;
  Commands& commands_;
  ClientCommons& commons_;
  Session session_;
  std::optional<Sessions::Entry> entry_;  // until it is closed
  RequestParser parser_;
  ReadBuffer input_;
  Bytes output_;
  std::size_t output_sent_ = 0;
  Outcome outcome_;                // of the requests whose answers are in the output
  std::size_t large_request_ = 0;  // what of the commons is ours
  std::size_t large_reply_ = 0;
  State state_ = State::idle;
  bool closing_ = false;                            // when the answers have left
  bool more_requests_ = false;                      // the buffer may hold another whole request
  std::size_t looked_ahead_ = 0;                    // requests that are still to come of those last looked at
  bool request_waits_ = false;                      // the parser holds a request that is to be run again
  std::optional<boost::asio::steady_timer> timer_;  // made when something must not take for ever
};

}  // namespace skerry::edge
