// What happens at the limits of a batch, of a value: a definite error, or another road.
#include "sync/limits.h"

#include <gtest/gtest.h>

#include "sync/chunk_builder.h"
#include "sync/wire.h"
#include "tests/sync/deltas.h"
#include "tests/sync/keyspace_fixture.h"

namespace skerry::sync {
namespace {

using core::ErrorCode;

std::string name(std::size_t number) {
  return std::to_string(number);
}

struct AtTheLimit : testing::Test {
  Host host;
};

// --- bytes

TEST_F(AtTheLimit, ABatchOfLongAddressesFitsAMessage) {
  const std::string longest(address_bytes_max - 10, 'k');
  {
    Transaction transaction = host.begin();
    auto key = transaction.key(longest);
    std::size_t members = 0;
    while (key->write().set_add(name(members)).has_value()) ++members;
    EXPECT_EQ(members, batch_bytes_max / address_bytes_max);
    EXPECT_EQ(key->count(), members);
    EXPECT_EQ(key->write().set_add("one more").error().code, ErrorCode::too_large);
  }
  host.commit();
  SpaceState& state = host.state();
  const ChunkSource source{state.log, [&](BytesView address) { return host->cell(state, address); }, host.store(),
                           host->replicas()};
  LogWalk walk;
  auto chunk = build_chunk(source, walk, {}, {});
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ((*chunk)->covers.size(), state.log.end() - 1);
  (*chunk)->number = 1;
  Encoder encoder;
  Decoder decoder(Space{0});
  std::optional<Message> told;
  for (const core::Bytes& frame : encoder.encode(Message(**chunk))) {
    auto decoded = decoder.decode(frame);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    told = std::move(*decoded);
  }
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(std::get<Chunk>(*told).cells.size(), (*chunk)->cells.size());
}

// A thousand events at one long address say it once.
TEST_F(AtTheLimit, ABatchOfManyWritesOfOneKeyFitsAMessage) {
  const std::string longest(address_bytes_max, 'k');
  for (int batch = 0; batch < 8; ++batch) {
    host.on(longest, [](KeyAccess& access) {
      while (access.write().increment(1).has_value()) {
      }
    });
  }
  host.commit();
  SpaceState& state = host.state();
  const ChunkSource source{state.log, [&](BytesView address) { return host->cell(state, address); }, host.store(),
                           host->replicas()};
  LogWalk walk;
  const auto chunk = build_chunk(source, walk, {}, {.events = 10'000});
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ((*chunk)->covers.size(), state.log.end() - 1);
  EXPECT_EQ((*chunk)->cells.size(), 1u);
}

TEST_F(AtTheLimit, ACellCountsWithWhatOthersWroteIntoIt) {
  const std::string value(value_bytes_max, 'v');
  crdt::Keyspace peer(replica_named('b'));
  for (int i = 0; i < 5; ++i) {
    crdt::Keyspace::Key key = peer.key(name(i), host.now().wall);
    ASSERT_TRUE(crdt::KeyWriter(key, host.now().wall).set(value, {}).has_value());
    host.pass(1);
    host.set(name(i), "1");
  }
  hear(host, peer);
  Transaction transaction = host.begin();
  int written = 0;
  for (int i = 0; i < 5; ++i) {
    auto key = transaction.key(name(i));
    written += key->write().increment(1).has_value() ? 1 : 0;
  }
  EXPECT_EQ(written, 4);
}

TEST_F(AtTheLimit, AWriteThatIsBegunDoesItsPartOnTheDeadline) {
  const std::string value(value_bytes_max, 'v');
  const auto deadline = host.now().wall + 1h;
  host.set("4", "v");
  host.on("4", [&](KeyAccess& access) { ASSERT_TRUE(access.write().expire(deadline).has_value()); });
  Transaction transaction = host.begin();
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(transaction.key(name(i))->write().set(value, {}).has_value());
  EXPECT_EQ(transaction.key("4")->deadline(), std::nullopt);
  EXPECT_EQ(transaction.key("5")->write().set("v", {}).error().code, ErrorCode::too_large);
}

TEST_F(AtTheLimit, AValueIsNotLongerThanPeersTake) {
  const std::string longest(value_bytes_max, 'v');
  host.set("k", longest);
  EXPECT_EQ(host.get("k"), longest);
  const Position end = host.state().log.end();
  host.on("k", [&](KeyAccess& access) {
    EXPECT_EQ(access.write().set(longest + "v", {}).error().code, ErrorCode::too_large);
  });
  host.on("h", [&](KeyAccess& access) {
    EXPECT_EQ(access.write().hash_set("f", longest + "v").error().code, ErrorCode::too_large);
  });
  EXPECT_EQ(host.state().log.end(), end);
}

}  // namespace
}  // namespace skerry::sync
