#include "edge/peer_link.h"

#include <capnp/rpc-twoparty.h>

#include <algorithm>
#include <deque>
#include <map>

#include "edge/call_returns.h"
#include "edge/peer_server.h"
#include "edge/sealed_stream.h"
#include "sync/limits.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::Space;

namespace {

using Frames = capnp::List<capnp::Data>::Reader;

BytesView view_of(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

capnp::Data::Reader data_of(BytesView bytes) {
  return {reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size()};
}

kj::Duration kj_duration(std::chrono::milliseconds duration) {
  return duration.count() * kj::MILLISECONDS;
}

capnp::ReaderOptions reader_options() {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = rpc_message_bytes_max / sizeof(capnp::word);
  options.nestingLimit = rpc_nesting_max;
  return options;
}

std::string sentence_of(const kj::Exception& exception) {
  return {exception.getDescription().begin(), exception.getDescription().size()};
}

}  // namespace

struct PeerLink::Insides final : private kj::TaskSet::ErrorHandler {
  // A space's frames on their way to the peer.
  struct Outgoing {
    schema::SpaceLink::Client link;
    std::deque<Bytes> frames;
  };
  struct Arrival {
    Space space;
    Delivery delivery;
    kj::Own<kj::PromiseFulfiller<void>> done;
  };

  Insides(RpcLoop& loop, const LinkEvents& events, Options options, SecureSession session,
          boost::asio::ip::tcp::socket socket, Ended ended);
  ~Insides() noexcept;

  // --- what the peer asks
  std::optional<std::vector<Space>> join(const std::vector<Space>& asked);
  kj::Promise<void> deliver(Space space, Delivery delivery);
  void take_in_arrivals();
  bool take_in(Space space, Frames frames);

  // --- what we ask
  void ask_to_join();
  void joined(capnp::List<schema::Grant>::Reader grants);
  void send(Space space, Bytes frame);
  void deliver_soon();
  void deliver_queued();
  void deliver_from(Outgoing& outgoing);
  kj::Promise<void> beat();
  void measured(kj::Duration round_trip);

  void end(const std::string& reason);
  void taskFailed(kj::Exception&& exception) override;

  RpcLoop& loop_;
  const LinkEvents& events_;
  const Options options_;
  Ended ended_;  // empty when it was called
  std::shared_ptr<PeerCalls> calls_ = std::make_shared<PeerCalls>();
  bool joined_ = false;  // the peer has asked
  bool up_ = false;
  std::deque<Arrival> arrivals_;
  bool waiting_for_room_ = false;
  std::size_t queued_bytes_ = 0;
  std::size_t bytes_in_flight_ = 0;
  bool delivery_due_ = false;
  kj::TimePoint heard_at_;
  std::uint64_t heard_bytes_ = 0;
  std::optional<core::Duration> round_trip_;

  // In the order in which they lean on each other.
  SealedStream stream_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  schema::Peer::Client peer_;
  std::map<Space, Outgoing> outgoing_;
  CallReturns returns_;
  kj::TaskSet tasks_;
};

namespace {

using Side = capnp::rpc::twoparty::Side;

schema::Peer::Client bootstrap_of(capnp::RpcSystem<capnp::rpc::twoparty::VatId>& rpc, Side side) {
  capnp::word scratch[4] = {};
  capnp::MallocMessageBuilder message(scratch);
  auto id = message.getRoot<capnp::rpc::twoparty::VatId>();
  id.setSide(side);
  return rpc.bootstrap(id).castAs<schema::Peer>();
}

}  // namespace

PeerLink::Insides::Insides(RpcLoop& loop, const LinkEvents& events, Options options, SecureSession session,
                           boost::asio::ip::tcp::socket socket, Ended ended)
    : loop_(loop),
      events_(events),
      options_(std::move(options)),
      ended_(std::move(ended)),
      heard_at_(loop.timer().now()),
      stream_(loop, std::move(socket), std::move(session.sealer), std::move(session.opener), session.early),
      network_(stream_, options_.dialled ? Side::CLIENT : Side::SERVER, reader_options()),
      rpc_(capnp::makeRpcServer(network_, make_peer_server(calls_))),
      peer_(bootstrap_of(rpc_, options_.dialled ? Side::SERVER : Side::CLIENT)),
      returns_(loop.timer()),
      tasks_(*this) {
  calls_->join = [this](const std::vector<Space>& asked) { return join(asked); };
  calls_->deliver = [this](Space space, Delivery delivery) { return deliver(space, kj::mv(delivery)); };
  rpc_.setFlowLimit(rpc_calls_bytes_max / sizeof(capnp::word));
  tasks_.add(network_.onDisconnect().then(
      [this] { end(stream_.failure() ? stream_.failure()->detail : "the peer closed the connection"); }));
  tasks_.add(beat());
  ask_to_join();
}

PeerLink::Insides::~Insides() noexcept {
  calls_->end();
  arrivals_.clear();
  ended_ = nullptr;
  if (std::exchange(up_, false)) events_.lost(options_.id);
}

void PeerLink::Insides::end(const std::string& reason) {
  if (std::exchange(up_, false)) events_.lost(options_.id);
  if (ended_) std::exchange(ended_, nullptr)(reason);
}

void PeerLink::Insides::taskFailed(kj::Exception&& exception) {
  if (stream_.failure()) return end(stream_.failure()->detail);
  if (exception.getType() == kj::Exception::Type::DISCONNECTED) return end("the peer closed the connection");
  end("the peer failed a call (" + sentence_of(exception) + ")");
}

// --- what the peer asks

// The spaces that both may replicate, or nothing if the peer may not ask.
std::optional<std::vector<Space>> PeerLink::Insides::join(const std::vector<Space>& asked) {
  if (std::exchange(joined_, true)) {
    end("the peer joined twice");
    return std::nullopt;
  }
  std::vector<Space> both;
  for (const Space space : options_.spaces) {
    if (std::find(asked.begin(), asked.end(), space) != asked.end()) both.push_back(space);
  }
  return both;
}

kj::Promise<void> PeerLink::Insides::deliver(Space space, Delivery delivery) {
  if (up_ && arrivals_.empty() && !events_.full()) {
    const std::size_t bytes = delivery.getParams().totalSize().wordCount * sizeof(capnp::word);
    if (!take_in(space, delivery.getParams().getFrames())) return session_is_over();
    delivery.releaseParams();
    return returns_.add(bytes);
  }
  // Before our own join has returned the replica does not know the link; and while it is full it takes nothing.  The
  // limit on calls being answered makes the peer wait.
  auto pair = kj::newPromiseAndFulfiller<void>();
  delivery.allowCancellation();
  arrivals_.push_back({space, kj::mv(delivery), kj::mv(pair.fulfiller)});
  if (up_) take_in_arrivals();
  return kj::mv(pair.promise);
}

void PeerLink::Insides::take_in_arrivals() {
  while (up_ && !arrivals_.empty()) {
    if (events_.full()) {
      if (std::exchange(waiting_for_room_, true)) return;
      return events_.when_not_full([this, calls = calls_] {
        if (calls->over()) return;
        waiting_for_room_ = false;
        take_in_arrivals();
      });
    }
    Arrival arrival = std::move(arrivals_.front());
    arrivals_.pop_front();
    if (take_in(arrival.space, arrival.delivery.getParams().getFrames())) arrival.done->fulfill();
  }
}

bool PeerLink::Insides::take_in(Space space, Frames frames) {
  for (const capnp::Data::Reader frame : frames) {
    const core::Result<void> received = events_.receive(options_.id, space, view_of(frame));
    if (!received) {
      end("the peer sent what we cannot accept: " + received.error().detail);
      return false;
    }
  }
  return true;
}

// --- what we ask

void PeerLink::Insides::ask_to_join() {
  auto request = peer_.joinRequest();
  auto spaces = request.initSpaces(static_cast<unsigned>(options_.spaces.size()));
  for (unsigned i = 0; i < options_.spaces.size(); ++i) spaces.set(i, options_.spaces[i].number);
  tasks_.add(request.send().then([this](auto&& response) { joined(response.getLinks()); }));
}

void PeerLink::Insides::joined(capnp::List<schema::Grant>::Reader grants) {
  if (!ended_) return;
  std::vector<Space> spaces;
  for (const schema::Grant::Reader grant : grants) {
    const Space space{grant.getSpace()};
    const bool ours = std::find(options_.spaces.begin(), options_.spaces.end(), space) != options_.spaces.end();
    if (!ours || !outgoing_.emplace(space, Outgoing{grant.getLink(), {}}).second) {
      return end("the peer gives a space that we did not ask for");
    }
    spaces.push_back(space);
  }
  if (spaces.empty()) return end("there is no space that both may replicate");
  up_ = true;
  events_.found(options_.id, spaces);
  take_in_arrivals();
}

void PeerLink::Insides::send(Space space, Bytes frame) {
  const auto outgoing = outgoing_.find(space);
  if (!up_ || outgoing == outgoing_.end()) return;
  queued_bytes_ += frame.size();
  outgoing->second.frames.push_back(std::move(frame));
  if (queued_bytes_ > link_queue_bytes_max) return end("the peer does not take what we send");
  deliver_soon();
}

// When this turn has said all that it has to say.
void PeerLink::Insides::deliver_soon() {
  if (std::exchange(delivery_due_, true)) return;
  tasks_.add(kj::evalLast([this] {
    delivery_due_ = false;
    deliver_queued();
  }));
}

void PeerLink::Insides::deliver_queued() {
  bool more = true;
  while (std::exchange(more, false)) {
    for (auto& [space, outgoing] : outgoing_) {
      if (outgoing.frames.empty()) continue;
      if (!up_ || bytes_in_flight_ >= deliver_bytes_in_flight) return;
      deliver_from(outgoing);
      more = true;
    }
  }
}

void PeerLink::Insides::deliver_from(Outgoing& outgoing) {
  std::size_t count = 0, bytes = 0;
  while (count < outgoing.frames.size() && (count == 0 || bytes + outgoing.frames[count].size() <= deliver_bytes_aim)) {
    bytes += outgoing.frames[count++].size();
  }
  const std::size_t words = bytes / sizeof(capnp::word) + 4 * count + 16;
  auto request = outgoing.link.deliverRequest(capnp::MessageSize{words, 0});
  auto frames = request.initFrames(static_cast<unsigned>(count));
  for (unsigned i = 0; i < count; ++i) {
    frames.set(i, data_of(outgoing.frames.front()));
    outgoing.frames.pop_front();
  }
  queued_bytes_ -= bytes;
  bytes_in_flight_ += bytes;
  tasks_.add(request.send().then([this, bytes](auto&&) {
    bytes_in_flight_ -= bytes;
    deliver_queued();
  }));
}

// Both sides beat, so whoever is alive is heard, also while the other way is full of frames; that is why any byte
// counts as a sign of life and not only an answer.  Silence is counted only while we listen: what a loop that was held
// has overslept says nothing about the peer, whose bytes may still stand in the socket.
kj::Promise<void> PeerLink::Insides::beat() {
  const kj::TimePoint due = loop_.timer().now() + kj_duration(options_.times.heartbeat_every);
  return loop_.timer().atTime(due).then([this, due]() -> kj::Promise<void> {
    const kj::TimePoint now = loop_.timer().now();
    heard_at_ += now - due;
    if (std::exchange(heard_bytes_, stream_.bytes_received()) != stream_.bytes_received()) heard_at_ = now;
    if (now - heard_at_ >= kj_duration(options_.times.silence_max)) {
      end("nothing was heard of the peer for " + std::to_string((now - heard_at_) / kj::MILLISECONDS) + " ms");
      return kj::READY_NOW;
    }
    tasks_.add(peer_.heartbeatRequest(capnp::MessageSize{4, 0}).send().then([this, now](auto&&) {
      measured(loop_.timer().now() - now);
    }));
    return beat();
  });
}

// Smoothed a little: one slow answer says more about this machine than about the road.
void PeerLink::Insides::measured(kj::Duration round_trip) {
  const core::Duration sample = std::chrono::nanoseconds(round_trip / kj::NANOSECONDS);
  round_trip_ = round_trip_ ? *round_trip_ + (sample - *round_trip_) / 4 : sample;
  if (up_) events_.round_trip(options_.id, *round_trip_);
}

// --- the link

PeerLink::PeerLink(RpcLoop& loop, const LinkEvents& events, Options options, SecureSession session,
                   boost::asio::ip::tcp::socket socket, Ended ended)
    : insides_(std::make_unique<Insides>(loop, events, std::move(options), std::move(session), std::move(socket),
                                         std::move(ended))) {}
PeerLink::~PeerLink() = default;

void PeerLink::send(Space space, Bytes frame) {
  insides_->send(space, std::move(frame));
}
bool PeerLink::up() const {
  return insides_->up_;
}
const PeerLink::Options& PeerLink::options() const {
  return insides_->options_;
}
std::optional<core::Duration> PeerLink::round_trip() const {
  return insides_->round_trip_;
}
std::size_t PeerLink::bytes_queued() const {
  return insides_->queued_bytes_;
}
std::uint64_t PeerLink::bytes_sent() const {
  return insides_->stream_.bytes_sent();
}
std::uint64_t PeerLink::bytes_received() const {
  return insides_->stream_.bytes_received();
}

}  // namespace skerry::edge
