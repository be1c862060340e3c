// Long random lives of a keyspace with a cache that holds next to nothing, against a map that holds everything.
#include <gtest/gtest.h>

#include <deque>

#include "tests/sync/deltas.h"
#include "tests/sync/derived_check.h"
#include "tests/sync/keyspace_fixture.h"
#include "tests/sync/random_commands.h"

namespace skerry::sync {
namespace {

constexpr std::size_t tiny_cache = 4'000;

// Range removals that change cells at once, that leave them pending for long, that look for what survives in the log
// or, because that is too far to look back, at every cell.
Keyspace::Options random_options(core::Random& random) {
  const std::size_t few[] = {0, 3, 64};
  const std::size_t entries[] = {0, 5, 200'000};
  const std::size_t rows[] = {1, 4, 30, 100'000};
  Keyspace::Options options{.self = replica_named('a'), .cache_bytes = tiny_cache};
  options.ranges.removed_at_once = few[random.below(3)];
  options.ranges.unseen_entries = entries[random.below(3)];
  options.ranges.unseen_addresses = random.below(2) == 0 ? 2 : unseen_addresses_max;
  options.ranges.rows_swept_a_flush = rows[random.below(4)];
  return options;
}

void random_disk_work(core::Random& random, Host& host) {
  switch (random.below(6)) {
    case 0:
      return host.commit();
    case 1:
      return host.store().sync();
    case 2:
      return host->flush_step(host.now());
    case 3:
      return host.flush();
    case 4:
      if (host.store().flushing()) host.store().write_flush();
      return;
    default:
      if (host.store().flushing()) host.store().complete_flush();
      return;
  }
}

// A flush of what is durable, while more happens that is not.
template <class Happens, class Commit>
void flush_meanwhile(Host& host, Happens&& happens, Commit&& commit) {
  commit();
  host.flush();
  host->flush_step(host.now());  // the end of that one
  happens();
  commit();
  host.store().sync();
  host->flush_step(host.now());
  for (int i = 0; i < 20 && !host.store().flushing(); ++i) {
    if (i < 3) happens();
    host->flush_step(host.now());
  }
  if (host.store().flushing()) host.store().complete_flush();
  commit();
}

void random_peer_command(core::Random& random, crdt::Keyspace& peer, core::WallTime now) {
  if (random.below(40) == 0) return static_cast<void>(peer.remove_all(now));
  crdt::Keyspace::Key key = peer.key(random_key(random), now);
  random_command(random, now, crdt::KeyWriter<crdt::Keyspace::Key>(key, now));
}

// WATCH: whoever has seen a version of a key sees another one when the key has changed.
class Versions {
 public:
  void check(Host& host) {
    std::map<Bytes, std::map<Bytes, crdt::Cell>> keys;
    for (const auto& [encoded, cell] : host.cells()) keys[core::decode_address(encoded)->key].emplace(encoded, cell);
    for (auto& [name, seen] : seen_) {
      if (!keys.contains(name)) keys[name];
    }
    for (auto& [name, cells] : keys) {
      const Lsn version = host.on(std::string(name), [](KeyAccess& access) { return access.version(); });
      Seen& seen = seen_[name];
      EXPECT_TRUE(seen.cells == cells || seen.version != version)
          << testing::PrintToString(name) << " " << version << ": " << seen.cells.size() << " cells, then "
          << cells.size();
      seen = {std::move(cells), version};
    }
  }

 private:
  struct Seen {
    std::map<Bytes, crdt::Cell> cells;
    Lsn version = UINT64_MAX;
  };
  std::map<Bytes, Seen> seen_;
};

// Expired keys of ours go when they are due, whatever was removed under them before; then nothing is hidden.
void expect_all_due_removed(Host& host) {
  host.pass(3'600'000);
  for (int i = 0; i < 3; ++i) {
    while (host->remove_expired(host.now()).value() <= host.now().instant) continue;
    host.sweep();
  }
  EXPECT_EQ(host.begin().size(), scanned(host, 100).size());
}

class KeyspaceModel : public testing::TestWithParam<int> {};

TEST_P(KeyspaceModel, HoldsTheSameCellsAsTheReferenceWhateverTheCacheAndTheFlushDo) {
  core::Random random(static_cast<std::uint64_t>(GetParam()));
  Host host(random_options(random), MemoryStore::Mode::by_hand);
  crdt::Keyspace reference(replica_named('a'));
  crdt::Keyspace peer(replica_named('b'));
  Versions versions;
  for (int step = 0; step < 1500; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    const std::uint64_t choice = random.below(100);
    if (choice < 55) {
      const std::string name = random_key(random);
      core::Random same = random;
      host.on(name, [&](KeyAccess& access) { random_command(random, host.now().wall, access.write()); });
      crdt::Keyspace::Key key = reference.key(name, host.now().wall);
      random_command(same, host.now().wall, crdt::KeyWriter<crdt::Keyspace::Key>(key, host.now().wall));
    } else if (choice < 65) {
      random_peer_command(random, peer, host.now().wall);
    } else if (choice < 68) {
      const crdt::Delta delta = peer.delta_beyond(reference.context());
      reference.join(delta, host.now().wall);
      apply(host, delta);
    } else if (choice < 70) {
      peer.join(reference.delta_beyond(peer.context()), host.now().wall);
    } else if (choice == 70 && host.begin().size() > 0) {
      ASSERT_TRUE(host.begin().remove_all().has_value());
      ASSERT_TRUE(reference.remove_all(host.now().wall).has_value());
    } else if (choice < 80) {
      host.pass(static_cast<std::int64_t>(random.below(100)));
    } else {
      random_disk_work(random, host);
    }
    if (step % 20 != 0) continue;
    ASSERT_EQ(host.cells(), reference.cells());
    ASSERT_EQ(host.state().context, reference.context());
    expect_derived_right(host);
    versions.check(host);
    if (HasFailure()) return;
  }
  host.sweep();
  expect_rows_right(host);
  expect_all_due_removed(host);
  expect_rows_right(host);
}

TEST_P(KeyspaceModel, IsAfterACrashWhatItWasAtItsLastDurableLsn) {
  core::Random random(static_cast<std::uint64_t>(GetParam()) + 1'000'000);
  Host host(random_options(random), MemoryStore::Mode::by_hand);
  crdt::Keyspace peer(replica_named('b'));
  struct Moment {
    std::map<Bytes, crdt::Cell> cells;
    crdt::CausalContext context;
  };
  std::map<Lsn, Moment> moments;
  moments[0] = {};
  const auto commit = [&] {
    host.commit();
    moments[host.store().appended_to()] = {host.cells(), host.state().context};
  };
  for (int step = 0; step < 1500; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    const std::uint64_t choice = random.below(100);
    if (choice < 50) {
      host.on(random_key(random), [&](KeyAccess& access) { random_command(random, host.now().wall, access.write()); });
    } else if (choice < 58) {
      random_peer_command(random, peer, host.now().wall);
    } else if (choice < 61) {
      apply(host, peer.delta_beyond(host.state().context));
    } else if (choice == 61) {
      ASSERT_TRUE(host.begin().remove_all().has_value());
    } else if (choice == 62) {
      ASSERT_TRUE(host->remove_expired(host.now()).has_value());
    } else if (choice < 70) {
      host.pass(static_cast<std::int64_t>(random.below(100)));
    } else if (choice < 80) {
      commit();
    } else if (choice == 80) {
      const auto happens = [&] {
        if (random.below(3) == 0) static_cast<void>(host.begin().remove_all());
        host.on(random_key(random), [&](KeyAccess& access) {
          if (random.below(2) == 0) return static_cast<void>(access.write().remove());
          random_command(random, host.now().wall, access.write());
        });
      };
      flush_meanwhile(host, happens, commit);
    } else if (choice < 97) {
      random_disk_work(random, host);
      // What is staged and not appended is no part of what the store can bring back.
      if (host.store().appended_to() == host->staged_to())
        moments[host.store().appended_to()] = {host.cells(), host.state().context};
    } else {
      host.crash(random.below(2) * random.below(host.store().undurable() + 1));
      const auto moment = moments.find(host.store().appended_to());
      ASSERT_NE(moment, moments.end());
      ASSERT_EQ(host.cells(), moment->second.cells);
      ASSERT_TRUE(host.state().context.covers(moment->second.context));
      expect_derived_right(host);
      moments.erase(std::next(moment), moments.end());
    }
    if (HasFailure()) return;
  }
  host.sweep();
  expect_rows_right(host);
  expect_derived_right(host);
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyspaceModel, testing::Range(0, 40));

}  // namespace
}  // namespace skerry::sync
