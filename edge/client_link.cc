#include "edge/client_link.h"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cstring>

#include "core/ensure.h"
#include "edge/key_lookahead.h"
#include "sync/cell_table.h"

namespace skerry::edge {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// How often a WAIT looks whether the peers have answered.
constexpr auto peers_poll_every = 2ms;
// A buffer for replies that has grown beyond this is given back.
constexpr std::size_t output_kept = 64 * 1024;
// The first byte of a TLS handshake.
constexpr char tls_handshake = 0x16;

std::string name_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

std::size_t beyond(std::size_t size, std::size_t share) {
  return size > share ? size : 0;
}

}  // namespace

void ReadBuffer::consume(std::size_t size) {
  begin_ += size;
  core::ensure(begin_ <= end_);
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::received(std::size_t size) {
  filled_ = size == capacity_ - end_;
  end_ += size;
  core::ensure(end_ <= capacity_);
}

void ReadBuffer::reserve(std::size_t wanted) {
  const std::size_t held = end_ - begin_;
  std::size_t capacity = std::max(capacity_, read_bytes_min);
  if (filled_) capacity = std::max(capacity, std::min(2 * capacity, read_bytes_max));
  // What one large request has made large is given back when it has gone.
  if (wanted <= read_bytes_max && held < read_bytes_max) capacity = std::min(capacity, read_bytes_max);
  if (held == capacity) capacity *= 2;  // many small words
  // A header only announces what is to come, and anybody can write a large number.
  capacity = std::max(capacity, std::min(wanted, std::max(read_bytes_max, 4 * held)));
  if (capacity != capacity_) return resize(capacity);
  if (begin_ > 0 && (end_ == capacity_ || begin_ + wanted > capacity_)) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
  }
}

void ReadBuffer::resize(std::size_t capacity) {
  std::unique_ptr<char[]> bytes(new char[capacity]);  // not initialised: a page that is not used costs nothing
  const std::size_t held = end_ - begin_;
  if (held > 0) std::memcpy(bytes.get(), bytes_.get() + begin_, held);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
  begin_ = 0;
  end_ = held;
}

ClientLink::ClientLink(tcp::socket socket, Node& node, Commands& commands, ClientCommons& commons)
    : socket_(std::move(socket)), node_(node), commands_(commands), commons_(commons) {
  entry_.emplace(commands.sessions(), session_);
  error_code ignored;
  session_.address = name_of(socket_.remote_endpoint(ignored));
  session_.local_address = name_of(socket_.local_endpoint(ignored));
  session_.connected_at = session_.used_at = node_.now().instant;
}

void ClientLink::start() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(boost::asio::socket_base::keep_alive(true), ignored);
  proceed();
}

void ClientLink::finish() {
  closing_ = true;
  if (state_ != State::delivering) close();
}

void ClientLink::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  entry_.reset();
  commons_.large_requests_bytes -= large_request_;
  commons_.large_replies_bytes -= large_reply_;
  if (timer_) timer_->cancel();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  // What is left unread would make the kernel reset the connection, and the last answer could be lost with it.
  char unread[4'096];
  for (int i = 0; i < 16 && socket_.read_some(boost::asio::buffer(unread), ignored) > 0; ++i) {
  }
  socket_.close(ignored);
}

void ClientLink::proceed() {
  if (state_ != State::idle) return;
  if (session_.wait) return wait_for_peers();
  if (closing_) return close();
  if (request_waits_ && node_.full()) return wait_for_room();
  more_requests_ ? run_requests() : read();
}

void ClientLink::read() {
  input_.reserve(input_.unread().empty() ? 0 : parser_.needed());
  if (!within_budget()) return notice("large requests hold too much memory"), close();
  state_ = State::reading;
  await_rest();
  const std::span<char> room = input_.room();
  socket_.async_read_some(
      boost::asio::buffer(room.data(), room.size()),
      [self = shared_from_this()](const error_code& error, std::size_t size) { self->received(error, size); });
}

// A large request that is half sent holds what others could use.  An idle client holds nothing, and may be.
void ClientLink::await_rest() {
  if (timer_) timer_->cancel();
  if (large_request_ == 0) return;
  timer().expires_after(commons_.request_stall_max);
  timer().async_wait([self = shared_from_this(), before = input_.unread().size()](const error_code& cancelled) {
    if (cancelled || self->state_ != State::reading || self->input_.unread().size() != before) return;
    self->notice("the rest of a large request does not come");
    self->close();
  });
}

void ClientLink::received(const error_code& error, std::size_t size) {
  if (state_ == State::closed) return;
  if (error) return close();
  state_ = State::ready;
  commands_.client_counters().bytes_read += size;
  input_.received(size);
  commons_.ready->add(shared_from_this());
}

void ClientLink::run_received() {
  if (state_ != State::ready) return;
  state_ = State::idle;
  run_requests();
}

BytesView ClientLink::unread() const {
  return {input_.unread().data(), input_.unread().size()};
}

void ClientLink::run_requests() {
  Reply reply(output_, session_.protocol);
  more_requests_ = true;
  outcome_ = {};
  looked_ahead_ = 0;
  while (output_.size() < unsent_bytes_pause) {
    if (looked_ahead_ == 0 && parser_.between_requests()) look_ahead();
    if (looked_ahead_ > 0) --looked_ahead_;
    if (!run_request(reply)) break;
  }
  if (outcome_.used_replica) node_.used();
  deliver();
}

// One request alone gains nothing, and one that comes in pieces is looked at once.
void ClientLink::look_ahead() {
  BytesView keys[sync::CellTable::prefetch_keys_max];
  const Lookahead ahead = keys_ahead(unread(), keys);
  looked_ahead_ = ahead.requests;
  if (ahead.requests > 1) node_.replica().prefetch(session_.space, std::span(keys).first(ahead.keys));
}

bool ClientLink::take_request(Reply& reply) {
  const std::span<char> bytes = input_.unread();
  if (!bytes.empty() && bytes.front() == tls_handshake) {
    notice("a TLS handshake on the RESP port");
    closing_ = true;
    return false;
  }
  switch (parser_.parse(bytes)) {
    case RequestParser::Progress::complete:
      return true;
    case RequestParser::Progress::incomplete:
      more_requests_ = false;
      return false;
    case RequestParser::Progress::failed:
      notice("no RESP");
      ++commands_.client_counters().protocol_errors;
      reply.error(parser_.error());
      closing_ = true;
      return false;
  }
  return false;
}

bool ClientLink::run_request(Reply& reply) {
  if (!request_waits_ && !take_request(reply)) return false;
  request_waits_ = false;
  if (parser_.arguments().empty()) {
    input_.consume(parser_.consumed());
    return true;
  }
  const Outcome outcome = commands_.run(session_, parser_.arguments(), reply, node_.now());
  if (outcome.then == Outcome::Then::room) {
    request_waits_ = true;
    return false;
  }
  input_.consume(parser_.consumed());
  outcome_.depends_on = std::max(outcome_.depends_on, outcome.depends_on);
  outcome_.used_replica |= outcome.used_replica;
  closing_ |= outcome.then == Outcome::Then::close;
  if (!outcome.notice.empty()) notice(outcome.notice);
  return outcome.then == Outcome::Then::next;
}

void ClientLink::deliver() {
  if (output_.empty()) return proceed();
  if (output_.size() > unsent_bytes_max) return notice("an answer was too large"), close();
  if (!within_budget()) return notice("large answers hold too much memory"), close();
  state_ = State::delivering;
  output_sent_ = 0;
  if (node_.may_answer(outcome_.depends_on)) return send();
  node_.when_answerable(outcome_.depends_on, [self = shared_from_this()] { self->send(); });
}

void ClientLink::send() {
  if (state_ == State::closed) return;
  error_code error;
  const BytesView rest = BytesView(output_).substr(output_sent_);
  const std::size_t size = socket_.write_some(boost::asio::buffer(rest), error);
  if (error && error != boost::asio::error::would_block && error != boost::asio::error::try_again) return close();
  output_sent_ += error ? 0 : size;
  output_sent_ == output_.size() ? sent() : send_rest();
}

void ClientLink::send_rest() {
  timer().expires_after(write_stall_max);
  timer().async_wait([self = shared_from_this(), before = output_sent_](const error_code& cancelled) {
    if (cancelled || self->state_ != State::delivering || self->output_sent_ != before) return;
    self->notice("it does not take its answers");
    self->close();
  });
  socket_.async_wait(tcp::socket::wait_write,
                     [self = shared_from_this()](const error_code& error) { error ? self->close() : self->send(); });
}

void ClientLink::sent() {
  commands_.client_counters().bytes_written += output_.size();
  if (output_.capacity() > output_kept) {
    Bytes().swap(output_);
  } else {
    output_.clear();
  }
  if (timer_) timer_->cancel();
  if (large_reply_ > 0) within_budget();
  state_ = State::idle;
  if (!more_requests_) return proceed();
  // Others first: what is left of this read may be much.
  boost::asio::post(node_.io(), [self = shared_from_this()] { self->proceed(); });
}

void ClientLink::wait_for_room() {
  state_ = State::without_room;
  node_.when_not_full([self = shared_from_this()] {
    if (self->state_ != State::without_room) return;
    self->state_ = State::idle;
    self->proceed();
  });
}

void ClientLink::wait_for_peers() {
  const PeerWait& wait = *session_.wait;
  const std::size_t peers = commands_.peers_with(wait);
  const bool late = wait.deadline && *wait.deadline <= node_.now().instant;
  if (peers >= wait.peers_wanted || late) {
    session_.wait.reset();
    Reply(output_, session_.protocol).integer(static_cast<std::int64_t>(peers));
    state_ = State::idle;
    return deliver();
  }
  if (client_has_gone()) return close();
  state_ = State::awaiting_peers;
  timer().expires_after(peers_poll_every);
  timer().async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && self->state_ == State::awaiting_peers) self->wait_for_peers();
  });
}

// Also when requests that it had sent before stand unread in front of its end.
bool ClientLink::client_has_gone() {
  pollfd connection{.fd = socket_.native_handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&connection, 1, 0) > 0;
}

bool ClientLink::within_budget() {
  const std::size_t request = beyond(input_.capacity(), read_bytes_max);
  const std::size_t reply = beyond(output_.size(), unsent_bytes_pause);
  commons_.large_requests_bytes += request - large_request_;
  commons_.large_replies_bytes += reply - large_reply_;
  large_request_ = request;
  large_reply_ = reply;
  return commons_.large_requests_bytes <= large_requests_bytes_max &&
         commons_.large_replies_bytes <= large_replies_bytes_max;
}

void ClientLink::notice(BytesView what) {
  const core::Instant now = node_.now().instant;
  if (now < commons_.next_notice) return;
  commons_.next_notice = now + client_notice_every;
  spdlog::warn("client {}: {}; closing the connection", session_.address, what);
}

boost::asio::steady_timer& ClientLink::timer() {
  if (!timer_) timer_.emplace(node_.io());
  return *timer_;
}

}  // namespace skerry::edge
