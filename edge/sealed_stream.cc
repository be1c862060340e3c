#include "edge/sealed_stream.h"

#include <kj/debug.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <cstring>

namespace skerry::edge {

namespace asio = boost::asio;
using boost::system::error_code;
using core::Bytes;
using core::BytesView;
using core::ErrorCode;

// Asio 1.74 cannot cancel one operation, and a dropped promise frees its caller's buffer at once; so Asio only ever
// sees buffers of this object, which its handlers keep alive.
struct SealedStream::Connection {
  Connection(asio::ip::tcp::socket own_socket, SealedStream* own_stream)
      : socket(std::move(own_socket)), stream(own_stream), received(stream_read_bytes, '\0') {}

  asio::ip::tcp::socket socket;
  SealedStream* stream;  // null when it is gone
  Bytes received;
  Bytes sending;
  bool reading = false;
  bool writing = false;
};

// A read that waits for bytes.  Dropping its promise makes the stream forget the caller's buffer.
class SealedStream::ReadRequest {
 public:
  struct Buffer {
    char* begin;
    std::size_t bytes_min;
    std::size_t bytes_max;
  };

  ReadRequest(kj::PromiseFulfiller<std::size_t>& fulfiller, SealedStream& stream, Buffer buffer, std::size_t filled)
      : fulfiller_(fulfiller), stream_(&stream), buffer_(buffer), filled_(filled) {
    stream.request_ = this;
  }
  ~ReadRequest() {
    if (stream_ != nullptr && stream_->request_ == this) stream_->request_ = nullptr;
  }
  KJ_DISALLOW_COPY(ReadRequest);

  // Whether it has all that it needs and is over.
  bool fill() {
    filled_ += stream_->take_plain(buffer_.begin + filled_, buffer_.bytes_max - filled_);
    if (filled_ < buffer_.bytes_min && !stream_->ended_) return false;
    stream_ = nullptr;  // it may go before the promise does
    fulfiller_.fulfill(std::size_t{filled_});
    return true;
  }
  void reject(kj::Exception&& exception) {
    stream_ = nullptr;
    fulfiller_.reject(kj::mv(exception));
  }
  void forget_stream() { stream_ = nullptr; }

 private:
  kj::PromiseFulfiller<std::size_t>& fulfiller_;
  SealedStream* stream_;
  Buffer buffer_;
  std::size_t filled_;
};

SealedStream::SealedStream(RpcLoop& loop, asio::ip::tcp::socket socket, RecordSealer sealer, RecordOpener opener,
                           BytesView early)
    : loop_(loop),
      connection_(std::make_shared<Connection>(std::move(socket), this)),
      sealer_(std::move(sealer)),
      opener_(std::move(opener)) {
  auto pair = kj::newPromiseAndFulfiller<void>();
  disconnect_ = kj::mv(pair.fulfiller);
  disconnected_ = pair.promise.fork();
  open(early);
}

SealedStream::~SealedStream() noexcept {
  connection_->stream = nullptr;
  if (request_ != nullptr) request_->forget_stream();
  error_code ignored;  // it may be closed already
  connection_->socket.close(ignored);
}

kj::Exception SealedStream::disconnected() const {
  return KJ_EXCEPTION(DISCONNECTED, "the session's connection has failed");
}

void SealedStream::fail(core::Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  error_code ignored;
  connection_->socket.close(ignored);
  queue_ = Bytes();
  if (request_ != nullptr) std::exchange(request_, nullptr)->reject(disconnected());
  for (auto& writer : writers_) writer->reject(disconnected());
  writers_.clear();
  disconnect_->fulfill();
}

// --- reading

kj::Promise<std::size_t> SealedStream::tryRead(void* buffer, std::size_t bytes_min, std::size_t bytes_max) {
  KJ_REQUIRE(request_ == nullptr, "one read at a time");
  char* const begin = static_cast<char*>(buffer);
  const std::size_t filled = take_plain(begin, bytes_max);
  if (filled >= bytes_min || (ended_ && !failure_)) return filled;
  if (failure_) return disconnected();
  const ReadRequest::Buffer rest{begin, bytes_min, bytes_max};
  auto promise = kj::newAdaptedPromise<std::size_t, ReadRequest>(*this, rest, filled);
  read_more();
  return promise;
}

std::size_t SealedStream::take_plain(char* to, std::size_t bytes_max) {
  const std::size_t size = std::min(bytes_max, plain_.size() - plain_begin_);
  std::memcpy(to, plain_.data() + plain_begin_, size);
  plain_begin_ += size;
  if (plain_begin_ == plain_.size()) {
    plain_.clear();
    plain_begin_ = 0;
  }
  return size;
}

// One read at a time, and none while there is something to take: what a peer can make us keep is one read's worth.
void SealedStream::read_more() {
  if (connection_->reading || ended_ || failure_) return;
  connection_->reading = true;
  connection_->socket.async_read_some(asio::buffer(connection_->received),
                                      [connection = connection_](const error_code& error, std::size_t size) {
                                        connection->reading = false;
                                        if (connection->stream == nullptr) return;
                                        connection->stream->loop_.dispatch([&] {
                                          if (connection->stream != nullptr) connection->stream->received(error, size);
                                        });
                                      });
}

void SealedStream::received(const error_code& error, std::size_t size) {
  if (failure_) return;
  if (error == asio::error::eof && opener_.between_records()) {
    ended_ = true;
    disconnect_->fulfill();
  } else if (error) {
    return fail({ErrorCode::io, "the connection broke (" + error.message() + ")"});
  } else {
    bytes_received_ += size;
    open(BytesView(connection_->received).substr(0, size));
  }
  answer_read();
}

void SealedStream::open(BytesView records) {
  if (const core::Result<void> opened = opener_.open(records, plain_); !opened) fail(opened.error());
}

void SealedStream::answer_read() {
  if (request_ == nullptr || failure_) return;
  if (request_->fill()) {
    request_ = nullptr;
  } else {
    read_more();
  }
}

void SealedStream::abortRead() {
  error_code ignored;  // it may be closed already
  connection_->socket.shutdown(asio::ip::tcp::socket::shutdown_receive, ignored);
}

// --- writing

kj::Promise<void> SealedStream::write(const void* buffer, std::size_t size) {
  if (failure_) return disconnected();
  queue_.append(static_cast<const char*>(buffer), size);
  return written_soon();
}

kj::Promise<void> SealedStream::write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) {
  if (failure_) return disconnected();
  for (const auto& piece : pieces) queue_.append(reinterpret_cast<const char*>(piece.begin()), piece.size());
  return written_soon();
}

// When all else that this turn has to do is done, so that everything written in it leaves together.
kj::Promise<void> SealedStream::written_soon() {
  if (!flush_due_) {
    flush_due_ = true;
    flush_task_ = kj::evalLast([this] {
                    flush_due_ = false;
                    flush();
                  }).eagerlyEvaluate(nullptr);
  }
  if (queue_.size() + connection_->sending.size() <= stream_queue_bytes) return kj::READY_NOW;
  auto pair = kj::newPromiseAndFulfiller<void>();
  writers_.push_back(kj::mv(pair.fulfiller));
  return kj::mv(pair.promise);
}

// One write at a time; what comes while one is under way is sealed when it is done, in fewer and larger records.
void SealedStream::flush() {
  if (failure_ || connection_->writing) return;
  if (queue_.empty()) {
    if (!shut_down_) return;
    error_code ignored;  // the peer may have closed already
    connection_->socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    return;
  }
  const std::size_t records = queue_.size() / record_plaintext_max + 1;
  connection_->sending.reserve(queue_.size() + records * (record_header_size + CipherState::tag_size));
  if (const core::Result<void> sealed = sealer_.seal(queue_, connection_->sending); !sealed) {
    return fail(sealed.error());
  }
  queue_.clear();
  if (queue_.capacity() > 2 * stream_queue_bytes) queue_ = Bytes();
  connection_->writing = true;
  asio::async_write(connection_->socket, asio::buffer(connection_->sending),
                    [connection = connection_](const error_code& error, std::size_t size) {
                      connection->writing = false;
                      if (connection->stream == nullptr) return;
                      connection->stream->loop_.dispatch([&] {
                        if (connection->stream != nullptr) connection->stream->sent(error, size);
                      });
                    });
}

void SealedStream::sent(const error_code& error, std::size_t size) {
  if (failure_) return;
  if (error) return fail({ErrorCode::io, "the connection broke (" + error.message() + ")"});
  bytes_sent_ += size;
  connection_->sending.clear();
  if (connection_->sending.capacity() > 2 * stream_queue_bytes) connection_->sending = Bytes();
  flush();
  if (queue_.size() + connection_->sending.size() > stream_queue_bytes) return;
  for (auto& writer : writers_) writer->fulfill();
  writers_.clear();
}

void SealedStream::shutdownWrite() {
  shut_down_ = true;
  flush();
}

kj::Promise<void> SealedStream::whenWriteDisconnected() {
  return disconnected_.addBranch();
}

}  // namespace skerry::edge
