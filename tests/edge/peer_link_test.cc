#include "edge/peer_link.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ 12 about what KJ's Maybe holds
#endif

#include <capnp/rpc-twoparty.h>

#include <boost/asio/write.hpp>

#include "edge/peer_server.h"
#include "sync/limits.h"
#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

using core::Bytes;
using core::Space;

class PeerLinkTest : public LoopTest {
 protected:
  struct Side {
    LinkedNode node;
    LinkEvents events = node.events();
    std::unique_ptr<PeerLink> link;
    std::vector<std::string> ended;
  };

  void open(Side& side, tcp::socket socket, PeerLink::Options options, SecureSession session) {
    side.link = std::make_unique<PeerLink>(loop, side.events, options, std::move(session), std::move(socket),
                                           [&side](const std::string& reason) { side.ended.push_back(reason); });
  }
  void connect(std::vector<Space> here_spaces = {{0}, {1}}, std::vector<Space> there_spaces = {{1}, {2}},
               LinkTimes times = {}) {
    auto [dialled, answered] = socket_pair(io);
    open(here, std::move(dialled), {{1}, here_spaces, true, times}, session_with('a', 'b'));
    open(there, std::move(answered), {{2}, there_spaces, false, times}, session_with('b', 'a'));
  }
  void connect_up() {
    connect();
    ASSERT_TRUE(run_until([&] { return here.link->up() && there.link->up(); }));
  }
  // The other end by hand: Cap'n Proto over the right keys, without a PeerLink.
  struct ByHand {
    ByHand(RpcLoop& loop, tcp::socket socket, schema::Peer::Client bootstrap)
        : stream(loop, std::move(socket), RecordSealer(cipher_of('b'), {}), RecordOpener(cipher_of('a'), {}), Bytes()),
          network(stream, capnp::rpc::twoparty::Side::SERVER),
          rpc(capnp::makeRpcServer(network, std::move(bootstrap))) {}
    schema::Peer::Client peer() {
      capnp::MallocMessageBuilder message;
      auto id = message.getRoot<capnp::rpc::twoparty::VatId>();
      id.setSide(capnp::rpc::twoparty::Side::CLIENT);
      return rpc.bootstrap(id).castAs<schema::Peer>();
    }
    ~ByHand() noexcept {}

    SealedStream stream;
    capnp::TwoPartyVatNetwork network;
    capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc;
  };
  std::unique_ptr<ByHand> connect_by_hand(schema::Peer::Client bootstrap) {
    auto [dialled, answered] = socket_pair(io);
    open(here, std::move(dialled), {{1}, {{0}, {1}}, true, {}}, session_with('a', 'b'));
    return std::make_unique<ByHand>(loop, std::move(answered), kj::mv(bootstrap));
  }

  Side here, there;
};

TEST_F(PeerLinkTest, OnlySpacesOfBothAreReplicated) {
  connect_up();
  EXPECT_EQ(here.node.found, (decltype(here.node.found){{{1}, {{1}}}}));
  EXPECT_EQ(there.node.found, (decltype(here.node.found){{{2}, {{1}}}}));
  here.link->send({0}, "into a space that was not given");
  here.link->send({1}, "frame");
  ASSERT_TRUE(run_until([&] { return !there.node.received.empty(); }));
  settle();
  ASSERT_EQ(there.node.received.size(), 1u);
  EXPECT_EQ(there.node.received_in({1}), std::vector<Bytes>{"frame"});
}

TEST_F(PeerLinkTest, WithoutACommonSpaceThereIsNoSession) {
  connect({{0}}, {{1}});
  ASSERT_TRUE(run_until([&] { return !here.ended.empty() && !there.ended.empty(); }));
  EXPECT_TRUE(here.node.found.empty());
  EXPECT_TRUE(here.node.lost.empty());
}

TEST_F(PeerLinkTest, FramesArriveInOrderBothWays) {
  connect_up();
  std::vector<Bytes> frames;
  for (int i = 0; i < 2'000; ++i) frames.push_back("frame " + std::to_string(i));
  for (const Bytes& frame : frames) {
    here.link->send({1}, frame);
    there.link->send({1}, frame);
  }
  ASSERT_TRUE(run_until([&] { return here.node.received.size() >= 2'000 && there.node.received.size() >= 2'000; }));
  EXPECT_EQ(there.node.received_in({1}), frames);
  EXPECT_EQ(here.node.received_in({1}), frames);
  EXPECT_GT(here.link->bytes_sent(), 2'000u * 8);
}

TEST_F(PeerLinkTest, LargeFramesPassAndAreNotAllGivenToTheSocketAtOnce) {
  connect_up();
  std::vector<Bytes> frames;
  for (int i = 0; i < 24; ++i) frames.push_back(Bytes(sync::frame_bytes_max, static_cast<char>('a' + i)));
  there.node.full = true;  // so that nothing of them is answered
  for (const Bytes& frame : frames) here.link->send({1}, frame);
  EXPECT_EQ(here.link->bytes_queued(), frames.size() * sync::frame_bytes_max);
  const std::size_t given_max = deliver_bytes_in_flight + sync::frame_bytes_max;
  ASSERT_TRUE(run_until([&] { return here.link->bytes_sent() >= deliver_bytes_in_flight; }));
  settle();
  EXPECT_GE(here.link->bytes_queued(), frames.size() * sync::frame_bytes_max - given_max);
  EXPECT_LT(here.link->bytes_sent(), given_max + sync::frame_bytes_max);
  there.node.make_room();
  ASSERT_TRUE(run_until([&] { return there.node.received.size() == frames.size(); }));
  EXPECT_TRUE(there.node.received_in({1}) == frames);
  EXPECT_EQ(here.link->bytes_queued(), 0u);
}

// Says nothing to a join until it is let.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // Cap'n Proto's servers are never deleted through
class LatePeer final : public schema::Peer::Server {
 public:
  LatePeer(kj::Promise<void> let, std::shared_ptr<PeerCalls> calls) : let_(kj::mv(let)), calls_(std::move(calls)) {}

 protected:
  kj::Promise<void> join(JoinContext context) override {
    return let_.then([this, context]() mutable {
      auto link = context.getResults().initLinks(1)[0];
      link.setSpace(1);
      // Any capability will do: nothing is delivered to it.
      link.setLink(make_peer_server(calls_).castAs<schema::SpaceLink>());
    });
  }

 private:
  kj::Promise<void> let_;
  std::shared_ptr<PeerCalls> calls_;
};
#pragma GCC diagnostic pop

TEST_F(PeerLinkTest, FramesThatComeBeforeOurOwnJoinHasReturnedWait) {
  auto pair = kj::newPromiseAndFulfiller<void>();
  auto hand = connect_by_hand(kj::heap<LatePeer>(kj::mv(pair.promise), std::make_shared<PeerCalls>()));
  auto request = hand->peer().joinRequest();
  request.initSpaces(1).set(0, 1);
  auto response = request.send().wait(loop.scope());
  std::vector<kj::Promise<void>> deliveries;
  for (const std::string frame : {"first", "second"}) {
    auto delivery = response.getLinks()[0].getLink().deliverRequest();
    delivery.initFrames(1).set(0, kj::StringPtr(frame.c_str(), frame.size()).asBytes());
    deliveries.push_back(delivery.send().ignoreResult());
  }
  settle();
  EXPECT_TRUE(here.node.received.empty());
  EXPECT_TRUE(here.node.found.empty());
  pair.fulfiller->fulfill();
  for (auto& delivery : deliveries) delivery.wait(loop.scope());
  EXPECT_EQ(here.node.received_in({1}), (std::vector<Bytes>{"first", "second"}));
}

TEST_F(PeerLinkTest, AFullNodeTakesNothingUntilItHasRoomAndThenAllInOrder) {
  connect_up();
  there.node.full = true;
  std::vector<Bytes> frames;
  for (int i = 0; i < 10; ++i) {
    frames.push_back("frame " + std::to_string(i));
    here.link->send({1}, frames.back());
    settle();
  }
  ASSERT_TRUE(run_until([&] { return !there.node.waiting.empty(); }));
  EXPECT_TRUE(there.node.received.empty());
  there.node.make_room();
  ASSERT_TRUE(run_until([&] { return there.node.received.size() == frames.size(); }));
  EXPECT_EQ(there.node.received_in({1}), frames);
}

TEST_F(PeerLinkTest, AFullNodeWhoseLinkHasGoneIsWokenInVain) {
  connect_up();
  there.node.full = true;
  here.link->send({1}, "frame");
  ASSERT_TRUE(run_until([&] { return !there.node.waiting.empty(); }));
  there.link.reset();
  there.node.make_room();
  settle();
  EXPECT_TRUE(there.node.received.empty());
}

TEST_F(PeerLinkTest, AFrameThatIsNotAcceptedEndsTheSessionOnBothSides) {
  connect_up();
  here.link->send({1}, "unacceptable");
  ASSERT_TRUE(run_until([&] { return !there.ended.empty(); }));
  EXPECT_EQ(there.ended, std::vector<std::string>{"the peer sent what we cannot accept: a frame is unacceptable"});
  EXPECT_EQ(there.node.lost, std::vector<sync::LinkId>{{2}});
  there.link.reset();
  ASSERT_TRUE(run_until([&] { return !here.ended.empty(); }));
  EXPECT_EQ(here.node.lost, std::vector<sync::LinkId>{{1}});
  here.link.reset();
  EXPECT_EQ(here.node.lost.size(), 1u) << "told once";
}

TEST_F(PeerLinkTest, HeartbeatsMeasureTheRoundTrip) {
  connect({{1}}, {{1}}, {.heartbeat_every = std::chrono::milliseconds(5)});
  ASSERT_TRUE(run_until([&] { return here.node.round_trips.size() >= 3 && there.node.round_trips.size() >= 3; }));
  ASSERT_TRUE(here.link->round_trip().has_value());
  EXPECT_GT(*here.link->round_trip(), core::Duration(0));
}

TEST_F(PeerLinkTest, SilenceEndsTheSession) {
  auto [dialled, answered] = socket_pair(io);
  open(here, std::move(dialled), {{1}, {{1}}, true, {std::chrono::milliseconds(5), std::chrono::milliseconds(30)}},
       session_with('a', 'b'));
  ASSERT_TRUE(run_until([&] { return !here.ended.empty(); }));
  EXPECT_EQ(here.ended[0].substr(0, 17), "nothing was heard");
}

TEST_F(PeerLinkTest, TimeThatOurOwnLoopWasHeldIsNotThePeersSilence) {
  auto [dialled, answered] = socket_pair(io);
  open(here, std::move(dialled), {{1}, {{1}}, true, {std::chrono::milliseconds(50), std::chrono::milliseconds(80)}},
       session_with('a', 'b'));
  const auto held_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  while (std::chrono::steady_clock::now() < held_until) {
  }
  settle();
  EXPECT_TRUE(here.ended.empty()) << "after the first beat, which is late by three";
  EXPECT_TRUE(run_until([&] { return !here.ended.empty(); })) << "but time in which we listen counts";
}

TEST_F(PeerLinkTest, APeerThatOnlyBeatsIsAlive) {
  // It never answers a delivery, but it is heard.
  connect({{1}}, {{1}}, {std::chrono::milliseconds(5), std::chrono::milliseconds(40)});
  there.node.full = true;
  here.link->send({1}, "waits");
  ASSERT_TRUE(run_until([&] { return here.node.round_trips.size() > 20; }));
  EXPECT_TRUE(here.ended.empty());
}

TEST_F(PeerLinkTest, EitherSideMayGoWithCallsUnderWay) {
  connect_up();
  there.node.full = true;
  for (int i = 0; i < 8; ++i) here.link->send({1}, Bytes(sync::frame_bytes_max, 'x'));
  ASSERT_TRUE(run_until([&] { return !there.node.waiting.empty(); }));
  here.link.reset();
  ASSERT_TRUE(run_until([&] { return !there.ended.empty(); }));
  there.link.reset();
  settle();
  EXPECT_EQ(here.node.lost.size(), 1u);
  EXPECT_EQ(there.node.lost.size(), 1u);
}

TEST_F(PeerLinkTest, APeerThatIsLostWithDeliveriesUnansweredEndsTheSession) {
  connect_up();
  there.node.full = true;
  for (int i = 0; i < 8; ++i) here.link->send({1}, Bytes(sync::frame_bytes_max, 'x'));
  ASSERT_TRUE(run_until([&] { return !there.node.waiting.empty(); }));
  there.link.reset();
  ASSERT_TRUE(run_until([&] { return !here.ended.empty(); }));
  here.link.reset();
}

TEST_F(PeerLinkTest, APeerThatTakesNothingIsGivenUpBeforeMemoryIs) {
  connect_up();
  there.node.full = true;
  const Bytes frame(sync::frame_bytes_max, 'x');
  for (std::size_t bytes = 0; bytes <= link_queue_bytes_max && here.ended.empty(); bytes += frame.size()) {
    here.link->send({1}, frame);
  }
  EXPECT_EQ(here.ended, std::vector<std::string>{"the peer does not take what we send"});
}

TEST_F(PeerLinkTest, JoiningTwiceEndsTheSession) {
  auto calls = std::make_shared<PeerCalls>();
  calls->join = [](std::vector<Space>) -> std::optional<std::vector<Space>> { return std::vector<Space>{{1}}; };
  calls->deliver = [](Space, Delivery) -> kj::Promise<void> { return kj::READY_NOW; };
  auto hand = connect_by_hand(make_peer_server(calls));
  hand->peer().joinRequest().send().wait(loop.scope());
  EXPECT_THROW(hand->peer().joinRequest().send().wait(loop.scope()), kj::Exception);
  EXPECT_EQ(here.ended, std::vector<std::string>{"the peer joined twice"});
}

TEST_F(PeerLinkTest, ASpaceThatWasNotAskedForEndsTheSession) {
  auto calls = std::make_shared<PeerCalls>();
  calls->join = [](std::vector<Space>) -> std::optional<std::vector<Space>> { return std::vector<Space>{{9}}; };
  calls->deliver = [](Space, Delivery) -> kj::Promise<void> { return kj::READY_NOW; };
  auto hand = connect_by_hand(make_peer_server(calls));
  ASSERT_TRUE(run_until([&] { return !here.ended.empty(); }));
  EXPECT_EQ(here.ended[0], "the peer gives a space that we did not ask for");
  EXPECT_TRUE(here.node.found.empty());
}

TEST_F(PeerLinkTest, SealedRubbishEndsTheSession) {
  auto [dialled, answered] = socket_pair(io);
  open(here, std::move(dialled), {{1}, {{1}}, true, {}}, session_with('a', 'b'));
  Bytes records;
  ASSERT_TRUE(RecordSealer(cipher_of('b'), {}).seal(Bytes(4'000, '\xee'), records));
  boost::asio::write(answered, boost::asio::buffer(records));
  ASSERT_TRUE(run_until([&] { return !here.ended.empty(); }));
}

}  // namespace
}  // namespace skerry::edge
