#include "edge/peer_dial.h"

#include <netinet/tcp.h>

#include <boost/asio/connect.hpp>

namespace skerry::edge {

namespace asio = boost::asio;
using boost::system::error_code;
using core::ErrorCode;
using tcp = asio::ip::tcp;

PeerDial::PeerDial(asio::io_context& io, Times times, MakeHandshake make_handshake, PeerHandshake::Done done)
    : resolver_(io),
      socket_(io),
      deadline_(io),
      times_(times),
      make_handshake_(std::move(make_handshake)),
      done_(std::move(done)) {}

std::shared_ptr<PeerDial> PeerDial::run(asio::io_context& io, const HostPort& address, Times times,
                                        MakeHandshake make_handshake, PeerHandshake::Done done) {
  auto self = std::make_shared<PeerDial>(io, times, std::move(make_handshake), std::move(done));
  self->begin(address);
  return self;
}

void PeerDial::begin(const HostPort& address) {
  deadline_.expires_after(times_.connect_max);
  deadline_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->fail("there was no answer in time", asio::error::timed_out);
  });
  error_code not_numeric;
  const asio::ip::address numeric = asio::ip::make_address(address.host, not_numeric);
  if (!not_numeric) return connect({tcp::endpoint(numeric, address.port)});
  resolver_.async_resolve(
      address.host, std::to_string(address.port), tcp::resolver::numeric_service,
      [self = shared_from_this()](const error_code& error, const tcp::resolver::results_type& results) {
        if (!self->done_) return;
        if (error) return self->fail("its name could not be looked up", error);
        self->connect({results.begin(), results.end()});
      });
}

void PeerDial::connect(std::vector<tcp::endpoint> endpoints) {
  asio::async_connect(socket_, endpoints, [self = shared_from_this()](const error_code& error, const tcp::endpoint&) {
    if (!self->done_) return;
    if (error) return self->fail("it could not be reached", error);
    self->connected();
  });
}

void PeerDial::connected() {
  deadline_.cancel();
  prepare(socket_);
  // A call by way of this object, so that cancel() also ends what the handshake would say.
  handshake_ = PeerHandshake::run(std::move(socket_), make_handshake_(), times_.handshake_max,
                                  [self = shared_from_this()](core::Result<SecureSession> session, tcp::socket socket) {
                                    self->handshake_ = nullptr;
                                    if (self->done_)
                                      std::exchange(self->done_, nullptr)(std::move(session), std::move(socket));
                                  });
}

void PeerDial::fail(const std::string& what, const error_code& error) {
  if (!done_) return;
  deadline_.cancel();
  resolver_.cancel();
  error_code ignored;  // it is not used any more, whatever its state
  socket_.close(ignored);
  std::exchange(done_, nullptr)(core::fail(ErrorCode::busy, what + " (" + error.message() + ")"), std::move(socket_));
}

void PeerDial::cancel() {
  done_ = nullptr;
  deadline_.cancel();
  resolver_.cancel();
  error_code ignored;  // it may not be open
  socket_.close(ignored);
  if (handshake_ != nullptr) std::exchange(handshake_, nullptr)->cancel();
}

void prepare(tcp::socket& socket) {
  error_code ignored;  // a connection that just broke says so when it is used
  socket.set_option(tcp::no_delay(true), ignored);
  using user_timeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
  constexpr int unanswered_max_milliseconds = 10'000;
  socket.set_option(user_timeout(unanswered_max_milliseconds), ignored);
}

}  // namespace skerry::edge
