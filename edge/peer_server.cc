#include "edge/peer_server.h"

#include <kj/debug.h>

namespace skerry::edge {

namespace {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // Cap'n Proto's servers are never deleted through

// The way into one of our spaces.
class SpaceServer final : public schema::SpaceLink::Server {
 public:
  SpaceServer(std::shared_ptr<PeerCalls> calls, core::Space space) : calls_(std::move(calls)), space_(space) {}

 protected:
  kj::Promise<void> deliver(DeliverContext context) override {
    if (calls_->over()) return session_is_over();
    return calls_->deliver(space_, context);
  }

 private:
  std::shared_ptr<PeerCalls> calls_;
  core::Space space_;
};

class PeerServer final : public schema::Peer::Server {
 public:
  explicit PeerServer(std::shared_ptr<PeerCalls> calls) : calls_(std::move(calls)) {}

 protected:
  kj::Promise<void> join(JoinContext context) override {
    if (calls_->over()) return session_is_over();
    std::vector<core::Space> asked;
    for (const std::uint16_t number : context.getParams().getSpaces()) asked.push_back({number});
    const std::optional<std::vector<core::Space>> given = calls_->join(std::move(asked));
    if (!given) return session_is_over();
    auto links = context.getResults().initLinks(static_cast<unsigned>(given->size()));
    for (unsigned i = 0; i < given->size(); ++i) {
      links[i].setSpace((*given)[i].number);
      links[i].setLink(kj::heap<SpaceServer>(calls_, (*given)[i]));
    }
    return kj::READY_NOW;
  }

  kj::Promise<void> heartbeat(HeartbeatContext) override { return kj::READY_NOW; }

 private:
  std::shared_ptr<PeerCalls> calls_;
};

#pragma GCC diagnostic pop

}  // namespace

schema::Peer::Client make_peer_server(std::shared_ptr<PeerCalls> calls) {
  return kj::heap<PeerServer>(std::move(calls));
}

kj::Exception session_is_over() {
  return KJ_EXCEPTION(DISCONNECTED, "the session is over");
}

}  // namespace skerry::edge
