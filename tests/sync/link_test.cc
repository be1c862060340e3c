#include "sync/link.h"

#include <gtest/gtest.h>

#include "crdt/payload.h"
#include "sync/limits.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

constexpr Space space{0};
constexpr core::Instant start{1s};

// One side of a session, over a keyspace of its own.
struct Side {
  explicit Side(char name) : host(name) {}

  // What it says now, decoded.
  std::vector<Message> speak(core::Instant now) {
    const auto read_cell = [&](core::BytesView address) { return host->cell(host.state(), address); };
    const ChunkSource source{host.state().log, read_cell, host.store(), host->replicas(), space};
    const Link::Ours ours{host->self(), host.state(), source, sessions, {}, host->staged_to()};
    Output output;
    EXPECT_TRUE(link.speak(ours, now, output));
    std::vector<Message> said;
    for (Held<Frame>& held : std::move(output).append_to(host.store())) {
      EXPECT_EQ(held.lsn(), host->staged_to());
      auto frame = std::move(held).open(held.lsn());
      auto message = ears.decode(frame->bytes);
      EXPECT_TRUE(message && *message);
      said.push_back(std::move(**message));
    }
    host.commit();
    return said;
  }
  Hello hello(char name) const {
    Hello hello;
    hello.replica = replica_named(name);
    hello.payload_type_max = crdt::payload_type_max;
    return hello;
  }
  void greet(char name) { EXPECT_TRUE(link.greeted(hello(name), host->self())); }
  void set(const std::string& key) { host.set(key, "v"); }

  Host host;
  Link link{{1}, space};
  Decoder ears{space};
  std::vector<ReplicaId> sessions;
};

template <class T>
const T& only(const std::vector<Message>& messages) {
  EXPECT_EQ(messages.size(), 1u);
  return std::get<T>(messages.at(0));
}

struct ALink : testing::Test {
  Side side{'a'};
};

TEST_F(ALink, SaysHelloFirstAndNothingElseBeforeItWasGreeted) {
  side.set("k");
  const auto said = side.speak(start);
  EXPECT_EQ(only<Hello>(said).replica, replica_named('a'));
  EXPECT_EQ(only<Hello>(said).context, side.host.state().context);
  EXPECT_TRUE(side.speak(start).empty());
}

TEST_F(ALink, WantsHelloFirstAndOnce) {
  Encoder peer;
  const auto state = peer.encode(State{}).value();
  EXPECT_EQ(side.link.decode(state[0]).error().code, ErrorCode::malformed);
  Side again('a');
  Encoder other;
  for (const bool first : {true, false}) {
    const auto decoded = again.link.decode(other.encode(again.hello('b')).value()[0]);
    ASSERT_EQ(decoded.has_value(), first);
    if (first) again.greet('b');
  }
}

TEST_F(ALink, KnowsWithWhomItCannotSpeak) {
  Hello hello = side.hello('b');
  hello.protocol_min = hello.protocol_max = protocol_version + 1;
  EXPECT_EQ(side.link.greeted(hello, replica_named('a')).error().code, ErrorCode::unsupported);
  hello = side.hello('b');
  hello.payload_type_max = crdt::payload_type_max - 1;
  EXPECT_EQ(side.link.greeted(hello, replica_named('a')).error().code, ErrorCode::unsupported);
  EXPECT_EQ(side.link.greeted(side.hello('a'), replica_named('a')).error().code, ErrorCode::refused);
  hello = side.hello('b');
  hello.protocol_max = protocol_version + 5;
  EXPECT_TRUE(side.link.greeted(hello, replica_named('a')));
}

struct AGreetedLink : ALink {
  AGreetedLink() {
    side.sessions = {replica_named('b')};
    side.greet('b');
    const auto said = side.speak(start);
    EXPECT_EQ(said.size(), 2u);
    EXPECT_EQ(std::get<State>(said.at(1)).live_sessions, side.sessions);
  }

  void apply_chunk(std::uint64_t number, std::uint64_t events, core::Instant now) {
    Chunk chunk;
    chunk.number = number;
    ASSERT_TRUE(side.link.came(chunk, now));
    ASSERT_TRUE(side.link.take_chunk({}));
    side.link.applied(chunk, events);
  }
};

TEST_F(AGreetedLink, IsSilentWhenThereIsNothingToSay) {
  EXPECT_EQ(side.link.wake_at(), core::never);
  EXPECT_TRUE(side.speak(start + 1h).empty());
}

TEST_F(AGreetedLink, SendsAWriteAtOnceAndItsContextALittleLater) {
  side.set("k");
  const auto said = side.speak(start);
  EXPECT_EQ(only<Chunk>(said).covers.size(), 1u);
  EXPECT_EQ(side.link.wake_at(), start + state_every);
  EXPECT_TRUE(side.speak(start + state_every - 1ns).empty());
  EXPECT_EQ(only<State>(side.speak(start + state_every)).context, side.host.state().context);
  EXPECT_EQ(side.link.wake_at(), core::never);
  EXPECT_TRUE(side.speak(start + 1h).empty());
}

TEST_F(AGreetedLink, TellsOfALostSessionAtOnceAndOfANewOneLater) {
  side.sessions.push_back(replica_named('c'));
  EXPECT_TRUE(side.speak(start).empty());
  EXPECT_EQ(only<State>(side.speak(start + state_every)).live_sessions, side.sessions);
  side.sessions.pop_back();
  EXPECT_EQ(only<State>(side.speak(start + state_every)).live_sessions, side.sessions);
}

TEST_F(AGreetedLink, AcknowledgesWhatWasAppliedAtOnceIfItHasNotJustDoneSo) {
  const core::Instant later = start + 1s;
  apply_chunk(1, 3, later);
  EXPECT_EQ(only<State>(side.speak(later)).applied_chunk, 1u);
  EXPECT_EQ(side.link.report().chunks_applied, 1u);
  EXPECT_EQ(side.link.report().events_applied, 3u);
}

TEST_F(AGreetedLink, AcknowledgesManyChunksWithOneMessage) {
  const core::Instant later = start + 1s;
  apply_chunk(1, 1, later);
  EXPECT_EQ(only<State>(side.speak(later)).applied_chunk, 1u);
  apply_chunk(2, 1, later);
  EXPECT_TRUE(side.speak(later).empty());
  EXPECT_EQ(side.link.wake_at(), later + acknowledge_every);
  apply_chunk(3, 1, later + 1ms);
  EXPECT_TRUE(side.speak(later + acknowledge_every - 1ns).empty());
  EXPECT_EQ(only<State>(side.speak(later + acknowledge_every)).applied_chunk, 3u);
  EXPECT_EQ(side.link.wake_at(), core::never);
}

TEST_F(AGreetedLink, DoesNotAcknowledgeWhatWasTakenAndNotApplied) {
  Chunk chunk;
  chunk.number = 1;
  ASSERT_TRUE(side.link.came(chunk, start));
  ASSERT_TRUE(side.link.take_chunk({}));
  side.sessions.clear();  // told at once
  EXPECT_EQ(only<State>(side.speak(start)).applied_chunk, 0u);
}

TEST_F(AGreetedLink, HoldsAChunkForAWhileHoweverLongAPeerSaysARoundTripIs) {
  side.link.set_round_trip(24h);
  Chunk chunk;
  chunk.number = 1;
  chunk.base.add({replica_named('c'), 1});
  ASSERT_TRUE(side.link.came(chunk, start));
  EXPECT_EQ(side.link.wake_at(), start + hold_max);
}

TEST_F(AGreetedLink, IsSilentAndAnswersWithTheErrorOnceItIsBroken) {
  side.set("k");
  side.link.break_off({ErrorCode::refused, "false"});
  EXPECT_TRUE(side.speak(start).empty());
  EXPECT_EQ(side.link.wake_at(), core::never);
  EXPECT_EQ(side.link.decode("frame").error().code, ErrorCode::refused);
}

TEST_F(AGreetedLink, HoldsAChunkForTwoRoundTripsAndThenRefusesIt) {
  side.link.set_round_trip(100ms);
  Chunk chunk;
  chunk.number = 1;
  chunk.base.add({replica_named('c'), 1});
  ASSERT_TRUE(side.link.came(chunk, start));
  EXPECT_FALSE(side.link.take_chunk(side.host.state().context));
  EXPECT_EQ(side.link.report().chunks_held, 1u);
  EXPECT_EQ(side.link.wake_at(), start + 200ms);
  side.link.give_up(start + 199ms);
  EXPECT_TRUE(side.speak(start + 199ms).empty());
  side.link.give_up(start + 200ms);
  EXPECT_EQ(only<Refusal>(side.speak(start + 200ms)).chunk, 1u);
  EXPECT_EQ(side.link.report().refusals_sent, 1u);
}

TEST_F(AGreetedLink, WalksAgainWhenItIsRefused) {
  core::Random random(1);
  side.set("k");
  ASSERT_EQ(only<Chunk>(side.speak(start)).number, 1u);
  ASSERT_TRUE(side.link.refused({1, {}}, start, random));
  const auto said = side.speak(start);
  EXPECT_EQ(std::get<Chunk>(said.back()).number, 2u);
  EXPECT_EQ(side.link.report().refusals_received, 1u);
}

TEST_F(AGreetedLink, ReportsWhatIsOnItsWay) {
  side.set("k");
  const auto said = side.speak(start);
  LinkReport report = side.link.report();
  EXPECT_EQ(report.peer, replica_named('b'));
  EXPECT_EQ(report.chunks_sent, 1u);
  EXPECT_EQ(report.events_sent, 1u);
  EXPECT_GT(report.bytes_in_flight, 0u);
  State state;
  state.context = side.host.state().context;
  state.applied_chunk = 1;
  ASSERT_TRUE(side.link.told(state, side.host->self(), start));
  EXPECT_EQ(side.link.report().bytes_in_flight, 0u);
  state.applied_chunk = 2;
  EXPECT_FALSE(side.link.told(state, side.host->self(), start));
}

TEST_F(AGreetedLink, DoesNotLeaveItsOwnEventsToItself) {
  State state;
  state.live_sessions = {replica_named('a'), replica_named('c')};
  ASSERT_TRUE(side.link.told(state, side.host->self(), start));
  side.set("k");
  EXPECT_EQ(only<Chunk>(side.speak(start)).covers.size(), 1u);
}

}  // namespace
}  // namespace skerry::sync
