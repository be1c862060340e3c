#include "edge/peer_server.h"

#include "tests/edge/peer_fixture.h"

namespace skerry::edge {
namespace {

class PeerServerTest : public LoopTest {
 protected:
  PeerServerTest() {
    calls->join = [](std::vector<core::Space> asked) -> std::optional<std::vector<core::Space>> {
      if (asked.empty()) return std::nullopt;
      return std::vector<core::Space>{asked.front()};
    };
    calls->deliver = [this](core::Space space, Delivery delivery) -> kj::Promise<void> {
      delivered.emplace_back(space, delivery.getParams().getFrames().size());
      return kj::READY_NOW;
    };
  }

  ~PeerServerTest() noexcept override {}

  capnp::Response<schema::Peer::JoinResults> join(std::vector<std::uint16_t> spaces) {
    auto request = peer.joinRequest();
    auto list = request.initSpaces(static_cast<unsigned>(spaces.size()));
    for (unsigned i = 0; i < spaces.size(); ++i) list.set(i, spaces[i]);
    return request.send().wait(loop.scope());
  }

  std::shared_ptr<PeerCalls> calls = std::make_shared<PeerCalls>();
  schema::Peer::Client peer = make_peer_server(calls);
  std::vector<std::pair<core::Space, unsigned>> delivered;
};

TEST_F(PeerServerTest, ALinkLeadsIntoItsSpaceAndNoOther) {
  auto response = join({7, 8});
  ASSERT_EQ(response.getLinks().size(), 1u);
  EXPECT_EQ(response.getLinks()[0].getSpace(), 7);
  auto request = response.getLinks()[0].getLink().deliverRequest();
  request.initFrames(2);
  request.send().wait(loop.scope());
  EXPECT_EQ(delivered, (std::vector<std::pair<core::Space, unsigned>>{{{7}, 2}}));
}

TEST_F(PeerServerTest, WhoMayNotJoinGetsNothing) {
  EXPECT_THROW(join({}), kj::Exception);
}

TEST_F(PeerServerTest, AfterTheSessionEverythingIsRefused) {
  auto link = join({7}).getLinks()[0].getLink();
  calls->end();
  EXPECT_THROW(link.deliverRequest().send().wait(loop.scope()), kj::Exception);
  EXPECT_THROW(join({7}), kj::Exception);
  EXPECT_TRUE(delivered.empty());
}

TEST_F(PeerServerTest, AHeartbeatIsAnswered) {
  EXPECT_NO_THROW(peer.heartbeatRequest().send().wait(loop.scope()));
}

}  // namespace
}  // namespace skerry::edge
