// Conversations of honest peers through the eyes of the fuzz target, which begins with them: its corpus is written anew
// with
//     SKERRY_WRITE_GOLDEN=1 build/dev/tests/skerry_sync_test --gtest_filter='Receive.*'
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "crdt/payload.h"
#include "tests/sync/receive_world.h"

namespace skerry::sync {
namespace {

using Sessions = std::vector<std::vector<core::Bytes>>;

// A peer that writes, meets us, and writes on.
struct APeer {
  explicit APeer() { world.start(peer, 0xd4); }
  template <class F>
  void write(F&& f) {
    world.transact(peer, [&](Transaction& transaction) { f(transaction); });
  }
  void meets() { sessions.push_back(world.meet(peer, world.ours)); }
  template <class F>
  void meets_and_writes(F&& f) {
    const LinkId link = world.open(peer, world.ours);
    std::vector<core::Bytes>& said = sessions.emplace_back();
    world.talk(peer, world.ours, link, said);
    write(f);
    world.talk(peer, world.ours, link, said);
    world.close(peer, world.ours, link);
  }
  World world;
  World::Host peer;
  Sessions sessions;
};

void write_seed(const std::string& name, const core::Bytes& input) {
  if (std::getenv("SKERRY_WRITE_GOLDEN") == nullptr) return;
  std::ofstream(std::string(SKERRY_SOURCE_DIR) + "/tests/fuzz/corpus/receive_fuzz/" + name, std::ios::binary) << input;
}

// What the peer said is taken by another replica that was as we were.
void takes(const std::string& name, const APeer& peer) {
  const core::Bytes input = spell(peer.sessions);
  EXPECT_TRUE(receive_all(input).covers(peer.peer.replica->context(World::space)));
  write_seed(name, input);
}

TEST(Receive, WritesOfEveryKind) {
  APeer peer;
  peer.write([](Transaction& all) {
    command(all, "set", [](auto key) { return key.set_add("z"); });
    command(all, "count", [](auto key) { return key.increment(3); });
  });
  peer.write([](Transaction& all) { command(all, "hash", [](auto key) { return key.hash_set("f", "w"); }); });
  peer.write(
      [](Transaction& all) { command(all, "sorted", [](auto key) { return key.sorted_set_increment("m", 2); }); });
  peer.write([](Transaction& all) { command(all, "string", [](auto key) { return key.set("other", {}); }); });
  peer.meets();
  takes("every_kind", peer);
}

TEST(Receive, WritesOverWhatWasSeen) {
  APeer peer;
  peer.meets_and_writes([](Transaction& all) {
    command(all, "string", [](auto key) { return key.set("new", {}); });
    command(all, "set", [](auto key) { return key.set_remove("x"); });
    command(all, "count", [](auto key) { return key.increment(-1); });
  });
  takes("written_over", peer);
}

TEST(Receive, RemovalsOfKeysAndOfTheSpace) {
  APeer peer;
  peer.meets_and_writes([](Transaction& all) {
    command(all, "set", [](auto key) { return key.remove(); });
    command(all, "count", [](auto key) { return key.remove(); });
  });
  peer.meets_and_writes([](Transaction& all) { static_cast<void>(all.remove_all()); });
  takes("removals", peer);
}

TEST(Receive, UnusedSequencesAfterARestart) {
  APeer peer;
  peer.write([](Transaction& all) { command(all, "set", [](auto key) { return key.set_add("before"); }); });
  peer.meets();
  peer.world.restart(peer.peer);
  peer.write([](Transaction& all) { command(all, "set", [](auto key) { return key.set_add("after"); }); });
  peer.meets();
  takes("restart", peer);
}

// We have lost what the peer's chunk stands on: held, and refused.
TEST(Receive, AChunkWhoseBaseIsNotHere) {
  APeer peer;
  peer.write([](Transaction& all) { command(all, "set", [](auto key) { return key.set_add("z"); }); });
  peer.meets();
  peer.write([](Transaction& all) { command(all, "set", [](auto key) { return key.set_add("more"); }); });
  peer.meets();
  peer.sessions.erase(peer.sessions.begin());
  const core::Bytes input = spell(peer.sessions);
  EXPECT_EQ(receive_all(input), World().ours.replica->context(World::space));
  write_seed("base_missing", input);
}

// --- what no honest peer says: nothing of it is applied

struct AFaultyPeer {
  AFaultyPeer() {
    id.bytes.fill(0xe5);
    Hello hello;
    hello.replica = id;
    hello.payload_type_max = crdt::payload_type_max;
    say(hello);
  }
  void say(const Message& message) { said.push_back(encoder.encode(message).value().at(0)); }
  static core::Bytes address(core::BytesView member) {
    return core::encode({World::space, "set", core::Kind::set, member});
  }
  static CoveredEvent cell_event(const Dot& dot, core::BytesView member) {
    return {EventType::cell, dot, 0, {dot.sequence, 1}, address(member), {}};
  }
  static CarriedCell cell(core::BytesView member, const std::vector<Dot>& dots) {
    CarriedCell carried{address(member), {}};
    for (const Dot& dot : dots) carried.cell.insert(dot, crdt::presence_payload({dot.sequence << 16}));
    return carried;
  }
  ReplicaId id;
  Encoder encoder;
  std::vector<core::Bytes> said;
};

TEST(Receive, AnEventThatIsCalledUnused) {
  AFaultyPeer peer;
  Chunk first;
  first.number = 1;
  first.seen.add(peer.id, {1, 6});
  first.covers = {peer.cell_event({peer.id, 5}, "a")};
  first.cells = {peer.cell("a", {{peer.id, 5}})};
  peer.say(first);
  Chunk second;
  second.number = 2;
  second.seen = first.seen;
  CoveredEvent unused;
  unused.type = EventType::void_;
  unused.dot = {peer.id, 5};
  unused.first = 1;
  unused.batch = {5, 1};
  second.covers = {unused, peer.cell_event({peer.id, 6}, "b")};
  second.cells = {peer.cell("b", {{peer.id, 3}, {peer.id, 6}})};
  peer.say(second);
  const core::Bytes input = spell({peer.said});
  const CausalContext context = receive_all(input);
  EXPECT_TRUE(context.contains({peer.id, 5}));
  EXPECT_FALSE(context.contains({peer.id, 6}));
  write_seed("called_unused", input);
}

TEST(Receive, APayloadThatARemovalTakes) {
  AFaultyPeer peer;
  Chunk chunk;
  chunk.number = 1;
  chunk.seen.add(peer.id, {1, 2});
  CoveredEvent removal{
      EventType::range, {peer.id, 2}, 0, {2, 1}, core::encode({World::space, "set", core::Kind::row, {}}), {}};
  removal.range.add(peer.id, {1, 1});
  chunk.covers = {peer.cell_event({peer.id, 1}, "a"), removal};
  chunk.cells = {peer.cell("a", {{peer.id, 1}})};
  peer.say(chunk);
  const core::Bytes input = spell({peer.said});
  EXPECT_FALSE(receive_all(input).contains({peer.id, 1}));
  write_seed("shows_what_it_removes", input);
}

TEST(Receive, NoBytesAndAnyBytes) {
  receive_all({});
  receive_all("any bytes, which are no words of a message");
}

}  // namespace
}  // namespace skerry::sync
