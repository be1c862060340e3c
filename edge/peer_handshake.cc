#include "edge/peer_handshake.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "edge/host_port.h"

namespace skerry::edge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using core::BytesView;
using core::ErrorCode;

PeerHandshake::PeerHandshake(tcp::socket socket, SecureHandshake handshake, Done done)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      handshake_(std::move(handshake)),
      done_(std::move(done)) {}

std::shared_ptr<PeerHandshake> PeerHandshake::run(tcp::socket socket, SecureHandshake handshake,
                                                  std::chrono::milliseconds time_max, Done done) {
  auto self = std::make_shared<PeerHandshake>(std::move(socket), std::move(handshake), std::move(done));
  self->begin(time_max);
  return self;
}

void PeerHandshake::begin(std::chrono::milliseconds time_max) {
  deadline_.expires_after(time_max);
  deadline_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->finish(core::fail(ErrorCode::busy, "the handshake was not done in time"));
  });
  // From the loop, so that `done` is never called before run() has returned.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->done_) self->advance(self->handshake_.start());
  });
}

void PeerHandshake::advance(core::Result<HandshakeStep> step) {
  if (!step) return finish(tl::make_unexpected(step.error()));
  if (step->session) session_.emplace(std::move(*step->session));
  if (!step->to_send.empty()) return send(std::move(step->to_send));
  if (session_) return finish(std::move(*session_));
  receive();
}

void PeerHandshake::send(core::Bytes bytes) {
  sending_ = std::move(bytes);
  asio::async_write(socket_, asio::buffer(sending_), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (!self->done_) return;
    if (error) return self->finish(core::fail(ErrorCode::io, "the connection broke (" + error.message() + ")"));
    if (self->session_) return self->finish(std::move(*self->session_));
    self->receive();
  });
}

void PeerHandshake::receive() {
  socket_.async_read_some(
      asio::buffer(received_), [self = shared_from_this()](const error_code& error, std::size_t size) {
        if (!self->done_) return;
        if (error == asio::error::eof) {
          return self->finish(core::fail(ErrorCode::io, "the connection was closed during the handshake"));
        }
        if (error) return self->finish(core::fail(ErrorCode::io, "the connection broke (" + error.message() + ")"));
        self->advance(self->handshake_.feed(BytesView(self->received_.data(), size)));
      });
}

void PeerHandshake::finish(core::Result<SecureSession> session) {
  if (!done_) return;
  deadline_.cancel();
  const Done done = std::exchange(done_, nullptr);
  if (!session) {
    error_code ignored;  // it is not used any more, whatever its state
    socket_.close(ignored);
  }
  done(std::move(session), std::move(socket_));
}

void PeerHandshake::cancel() {
  done_ = nullptr;
  deadline_.cancel();
  error_code ignored;  // it may be closed already
  socket_.close(ignored);
}

std::string address_of(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  if (error) return "an address unknown";
  return to_text(HostPort{endpoint.address().to_string(), endpoint.port()});
}

}  // namespace skerry::edge
