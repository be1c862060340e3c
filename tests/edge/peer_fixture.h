// Two ends of a connection in one thread, for the tests of streams and sessions.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "edge/peer_link.h"
#include "edge/sealed_stream.h"

namespace skerry::edge {

using boost::asio::ip::tcp;

inline tcp::endpoint any_loopback_port() {
  return {boost::asio::ip::address_v4::loopback(), 0};
}

// Two sockets that are connected to each other.
inline std::pair<tcp::socket, tcp::socket> socket_pair(boost::asio::io_context& io) {
  tcp::acceptor acceptor(io, any_loopback_port());
  tcp::socket dialled(io), answered(io);
  dialled.connect(acceptor.local_endpoint());
  acceptor.accept(answered);
  for (tcp::socket* socket : {&dialled, &answered}) socket->set_option(tcp::no_delay(true));
  return {std::move(dialled), std::move(answered)};
}

inline CipherState cipher_of(char key) {
  CipherState cipher;
  cipher.initialize_key(std::string(SecretKey::size, key));
  return cipher;
}

inline SessionIdentity identity_with(char cluster_secret, core::BytesView cluster = "test") {
  return {generate_key_pair(), SecretKey::of(std::string(SecretKey::size, cluster_secret)), cluster_id_of(cluster)};
}

inline SecureHandshake::Options handshake_options(SecureHandshake::AcceptPeer accept) {
  return {.ephemeral = generate_private_key(), .accept = std::move(accept), .records = {}, .versions = {}};
}

// What a finished handshake leaves, without one.
inline SecureSession session_with(char sealing, char opening) {
  return {PublicKey(), RecordSealer(cipher_of(sealing), {}), RecordOpener(cipher_of(opening), {}), {}, 1, {}};
}

// A node as its links see it.
struct LinkedNode {
  struct Frame {
    sync::LinkId link;
    core::Space space;
    core::Bytes bytes;
  };

  LinkEvents events() {
    return {
        .found = [this](sync::LinkId link,
                        const std::vector<core::Space>& spaces) { found.emplace_back(link, spaces); },
        .lost = [this](sync::LinkId link) { lost.push_back(link); },
        .receive = [this](sync::LinkId link, core::Space space, core::BytesView frame) -> core::Result<void> {
          if (frame == "unacceptable") return core::fail(core::ErrorCode::malformed, "a frame is unacceptable");
          received.push_back({link, space, core::Bytes(frame)});
          return {};
        },
        .round_trip = [this](sync::LinkId, core::Duration round_trip) { round_trips.push_back(round_trip); },
        .full = [this] { return full; },
        .when_not_full = [this](std::function<void()> resume) { waiting.push_back(std::move(resume)); },
    };
  }
  void make_room() {
    full = false;
    for (const auto& resume : std::exchange(waiting, {})) resume();
  }
  std::vector<core::Bytes> received_in(core::Space space) const {
    std::vector<core::Bytes> frames;
    for (const Frame& frame : received) {
      if (frame.space == space) frames.push_back(frame.bytes);
    }
    return frames;
  }

  std::vector<std::pair<sync::LinkId, std::vector<core::Space>>> found;
  std::vector<sync::LinkId> lost;
  std::vector<Frame> received;
  std::vector<core::Duration> round_trips;
  bool full = false;
  std::vector<std::function<void()>> waiting;
};

// An io_context with KJ in it, driven until something is so.
class LoopTest : public testing::Test {
 protected:
  // Whether `done` came true in time.  Generous, since the machine may be busy; it is reached only by a failing test.
  bool run_until(const std::function<bool()>& done, std::chrono::seconds limit = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      io.restart();
      if (std::chrono::steady_clock::now() > end) return false;
      io.run_one_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  // Lets everything happen that is ready to.
  void settle() {
    io.restart();
    while (io.poll() > 0) io.restart();
  }

  // All that the other end sends until it closes the connection; nothing if it does not in time.
  std::optional<core::Bytes> read_to_end(tcp::socket& socket) {
    core::Bytes all;
    std::array<char, 4096> buffer;
    bool closed = false;
    std::function<void()> more = [&] {
      socket.async_read_some(boost::asio::buffer(buffer),
                             [&](const boost::system::error_code& error, std::size_t size) {
                               all.append(buffer.data(), size);
                               closed = error.failed();
                               if (!closed) more();
                             });
    };
    more();
    if (!run_until([&] { return closed; })) return std::nullopt;
    return all;
  }

  boost::asio::io_context io;
  RpcLoop loop{io};
};

}  // namespace skerry::edge
