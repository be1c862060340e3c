#include "edge/sealed_stream.h"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>

#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

using core::Bytes;

constexpr std::size_t record_overhead = record_header_size + CipherState::tag_size;

class SealedStreamTest : public LoopTest {
 protected:
  void connect(Bytes early = {}) {
    auto [dialled, answered] = socket_pair(io);
    here = std::make_unique<SealedStream>(loop, std::move(dialled), RecordSealer(cipher_of('a'), {}),
                                          RecordOpener(cipher_of('b'), {}), Bytes());
    there = std::make_unique<SealedStream>(loop, std::move(answered), RecordSealer(cipher_of('b'), {}),
                                           RecordOpener(cipher_of('a'), {}), early);
  }
  // The other end as a plain socket, to say what no stream would.
  tcp::socket connect_raw() {
    auto [dialled, answered] = socket_pair(io);
    here = std::make_unique<SealedStream>(loop, std::move(dialled), RecordSealer(cipher_of('a'), {}),
                                          RecordOpener(cipher_of('b'), {}), Bytes());
    return std::move(answered);
  }

  std::string read(SealedStream& stream, std::size_t bytes_min, std::size_t bytes_max) {
    std::string bytes(bytes_max, '\0');
    bytes.resize(stream.tryRead(bytes.data(), bytes_min, bytes_max).wait(loop.scope()));
    return bytes;
  }

  std::unique_ptr<SealedStream> here, there;
};

Bytes text_of(std::size_t size) {
  Bytes text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

TEST_F(SealedStreamTest, WhatIsWrittenIsRead) {
  connect();
  for (const std::size_t size : {1, 17, 1'000, 65'519, 65'520, 300'000}) {
    const Bytes text = text_of(size);
    auto writing = here->write(text.data(), text.size()).eagerlyEvaluate(nullptr);
    EXPECT_EQ(read(*there, size, size), text);
    writing.wait(loop.scope());
  }
}

TEST_F(SealedStreamTest, BothDirectionsAtOnceAndManyRekeys) {
  connect();
  const Bytes text = text_of(100'000);
  std::vector<kj::Promise<void>> writes;
  for (int round = 0; round < 200; ++round) {
    writes.push_back(here->write(text.data(), text.size()).eagerlyEvaluate(nullptr));
    writes.push_back(there->write(text.data(), text.size()).eagerlyEvaluate(nullptr));
    EXPECT_EQ(read(*there, text.size(), text.size()), text);
    EXPECT_EQ(read(*here, text.size(), text.size()), text);
  }
  EXPECT_GT(here->bytes_received(), std::uint64_t{16} << 20) << "beyond a rekey by size";
}

TEST_F(SealedStreamTest, WritesOfOneTurnLeaveInOneRecord) {
  connect();
  for (int i = 0; i < 100; ++i) here->write("0123456789", 10).wait(loop.scope());
  auto all = kj::evalLater([&] {
    for (int i = 0; i < 100; ++i) (void)here->write("0123456789", 10);
  });
  all.wait(loop.scope());
  EXPECT_EQ(read(*there, 2'000, 2'000).size(), 2'000u);
  ASSERT_TRUE(run_until([&] { return here->bytes_sent() == there->bytes_received(); }));
  EXPECT_LE(here->bytes_sent(), 2'000 + 3 * record_overhead);
}

TEST_F(SealedStreamTest, AReadMayAskForLessThanItTakes) {
  connect();
  here->write("abcdef", 6).wait(loop.scope());
  EXPECT_EQ(read(*there, 1, 4), "abcd");
  EXPECT_EQ(read(*there, 1, 4), "ef");
}

TEST_F(SealedStreamTest, BytesReadBesideTheHandshakeComeFirst) {
  Bytes early;
  ASSERT_TRUE(RecordSealer(cipher_of('a'), {}).seal("early", early));
  connect(early);
  EXPECT_EQ(read(*there, 5, 100), "early");
}

TEST_F(SealedStreamTest, ADroppedReadLosesNothingAndTouchesNoFreedMemory) {
  connect();
  {
    auto buffer = std::make_unique<Bytes>(100, '\0');
    auto dropped = there->tryRead(buffer->data(), 10, 100);
    settle();
  }
  const Bytes text = text_of(50);
  here->write(text.data(), text.size()).wait(loop.scope());
  settle();
  EXPECT_EQ(read(*there, 50, 50), text);
}

TEST_F(SealedStreamTest, AStreamMayGoWithReadsAndWritesUnderWay) {
  connect();
  Bytes buffer(100, '\0');
  const Bytes text = text_of(3 << 20);
  auto reading = there->tryRead(buffer.data(), 10, 100).eagerlyEvaluate(nullptr);
  auto writing = there->write(text.data(), text.size()).eagerlyEvaluate(nullptr);
  settle();
  reading = nullptr;
  writing = nullptr;
  there = nullptr;
  settle();
  // What had left is read, and then the end or the failure.
  std::size_t size = text.size() + 1;
  try {
    size = read(*here, text.size() + 1, text.size() + 1).size();
  } catch (const kj::Exception&) {
    EXPECT_TRUE(here->failure());
  }
  EXPECT_LE(size, text.size() + 1);
}

TEST_F(SealedStreamTest, WritersWaitWhileMuchIsQueued) {
  connect();
  const Bytes text = text_of(2 << 20);
  std::size_t written = 0;
  std::vector<kj::Promise<void>> writes;
  for (int i = 0; i < 8; ++i) {
    writes.push_back(here->write(text.data(), text.size()).then([&] { ++written; }).eagerlyEvaluate(nullptr));
  }
  settle();
  EXPECT_LT(written, 8u) << "more than a socket's buffers hold";
  for (int i = 0; i < 8; ++i) EXPECT_EQ(read(*there, text.size(), text.size()), text);
  ASSERT_TRUE(run_until([&] { return written == 8; }));
}

TEST_F(SealedStreamTest, AnOrderlyEndIsReadAsTheEnd) {
  connect();
  (void)here->write("last", 4);
  here->shutdownWrite();
  EXPECT_EQ(read(*there, 4, 100), "last");
  EXPECT_EQ(read(*there, 1, 100), "");
  EXPECT_FALSE(there->failure());
  there->whenWriteDisconnected().wait(loop.scope());
}

TEST_F(SealedStreamTest, AForgedRecordFailsTheStreamForGood) {
  tcp::socket stranger = connect_raw();
  Bytes records;
  RecordSealer sealer(cipher_of('b'), {});
  ASSERT_TRUE(sealer.seal("genuine", records));
  boost::asio::write(stranger, boost::asio::buffer(records));
  EXPECT_EQ(read(*here, 7, 7), "genuine");
  records.clear();
  ASSERT_TRUE(sealer.seal("altered", records));
  records.back() = static_cast<char>(records.back() ^ 1);
  boost::asio::write(stranger, boost::asio::buffer(records));
  EXPECT_THROW(read(*here, 1, 7), kj::Exception);
  ASSERT_TRUE(here->failure());
  EXPECT_THROW(read(*here, 1, 7), kj::Exception);
  EXPECT_THROW(here->write("x", 1).wait(loop.scope()), kj::Exception);
  here->whenWriteDisconnected().wait(loop.scope());
}

TEST_F(SealedStreamTest, AStreamThatIsCutOffWithinARecordHasFailed) {
  tcp::socket stranger = connect_raw();
  Bytes records;
  ASSERT_TRUE(RecordSealer(cipher_of('b'), {}).seal("half of this", records));
  boost::asio::write(stranger, boost::asio::buffer(records.data(), records.size() - 3));
  stranger.shutdown(tcp::socket::shutdown_send);
  EXPECT_THROW(read(*here, 1, 100), kj::Exception);
  EXPECT_TRUE(here->failure());
}

TEST_F(SealedStreamTest, AfterAFailureWaitingWritersAreTold) {
  tcp::socket stranger = connect_raw();
  const Bytes text = text_of(16 << 20);
  auto writing = here->write(text.data(), text.size());
  settle();
  stranger.close();
  EXPECT_THROW(writing.wait(loop.scope()), kj::Exception);
}

TEST_F(SealedStreamTest, NothingButRecordsLeaves) {
  tcp::socket stranger = connect_raw();
  here->write("a canary in the mine", 20).wait(loop.scope());
  settle();
  Bytes captured(20 + record_overhead, '\0');
  boost::asio::read(stranger, boost::asio::buffer(captured));
  EXPECT_EQ(captured.find("canary"), Bytes::npos);
}

}  // namespace
}  // namespace skerry::edge
