// A session's bytes: what Cap'n Proto writes leaves as sealed records over a socket, once a turn of the loop; what
// arrives is opened and handed to Cap'n Proto.  Sealing and socket are one class, because two layers would each wait
// for the end of the turn.
//
// One thread.  As KJ wants it, whoever holds a promise of the stream drops it before the stream goes.
#pragma once

#include <kj/async-io.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "edge/event_port.h"
#include "edge/record.h"

namespace skerry::edge {

// One read of the socket; an idle session costs this much.
inline constexpr std::size_t stream_read_bytes = 64 * 1024;
// Beyond this much that has not left, write() asks its caller to wait.
inline constexpr std::size_t stream_queue_bytes = 1 << 20;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // KJ's interfaces are never deleted through
class SealedStream final : public kj::AsyncIoStream {
 public:
  // `loop` outlives the stream.  `early` is what had been read from the socket beyond the handshake.
  SealedStream(RpcLoop& loop, boost::asio::ip::tcp::socket socket, RecordSealer sealer, RecordOpener opener,
               core::BytesView early);
  // Closes the socket; what has not left is lost.
  ~SealedStream() noexcept;
  KJ_DISALLOW_COPY(SealedStream);

  // Of the socket: records and all.
  std::uint64_t bytes_received() const { return bytes_received_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  // Why the stream is not used any more; nothing while it is well or was closed in order.
  const std::optional<core::Error>& failure() const { return failure_; }

  // kj::AsyncIoStream.  After a failure reads and writes fail with DISCONNECTED.
  kj::Promise<std::size_t> tryRead(void* buffer, std::size_t bytes_min, std::size_t bytes_max) override;
  kj::Promise<void> write(const void* buffer, std::size_t size) override;
  kj::Promise<void> write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) override;
  kj::Promise<void> whenWriteDisconnected() override;
  void shutdownWrite() override;
  void abortRead() override;

 private:
  struct Connection;
  class ReadRequest;

  void read_more();
  void received(const boost::system::error_code& error, std::size_t size);
  void open(core::BytesView records);
  std::size_t take_plain(char* to, std::size_t bytes_max);
  void answer_read();
  kj::Promise<void> written_soon();
  void flush();
  void sent(const boost::system::error_code& error, std::size_t size);
  void fail(core::Error error);
  kj::Exception disconnected() const;

  RpcLoop& loop_;
  // What Asio's handlers use until they have run, also when the stream is gone.
  std::shared_ptr<Connection> connection_;
  RecordSealer sealer_;
  RecordOpener opener_;

  core::Bytes plain_;            // opened, not yet read
  std::size_t plain_begin_ = 0;  // up to here it has been
  ReadRequest* request_ = nullptr;
  bool ended_ = false;  // the peer sends nothing more

  core::Bytes queue_;  // written, not yet sealed
  bool flush_due_ = false;
  bool shut_down_ = false;
  kj::Promise<void> flush_task_ = nullptr;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> writers_;  // told to wait

  std::optional<core::Error> failure_;
  kj::Own<kj::PromiseFulfiller<void>> disconnect_;
  kj::ForkedPromise<void> disconnected_ = nullptr;
  std::uint64_t bytes_received_ = 0;
  std::uint64_t bytes_sent_ = 0;
};
#pragma GCC diagnostic pop

}  // namespace skerry::edge
